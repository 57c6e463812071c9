"""The process is killed at every await of the payment path, one run for each; what comes of it is always the same."""

import pytest

from tests.crash.aims import Aim
from tests.crash.journeys import Journey
from tests.crash.points import Grain
from tests.crash.profile import SHARES, grains, journeys
from tests.crash.stage import Stage
from tests.crash.verdict import check

MANY_STREAMS = 40


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("grain", grains())
@pytest.mark.parametrize("journey", journeys(), ids=lambda journey: journey.name)
async def test_a_process_killed_at_any_await_takes_the_money_once_and_sends_each_mail_once(
    stage: Stage, journey: Journey, grain: Grain, share: int
) -> None:
    """Each life ends at the next point of its share, until one passes none any more and ends by itself."""
    aim = Aim(first=share + 1, step=SHARES, spared=journey.spared, grain=grain)
    points = []
    while True:
        async with stage.play(journey, aim) as run:
            check(run, journey)
        if not run.deaths:
            break
        [death] = run.deaths
        assert death.point is not None
        points.append(death.point)
        assert len({point.stream for point in points}) < MANY_STREAMS, "it would never end: each life names its own"
        aim = aim.beyond(death.point)

    assert {point.stream for point in points} >= set(journey.streams) - set(journey.spared)
