"""Compares all that the report is about, and keeps what to say about it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.books.asking import Asking, NotAsked, our_line, ours
from models import book_rows, tables
from models.book_rows import Entry
from models.database import Database
from policies.bookkeeping import OurEntry, PayPalEntry, compare, compare_refunds

SECOND_LOOK_SECONDS = 2.0  # what is under way looks like a difference for a moment


@dataclass(kw_only=True, slots=True)
class Compared:
    """One entry of either book, and where they differ; without PayPal's side it could not be asked."""

    entry: Entry
    ours: OurEntry
    theirs: PayPalEntry | None
    differences: list[str] = field(default_factory=list)


@dataclass(kw_only=True, slots=True)
class Comparison:
    """All that was compared."""

    entries: list[Compared] = field(default_factory=list)
    accounts: int = 0
    others: list[str] = field(default_factory=list)  # differences of refunds of older payments, and of accounts
    not_asked: list[str] = field(default_factory=list)

    @property
    def differences(self) -> int:
        return len(self.others) + sum(len(each.differences) for each in self.entries)


async def compare_books(database: Database, asking: Asking, *, since: datetime) -> Comparison:
    """Compare every attempt, refund and registered account; what differs is looked at twice. Nothing is changed."""
    async with database.read() as session:
        entries = await book_rows.entries(session, since=since)
        refunds = await book_rows.refunds_elsewhere(session, since=since)
        accounts = await book_rows.chargeable_accounts(session)
    found = Comparison(accounts=len(accounts))
    found.entries = await asyncio.gather(*(compare_entry(asking, entry, found=found) for entry in entries))
    await look_twice(database, asking, found=found, since=since)
    await asyncio.gather(
        *(compare_refund(asking, refund, found=found) for refund in refunds),
        *(check_account(asking, account, found=found) for account in accounts),
    )
    return found


async def compare_entry(asking: Asking, entry: Entry, *, found: Comparison) -> Compared:
    """Compare one order at PayPal."""
    mine = ours(entry)
    try:
        theirs = await asking.entry(entry)
    except NotAsked as reason:
        found.not_asked.append(f"{entry.attempt.paypal_order_id}: {reason}")
        return Compared(entry=entry, ours=mine, theirs=None)
    return Compared(entry=entry, ours=mine, theirs=theirs, differences=compare(mine, theirs))


async def look_twice(database: Database, asking: Asking, *, found: Comparison, since: datetime) -> None:
    """Compare once more, a moment later, what seems to differ."""
    places = {each.entry.attempt.id: place for place, each in enumerate(found.entries) if each.differences}
    if not places:
        return
    await asyncio.sleep(SECOND_LOOK_SECONDS)
    async with database.read() as session:
        again = [each for each in await book_rows.entries(session, since=since) if each.attempt.id in places]
    for compared in await asyncio.gather(*(compare_entry(asking, entry, found=found) for entry in again)):
        found.entries[places[compared.entry.attempt.id]] = compared


async def compare_refund(asking: Asking, refund: tables.Refund, *, found: Comparison) -> None:
    """Compare a refund of a payment that is older than the report."""
    mine = our_line(refund)
    if not mine.id:
        return
    try:
        theirs = await asking.refund(mine.id)
    except NotAsked as reason:
        found.not_asked.append(f"{mine.id}: {reason}")
        return
    found.others += [f"{refund.payment_id}: {each}" for each in compare_refunds([mine], [theirs] if theirs else [])]


async def check_account(asking: Asking, account: tables.PayPalAccount, *, found: Comparison) -> None:
    """See whether an account that we call chargeable still is."""
    try:
        alive = await asking.is_alive(account)
    except NotAsked as reason:
        found.not_asked.append(f"{account.id}: {reason}")
        return
    if not alive:
        found.others.append(f"{account.id}: our books call it chargeable, PayPal has its token no more")


def of_currencies(entries: Sequence[Compared]) -> list[str]:
    """Return the currencies of the entries."""
    return sorted({each.ours.amount.currency for each in entries})
