"""The calendar comes up by itself every morning in Rome, and makes up for the mornings on which nobody was there."""

import asyncio
from datetime import UTC, datetime, timedelta

from dbos import DBOS

from models import tables
from models.enums import Job
from tests.acceptance.renewing import NOTICE, renewing
from tests.harness.calendar import is_quiet
from tests.harness.product import Product


async def test_it_is_on_the_timetable_as_the_settings_say(product: Product) -> None:
    [schedule] = [each for each in await DBOS.list_schedules_async() if each["schedule_name"] == Job.RUN_CALENDAR]

    assert (schedule["schedule"], schedule["cron_timezone"]) == (product.settings.calendar_cron, "Europe/Rome")
    assert (schedule["queue_name"], schedule["automatic_backfill"]) == ("calendar", True)


async def test_the_round_that_the_timetable_owes_is_carried_out(product: Product) -> None:
    scene = await renewing(product)
    product.clock.now = datetime(NOTICE.year, NOTICE.month, NOTICE.day, 12, tzinfo=UTC)

    await asyncio.to_thread(DBOS.trigger_schedule, Job.RUN_CALENDAR.value)
    await product.until(lambda: is_quiet(product))

    assert len(await product.rows(tables.RenewalNotice)) == 1
    assert (await product.row(scene.service)).look_on > NOTICE


async def test_mornings_missed_are_made_up_for_by_one_round_that_finds_everything(product: Product) -> None:
    await renewing(product)
    product.clock.now = datetime(NOTICE.year, NOTICE.month, NOTICE.day, 12, tzinfo=UTC) + timedelta(days=3)
    leap_days = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)

    rounds = await asyncio.to_thread(DBOS.backfill_schedule, Job.RUN_CALENDAR.value, *leap_days)
    await product.until(lambda: is_quiet(product))

    assert len(rounds) == 2  # 29 February of 2020 and of 2024: the tests' timetable
    assert len(await product.rows(tables.RenewalNotice)) == 1
