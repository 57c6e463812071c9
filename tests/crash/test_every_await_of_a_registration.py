"""The process is killed at awaits of a registration and a removal; both come about once, whatever the point.

Neither moves money: by default it is every other await, in the long form every one.
"""

import pytest

from tests.crash.accounts import REGISTRATION, check_registration
from tests.crash.aims import Aim
from tests.crash.lives import end_at_every_point
from tests.crash.points import Grain
from tests.crash.profile import LONG, grains
from tests.crash.stage import Stage

SHARES = 4  # its shortest stream has not more points
SPARED = ("email 1", "email 2", *(f"reconcile {n}" for n in range(1, 6)))  # other journeys kill the process there


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(0, SHARES, 1 if LONG else 2))
@pytest.mark.parametrize("grain", grains())
async def test_a_process_killed_on_the_way_registers_one_account_and_forgets_the_other(
    stage: Stage, grain: Grain, share: int
) -> None:
    aim = Aim(first=share + 1, step=SHARES, spared=SPARED, grain=grain)

    streams = await end_at_every_point(stage, REGISTRATION, aim, check=check_registration)

    assert streams >= set(REGISTRATION.streams)
