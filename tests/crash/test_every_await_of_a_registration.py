"""The process is killed at every await of a registration and a removal; both come about once, whatever the point."""

import pytest

from tests.crash.accounts import REGISTRATION, check_registration
from tests.crash.aims import Aim
from tests.crash.points import Grain
from tests.crash.profile import grains
from tests.crash.stage import Stage

SHARES = 4  # its shortest stream has not more points
SPARED = ("email 1", "email 2", *(f"reconcile {n}" for n in range(1, 6)))  # other journeys kill the process there


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("grain", grains())
async def test_a_process_killed_at_any_await_registers_one_account_and_forgets_the_other(
    stage: Stage, grain: Grain, share: int
) -> None:
    """Each life ends at the next point of its share, until one passes none any more and ends by itself."""
    aim = Aim(first=share + 1, step=SHARES, spared=SPARED, grain=grain)
    streams = set()
    while True:
        async with stage.play(REGISTRATION, aim) as run:
            check_registration(run)
        if not run.deaths:
            break
        [death] = run.deaths
        assert death.point is not None
        streams.add(death.point.stream)
        aim = aim.beyond(death.point)

    assert streams >= set(REGISTRATION.streams)
