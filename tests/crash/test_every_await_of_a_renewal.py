"""The process is killed at every await of a renewal's round and charge; it is charged once, whatever the point."""

import pytest

from tests.crash.aims import Aim
from tests.crash.lives import end_at_every_point
from tests.crash.points import Grain
from tests.crash.profile import SHARES, grains
from tests.crash.renewals import RENEWAL, check_renewal
from tests.crash.stage import Stage

SPARED = ("reconcile 1", "email 1")  # in which another journey kills the process already


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("grain", grains())
async def test_a_process_killed_at_any_await_charges_the_renewal_once(stage: Stage, grain: Grain, share: int) -> None:
    aim = Aim(first=share + 1, step=SHARES, spared=SPARED, grain=grain)

    streams = await end_at_every_point(stage, RENEWAL, aim, check=check_renewal)

    assert streams >= set(RENEWAL.streams) - set(SPARED)
