"""Days that pass: the clock is set, the calendar makes its round, and the charges it owes come to their end."""

from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import text

from models import ids, tables
from models.enums import Job
from policies.renewal_calendar import ROME
from tests.factories import unique
from tests.harness.product import Product

UNFINISHED = text(
    "SELECT count(*) FROM workflow_status WHERE name IN ('RUN_CALENDAR', 'CHARGE_RENEWAL', 'CHECK_ACCOUNT') "
    "AND status NOT IN ('SUCCESS', 'ERROR', 'CANCELLED')"
)
FAILED = text("SELECT count(*) FROM workflow_status WHERE status = 'ERROR'")
MORNING = time(6)


async def comes(product: Product, day: date, *, at: time = MORNING) -> None:
    """Set the clock to that day in Rome, and let the calendar make its round."""
    product.clock.now = datetime.combine(day, at, tzinfo=ROME)
    await make_round(product)


async def pass_days(product: Product, *, since: date, until: date) -> None:
    """Let every day come, one after the other, both included."""
    for days in range((until - since).days + 1):
        await comes(product, since + timedelta(days=days))


async def make_round(product: Product) -> None:
    """Let the calendar make its round, and wait for what it owes: charges and mails."""
    async with product.app_database.write() as session:
        await session.later(Job.RUN_CALENDAR, ids.new_id(f"round-{next(unique)}", now=product.clock()))
    await product.until(lambda: is_quiet(product))


async def is_quiet(product: Product) -> bool:
    """Tell whether no round, charge or mail is under way; work that ended in a defect fails the test."""
    async with product.database.read() as session:
        unfinished = (await session.execute(UNFINISHED)).scalar_one()
        assert (await session.execute(FAILED)).scalar_one() == 0, "a job has failed: see the log"
    return unfinished == 0 and await product.nothing_owed()


async def automatic_payments(product: Product) -> list[Any]:
    """Return the charges of renewals, oldest first."""
    payments = await product.rows(tables.Payment)
    return [payment for payment in payments if payment.initiator == "AUTOMATIC_RENEWAL"]
