"""The process is killed at every await of the payment path, one run for each; what comes of it is always the same."""

import pytest

from tests.crash.aims import Aim
from tests.crash.journeys import Journey
from tests.crash.lives import end_at_every_point
from tests.crash.points import Grain
from tests.crash.profile import SHARES, grains, journeys
from tests.crash.stage import Stage
from tests.crash.verdict import check


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("share", range(SHARES))
@pytest.mark.parametrize("grain", grains())
@pytest.mark.parametrize("journey", journeys(), ids=lambda journey: journey.name)
async def test_a_process_killed_at_any_await_takes_the_money_once_and_sends_each_mail_once(
    stage: Stage, journey: Journey, grain: Grain, share: int
) -> None:
    aim = Aim(first=share + 1, step=SHARES, spared=journey.spared, grain=grain)

    streams = await end_at_every_point(stage, journey, aim, check=lambda run: check(run, journey))

    assert streams >= set(journey.streams) - set(journey.spared)
