"""When something comes up by itself, as a cron expression."""

from datetime import UTC, datetime, timedelta

import pytest
from croniter import croniter  # type: ignore[import-untyped]

from policies.schedules import cron_every

MIDNIGHT = datetime(2025, 3, 8, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [1, 2, 15, 30, 60, 120, 300, 1800, 3600, 7200, 43200, 86400])
def test_it_comes_up_every_so_many_seconds(seconds: int) -> None:
    runs = croniter(cron_every(seconds), MIDNIGHT, second_at_beginning=True)

    assert [runs.get_next(datetime) for _ in range(3)] == [
        MIDNIGHT + timedelta(seconds=seconds * times) for times in (1, 2, 3)
    ]


@pytest.mark.parametrize("seconds", [0, -60, 7, 61, 90, 420, 5400, 25200, 172800])
def test_an_interval_that_cron_cannot_keep_is_refused(seconds: int) -> None:
    with pytest.raises(ValueError, match=f"{seconds} seconds do not divide"):
        cron_every(seconds)
