"""What to do when PayPal says that it has seen a payment of this order: it may be paid already, or not at all."""

from collections.abc import Iterable
from enum import Enum, auto

from models.enums import OrderStatus, ProviderFailureKind
from policies.payment_outcomes import Verdict
from policies.refunds import PAID

MAX_INVOICES = 3  # how many invoice ids one payment tries


class Finding(Enum):
    """What an attempt to pay the order amounts to."""

    PAID = auto()  # money that our books do not know yet
    UNPAID = auto()  # proved: nothing was taken, or it is in our books, as the order's payment or as a refund
    UNKNOWN = auto()


class NextStep(Enum):
    """What becomes of the payment whose invoice id was refused."""

    STOP = auto()  # earlier money has come: it pays the order, or is given back
    WAIT = auto()
    ANOTHER_INVOICE = auto()
    GIVE_UP = auto()


def found(verdict: Verdict | None, *, failure: ProviderFailureKind | None, in_the_books: bool) -> Finding:
    """Return what PayPal's word about an attempt proves; an order that it does not know any more took nothing.

    Held or suspicious money is not known to be none.
    """
    if in_the_books:
        return Finding.UNPAID
    match verdict:
        case Verdict.PAID:
            return Finding.PAID
        case Verdict.NOT_CAPTURED | Verdict.DECLINED | Verdict.GIVEN_BACK:
            return Finding.UNPAID
        case None if failure is ProviderFailureKind.RESOURCE_MISSING:
            return Finding.UNPAID
        case _:
            return Finding.UNKNOWN


def after_duplicate(findings: Iterable[Finding], *, order: OrderStatus, tries: int) -> NextStep:
    """Decide after the earlier attempts were looked at, money found was booked, and ``order`` is what it is now."""
    seen = set(findings)
    if order in PAID or Finding.PAID in seen:
        return NextStep.STOP
    if Finding.UNKNOWN in seen:
        return NextStep.WAIT
    return NextStep.ANOTHER_INVOICE if tries < MAX_INVOICES else NextStep.GIVE_UP
