"""Compare our books with PayPal's: `python -m app.reconcile [--since 2026-11-01]`.

Every attempt that opened an order at PayPal, every refund and every registered account is read there and compared.
Nothing is changed. Exit status: 0 no difference, 1 a difference, 2 PayPal could not be asked, or wrong use.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import date, timedelta

from app.books.asking import AT_ONCE, Asking
from app.books.comparing import Comparison, compare_books
from app.books.report import lines
from app.clock import utc_now
from app.commands import WRONG_USE, fail, open_database, say
from app.settings import Settings
from gateways.paypal.client import PayPalClient
from models.database import Database
from policies.renewal_calendar import rome_day, start_of_rome_day

PERIOD = timedelta(days=30)
DIFFERENT = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the report, and tell by the exit status whether the books agree."""
    parser = argparse.ArgumentParser(prog="python -m app.reconcile", description="Compare our books with PayPal's.")
    parser.add_argument("--since", type=date.fromisoformat, help="the first day, 2026-11-01; 30 days ago without this")
    return asyncio.run(reconcile(Settings(), since=parser.parse_args(arguments).since))


async def reconcile(settings: Settings, *, since: date | None) -> int:
    """Compare the books and say what was found."""
    database = open_database(settings)
    if database is None:
        return fail("There is no database at SALDO_DATABASE_URL.")
    day = since or rome_day(utc_now()) - PERIOD
    try:
        found = await compared(settings, database, day=day)
    finally:
        await database.close()
    for line in lines(found, since=day.isoformat()):
        say(line)
    if found.differences:
        return DIFFERENT
    return WRONG_USE if found.not_asked else 0


async def compared(settings: Settings, database: Database, *, day: date) -> Comparison:
    """Compare the books from that day in Rome on."""
    paypal = PayPalClient(
        base_url=settings.paypal_base_url,
        client_id=settings.paypal_client_id,
        client_secret=settings.paypal_client_secret.get_secret_value(),
        clock=utc_now,
        read_timeout_seconds=settings.paypal_read_timeout_seconds,
    )
    pauses = [timedelta(seconds=seconds) for seconds in settings.paypal_retry_seconds]
    asking = Asking(paypal=paypal, pauses=pauses, turns=asyncio.Semaphore(AT_ONCE))
    try:
        return await compare_books(database, asking, since=start_of_rome_day(day))
    finally:
        await paypal.aclose()


if __name__ == "__main__":
    sys.exit(main())
