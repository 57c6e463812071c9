"""The process is killed at moments drawn by lot, several times over, also while it recovers or starts."""

from random import Random

import pytest

from tests.crash.journeys import JOURNEYS
from tests.crash.profile import seeds
from tests.crash.stage import Stage
from tests.crash.verdict import check

LONGEST_LIFE_SECONDS = 0.6
MOST_DEATHS = 3


@pytest.mark.parametrize("seed", seeds())
async def test_a_process_killed_at_any_moment_takes_the_money_once_and_sends_each_mail_once(
    stage: Stage, seed: int
) -> None:
    lot = Random(seed)
    journey = lot.choice(JOURNEYS)
    lives = [lot.uniform(0, LONGEST_LIFE_SECONDS) for _ in range(lot.randint(1, MOST_DEATHS))]

    async with stage.play(journey, *lives) as run:
        check(run, journey)
