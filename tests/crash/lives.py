"""One life for each point at which a process may die."""

from collections.abc import Callable

from tests.crash.aims import Aim
from tests.crash.journeys import Journey
from tests.crash.points import root
from tests.crash.stage import Run, Stage

MANY_STREAMS = 40


async def end_at_every_point(stage: Stage, journey: Journey, aim: Aim, *, check: Callable[[Run], None]) -> set[str]:
    """Let each life end at the next point of the aim, until one passes none any more and ends by itself.

    What is left of each is checked. Returns the streams in which a life has ended, or in a branch of them.
    """
    streams: set[str] = set()
    while True:
        async with stage.play(journey, aim) as run:
            check(run)
        if not run.deaths:
            return streams
        [death] = run.deaths
        assert death.point is not None
        streams.add(root(death.point.stream))
        assert len(streams) < MANY_STREAMS, "it would never end: each life names its own"
        aim = aim.beyond(death.point)
