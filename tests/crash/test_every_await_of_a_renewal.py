"""The process is killed at every await of a renewal's round and charge; it is charged once, whatever the point."""

import pytest

from tests.crash.aims import Aim
from tests.crash.points import Grain
from tests.crash.profile import SHARES, grains
from tests.crash.renewals import RENEWAL, check_renewal
from tests.crash.stage import Stage

SPARED = ("reconcile 1", "email 1")  # in which another journey kills the process already


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("grain", grains())
async def test_a_process_killed_at_any_await_charges_the_renewal_once(stage: Stage, grain: Grain, share: int) -> None:
    """Each life ends at the next point of its share, until one passes none any more and ends by itself."""
    aim = Aim(first=share + 1, step=SHARES, spared=SPARED, grain=grain)
    streams = set()
    while True:
        async with stage.play(RENEWAL, aim) as run:
            check_renewal(run)
        if not run.deaths:
            break
        [death] = run.deaths
        assert death.point is not None
        streams.add(death.point.stream)
        aim = aim.beyond(death.point)

    assert streams >= set(RENEWAL.streams) - set(SPARED)
