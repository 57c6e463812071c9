"""Where our books and PayPal's differ: a sentence for each difference, none where they agree."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from models.enums import OrderStatus, PaymentStatus, RefundStatus
from models.money import Money
from policies.refunds import PAID, given_back, read_status

TAKEN = frozenset({"COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"})  # PayPal's words for money that it has taken
HELD = "PENDING"


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundLine:
    """A refund, in our books or in PayPal's."""

    id: str  # PayPal's; empty in our books while PayPal has not answered
    status: RefundStatus
    amount: Money

    def __str__(self) -> str:
        return f"{self.status} {written(self.amount)}"


@dataclass(frozen=True, kw_only=True, slots=True)
class OurEntry:
    """What our books say about one order at PayPal."""

    attempt_id: str
    payment: PaymentStatus
    is_newest: bool  # of the attempts of its payment
    order: OrderStatus
    amount: Money
    capture_id: str | None
    pays: bool  # this capture is the one that paid the order
    refunds: tuple[RefundLine, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class PayPalEntry:
    """What PayPal says about it; all absent when it does not know the order any more."""

    capture_id: str | None = None
    capture_status: str | None = None
    amount: Money | None = None
    reference: str | None = None
    refunds: tuple[RefundLine, ...] = ()

    @property
    def took(self) -> bool:
        return self.capture_status in TAKEN


def written(amount: Money | None) -> str:
    """Return a sum as the report writes it: ``36.60 EUR``."""
    return f"{amount.decimal} {amount.currency}" if amount else "nothing"


def compare(ours: OurEntry, theirs: PayPalEntry) -> list[str]:
    """Return all differences about one order at PayPal: what was taken, what is held, what went back, what it paid."""
    return [
        *compare_capture(ours, theirs),
        *compare_held(ours, theirs),
        *compare_refunds(ours.refunds, theirs.refunds),
        *check_order(ours),
    ]


def compare_capture(ours: OurEntry, theirs: PayPalEntry) -> list[str]:
    """Return the differences about money taken."""
    if not theirs.took:
        word = theirs.capture_status or "nothing"
        return [f"our books have the capture {ours.capture_id}, PayPal has {word}"] if ours.capture_id else []
    if ours.capture_id is None:
        took = f"PayPal took {written(theirs.amount)} ({theirs.capture_id}, {theirs.capture_status})"
        return [f"{took}, our books know nothing of it"]
    pairs: Mapping[str, tuple[str | None, str | None]] = {
        "capture": (ours.capture_id, theirs.capture_id),
        "sum": (written(ours.amount), written(theirs.amount)),
        "reference": (ours.attempt_id, theirs.reference),
    }
    return [f"the {what} is {one} here, {other} at PayPal" for what, (one, other) in pairs.items() if one != other]


def compare_held(ours: OurEntry, theirs: PayPalEntry) -> list[str]:
    """Return the difference about money that PayPal has not decided about."""
    held, waits = theirs.capture_status == HELD, ours.payment is PaymentStatus.PENDING and ours.is_newest
    if held and not waits:
        return [f"PayPal holds {written(theirs.amount)} ({theirs.capture_id}), the payment here is {ours.payment}"]
    if waits and not held:
        return [f"the payment here is PENDING, PayPal has {theirs.capture_status or 'no capture'}"]
    return []


def compare_refunds(ours: Iterable[RefundLine], theirs: Iterable[RefundLine]) -> list[str]:
    """Return the differences about money given back; a refund that PayPal has not answered yet is none."""
    here = {line.id: line for line in ours if line.id}
    there = {line.id: line for line in theirs}
    differences = []
    for id in dict.fromkeys([*here, *there]):
        match here.get(id), there.get(id):
            case None, RefundLine(amount=amount):
                differences.append(f"PayPal gave back {written(amount)} ({id}), our books know nothing of it")
            case RefundLine(), None:
                differences.append(f"our books have the refund {id}, PayPal does not")
            case RefundLine() as one, RefundLine() as other if one != other:
                differences.append(f"the refund {id} is {one} here, {other} at PayPal")
    return differences


def check_order(ours: OurEntry) -> list[str]:
    """Return where our own books contradict each other about the order that this money has paid."""
    if not ours.pays:
        return []
    back = given_back((line.status, line.amount.cents) for line in ours.refunds)
    if back >= ours.amount.cents and ours.order is not OrderStatus.REFUNDED:
        return [f"all of it was given back, the order here is {ours.order}"]
    if back < ours.amount.cents and ours.order not in PAID:
        return [f"it has paid its order, the order here is {ours.order}"]
    return []


def line_of(id: str, word: str, amount: Money) -> RefundLine:
    """Return PayPal's refund as a line of the books."""
    return RefundLine(id=id, status=read_status(word), amount=amount)


@dataclass(frozen=True, kw_only=True, slots=True)
class Totals:
    """Sums in cents of one currency, ours and PayPal's."""

    orders_paid: int = 0
    not_needed: int = 0  # taken for orders that did not need it
    taken_at_paypal: int = 0
    given_back: int = 0
    given_back_at_paypal: int = 0

    @property
    def taken(self) -> int:
        return self.orders_paid + self.not_needed


def total(pairs: Iterable[tuple[OurEntry, PayPalEntry]], *, currency: str) -> Totals:
    """Add up what was taken and given back in one currency."""
    listed = [(ours, theirs) for ours, theirs in pairs if ours.amount.currency == currency]
    return Totals(
        orders_paid=sum(ours.amount.cents for ours, _ in listed if ours.capture_id and ours.pays),
        not_needed=sum(ours.amount.cents for ours, _ in listed if ours.capture_id and not ours.pays),
        taken_at_paypal=sum(theirs.amount.cents for _, theirs in listed if theirs.took and theirs.amount),
        given_back=sum(given_back((each.status, each.amount.cents) for each in ours.refunds) for ours, _ in listed),
        given_back_at_paypal=sum(
            given_back((each.status, each.amount.cents) for each in theirs.refunds) for _, theirs in listed
        ),
    )
