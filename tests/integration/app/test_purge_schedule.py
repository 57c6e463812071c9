"""The purge comes up by itself every morning and ends what has run its time, whatever was missed."""

import asyncio
from datetime import timedelta

from dbos import DBOS
from sqlalchemy import text

from models import tables
from models.enums import Job
from tests.factories import make_customer
from tests.harness.product import Product


async def purges_done(product: Product) -> int:
    query = text("SELECT count(*) FROM workflow_status WHERE name = 'PURGE' AND status = 'SUCCESS'")
    async with product.database.read() as session:
        return int((await session.execute(query)).scalar_one())


async def come_up(product: Product) -> None:
    """Owe a purge as the timetable does, and wait for its end."""
    done = await purges_done(product)

    async def another() -> bool:
        return await purges_done(product) == done + 1

    await asyncio.to_thread(DBOS.trigger_schedule, Job.PURGE.value)
    await product.until(another)


async def test_the_purge_comes_up_with_the_calendar_and_deletes_what_is_over(product: Product) -> None:
    customer = make_customer()
    await product.save(customer)
    await product.signed_in(customer)
    [opened] = await product.rows(tables.Session)
    [schedule] = [each for each in await DBOS.list_schedules_async() if each["schedule_name"] == Job.PURGE]

    product.clock.now = opened.expires_at + timedelta(days=1)
    await come_up(product)
    first = await product.rows(tables.Session)
    product.clock.advance(seconds=1)
    await come_up(product)
    second = await product.rows(tables.Session)

    assert (schedule["schedule"], schedule["queue_name"]) == (product.settings.calendar_cron, "calendar")
    assert ([each.token_hash for each in first], second) == ([opened.token_hash], [])
