"""What an operator asks and orders while the product runs.

`python -m app.operate renewals` shows what has paused the automatic charges, and what was not charged and why;
`pause-renewals --reason TEXT` and `resume-renewals --by NAME` stop the charges and let them go on.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

from app.clock import utc_now
from app.commands import fail, open_database, say
from app.logging import configure_logging
from app.settings import Settings
from models.database import Database, Session
from models.repositories import renewals
from use_cases.pause_renewals import pause_renewals, resume_renewals
from workflows.outbox import owing_from_outside


async def report(session: Session, *, days: int) -> list[str]:
    """Tell what has paused the charges, and what was not charged in so many days."""
    now = utc_now()
    pauses = await renewals.pauses_in_force(session)
    obstructed = await renewals.obstructed(session, since=now - timedelta(days=days))
    lines = [f"PAUSED since {pause.paused_at:%Y-%m-%d %H:%M} UTC: {pause.reason}" for pause in pauses]
    lines += [
        f"{each.since:%Y-%m-%d %H:%M} UTC  {each.service_id}  expiry {each.expiry}  {each.obstacle}"
        f"{f' ({each.failure})' if each.failure else ''}"
        f"{f', order {each.order_number}' if each.order_number else ''}"
        f"{f', tried again on {each.next_attempt_on}' if each.next_attempt_on else ''}"
        for each in obstructed
    ]
    return lines or ["Charges are not paused, and every renewal that was due has been charged."]


async def carry_out(arguments: argparse.Namespace, database: Database) -> list[str]:
    """Do what was asked in one transaction, and return what to say."""
    if arguments.command == "renewals":
        async with database.read() as session:
            return await report(session, days=arguments.days)
    async with owing_from_outside(database), database.write() as session:
        if arguments.command == "pause-renewals":
            new = await pause_renewals(session, reason=arguments.reason, now=utc_now())
            return ["Renewals are paused." if new else "They were paused already."]
        lifted = await resume_renewals(session, lifted_by=arguments.by, now=utc_now())
        return ["The calendar makes up for what was due." if lifted else "They were not paused."]


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(prog="python -m app.operate", description="Look after a running Saldo.")
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("renewals", help="what has paused the charges, and what was not charged and why")
    show.add_argument("--days", type=int, default=30, help="how far back to look")
    pause = commands.add_parser("pause-renewals", help="charge no renewal until further notice")
    pause.add_argument("--reason", required=True, help="why, for whoever looks next")
    resume = commands.add_parser("resume-renewals", help="lift the pause; what is due is charged at once")
    resume.add_argument("--by", required=True, help="who lifts it")
    return parser.parse_args(arguments)


def main(arguments: Sequence[str] | None = None) -> int:
    """Carry out one command and print what came of it."""
    asked, settings = parse(arguments), Settings()
    configure_logging(log_format=settings.log_format)
    database = open_database(settings)
    if database is None:
        return fail(f"There is no database at {settings.database_url}.")
    for line in asyncio.run(carry_out_and_close(asked, database)):
        say(line)
    return 0


async def carry_out_and_close(arguments: argparse.Namespace, database: Database) -> list[str]:
    try:
        return await carry_out(arguments, database)
    finally:
        await database.close()


if __name__ == "__main__":
    sys.exit(main())
