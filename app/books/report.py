"""The report as a person reads it in the terminal."""

from collections.abc import Iterator, Sequence

from app.books.comparing import Compared, Comparison, of_currencies
from models.money import Money
from policies.bookkeeping import PayPalEntry, total, written
from policies.refunds import given_back

COLUMNS = "{:<14} {:<31} {:<19} {:<21} {:>14} {:>14}"
SUMS = "{:<40} {:>16} {:>16}"


def lines(found: Comparison, *, since: str) -> Iterator[str]:
    """Yield the report: the entries that moved money or differ, what differs, and the totals."""
    yield f"Our books against PayPal's, since {since}"
    yield ""
    yield from table(found.entries)
    yield from sums(found.entries)
    yield f"{found.accounts} registered {'account' if found.accounts == 1 else 'accounts'} asked about."
    yield from (f"  ! {difference}" for difference in found.others)
    if found.not_asked:
        yield f"PayPal could not be asked about {len(found.not_asked)} of them:"
        yield from (f"  ? {reason}" for reason in found.not_asked)
    yield ""
    yield verdict(found)


def table(entries: Sequence[Compared]) -> Iterator[str]:
    """Yield a line for each entry that moved money, differs or could not be asked about; the others are counted."""
    shown = [each for each in entries if each.differences or each.theirs is None or moved(each)]
    if shown:
        yield COLUMNS.format("order", "payment", "order at PayPal", "payment here", "taken", "given back").rstrip()
    for each in shown:
        taken, back = sums_of(each.theirs, currency=each.ours.amount.currency)
        payment, order_id = each.entry.payment, each.entry.attempt.paypal_order_id or ""
        yield COLUMNS.format(each.entry.order.number, payment.id, order_id, payment.status, taken, back).rstrip()
        yield from (f"  ! {difference}" for difference in each.differences)
    if quiet := len(entries) - len(shown):
        orders = "order" if quiet == 1 else "orders"
        yield f"{quiet} {orders} at PayPal moved no money, there and here."
    yield ""


def moved(each: Compared) -> bool:
    return each.ours.capture_id is not None or (each.theirs is not None and each.theirs.capture_id is not None)


def sums_of(theirs: PayPalEntry | None, *, currency: str) -> tuple[str, str]:
    """Return what PayPal took and gave back."""
    if theirs is None:
        return "not asked", ""
    back = given_back((each.status, each.amount.cents) for each in theirs.refunds)
    return written(theirs.amount) if theirs.took else "-", written(Money(back, currency)) if back else "-"


def sums(entries: Sequence[Compared]) -> Iterator[str]:
    """Yield the totals of each currency, of the entries about which PayPal could be asked."""
    pairs = [(each.ours, each.theirs) for each in entries if each.theirs is not None]
    for currency in of_currencies(entries):
        totals = total(pairs, currency=currency)

        kept, there = totals.taken - totals.given_back, totals.taken_at_paypal - totals.given_back_at_paypal
        yield SUMS.format("", "our books", "PayPal").rstrip()
        yield row("orders paid", currency, totals.orders_paid)
        yield row("taken for orders that did not need it", currency, totals.not_needed)
        yield row("money in", currency, totals.taken, totals.taken_at_paypal)
        yield row("money back", currency, totals.given_back, totals.given_back_at_paypal)
        yield row("kept", currency, kept, there)
        yield ""


def row(what: str, currency: str, *cents: int) -> str:
    """Return one line of the totals: our sum, and PayPal's where there is one to compare."""
    columns = [f"{written(Money(each, currency)):>16}" for each in cents]
    return " ".join([f"{what:<40}", *columns])


def verdict(found: Comparison) -> str:
    """Return the last line."""
    if found.differences:
        return f"{found.differences} differences." if found.differences > 1 else "One difference."
    return "Not everything could be asked." if found.not_asked else "No difference."
