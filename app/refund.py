"""Give money back: `python -m app.refund PAYMENT_ID [--amount 12.20] --note "…"`.

The refund and the work it owes are written into the database, where the running product takes them up; this command
then waits for the outcome. Exit status: 0 given back or accepted by PayPal, 1 refused or failed, 2 wrong use, 3 not
answered yet.
"""

import argparse
import asyncio
import sys
from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy.exc import DBAPIError

from app.clock import utc_now
from app.commands import cents, fail, open_database, say
from app.settings import Settings
from models import tables
from models.database import Database
from models.enums import RefundStatus
from models.money import Money
from policies.refunds import RefundBlock
from use_cases.refund_payment import RefundRefused, UnknownPayment, refund_payment
from workflows.outbox import owing_from_outside

LONGEST_NOTE = 255  # PayPal's
PAUSE_SECONDS = 0.2
REFUSED, UNANSWERED = 1, 3
WORDS = {
    RefundBlock.NOTHING_TAKEN: "this payment has taken no money",
    RefundBlock.HELD: "PayPal still holds this money: wait until it has decided",
    RefundBlock.BEING_ASKED: "an earlier refund of this payment has not been answered yet",
    RefundBlock.NOTHING_LEFT: "all of it has been given back, or is on its way",
    RefundBlock.MORE_THAN_LEFT: "that is more than is left",
    RefundBlock.NOT_POSITIVE: "the sum must be positive",
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Give the money back and say what became of it."""
    asked = parser().parse_args(arguments)
    try:
        return asyncio.run(give_back(asked))
    except DBAPIError as error:
        return fail(f"The database cannot take the refund: {error.orig}. Has the product been started on it?")


def parser() -> argparse.ArgumentParser:
    """Return what the command understands."""
    described = argparse.ArgumentParser(prog="python -m app.refund", description="Give the money of a payment back.")
    described.add_argument("payment_id", help="the payment, pay_…")
    described.add_argument("--amount", type=cents, help="a part of it, 12.20; all that is left without this")
    described.add_argument("--note", type=note, required=True, help="why, in words for the payer")
    described.add_argument("--wait", type=float, default=60, metavar="SECONDS", help="how long to wait for PayPal")
    return described


def note(text: str) -> str:
    """Return the note. Raises ``ValueError`` for one that PayPal would cut, or an empty one."""
    if not 0 < len(text.strip()) <= LONGEST_NOTE:
        raise ValueError(f"a note has 1 to {LONGEST_NOTE} characters")
    return text.strip()


async def give_back(asked: argparse.Namespace) -> int:
    """Owe the refund, wait for it to be answered, and say how it went."""
    database = open_database(Settings())
    if database is None:
        return fail("There is no database at SALDO_DATABASE_URL.")
    try:
        async with owing_from_outside(database), database.write() as session:
            refund = await refund_payment(
                session, payment_id=asked.payment_id, cents=asked.amount, note=asked.note, now=utc_now()
            )
        say(f"{money(refund)} of {asked.payment_id} to be given back: {refund.id}.")
        return tell(await answered(database, refund, patience=timedelta(seconds=asked.wait)))
    except UnknownPayment:
        return fail(f"There is no payment {asked.payment_id}.", status=REFUSED)
    except RefundRefused as refused:
        left = f"{refused.left.decimal} {refused.left.currency} are left"
        return fail(f"Nothing is given back: {WORDS[refused.block]} ({left}).", status=REFUSED)
    finally:
        await database.close()


async def answered(database: Database, refund: tables.Refund, *, patience: timedelta) -> tables.Refund:
    """Return the refund as soon as PayPal has answered, or as it is when patience ends."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.total_seconds()
    while refund.status is RefundStatus.REQUESTED and loop.time() < deadline:
        await asyncio.sleep(PAUSE_SECONDS)
        async with database.read() as session:
            refund = await session.get_one(tables.Refund, refund.id)
    return refund


def tell(refund: tables.Refund) -> int:
    """Say in plain words what became of the refund, and return the exit status for it."""
    match refund.status:
        case RefundStatus.COMPLETED:
            say(f"Given back: PayPal's refund {refund.paypal_refund_id}. The payer is told by mail.")
        case RefundStatus.PENDING:
            say(f"PayPal has accepted it and will give it back: its refund {refund.paypal_refund_id}.")
        case RefundStatus.FAILED:
            return fail(f"PayPal refuses it: {refund.failure_issue}. Nothing was given back.", status=REFUSED)
        case RefundStatus.REQUESTED:
            say("Not answered yet. It stays owed, and is asked for until PayPal answers, while the product runs.")
            return UNANSWERED
    return 0


def money(refund: tables.Refund) -> str:
    """Return the sum as the terminal shows it."""
    return f"{Money(refund.amount_cents, refund.currency).decimal} {refund.currency}"


if __name__ == "__main__":
    sys.exit(main())
