"""What to do about a payment when PayPal has been asked out of turn, because somebody wants something new of it."""

from datetime import timedelta
from enum import Enum, auto

from models.enums import PaymentStatus

ASKED_ABOUT = frozenset(
    {
        PaymentStatus.AWAITING_APPROVAL,
        PaymentStatus.PROCESSING,
        PaymentStatus.VERIFYING,
        PaymentStatus.PENDING,
    }
)  # PayPal may know more about it than we do
DRIVEN_FOR = timedelta(seconds=5)  # a payment younger in PROCESSING is being asked about by its driver
UNCAPTURED = frozenset({"CREATED", "APPROVED", "SAVED"})  # PayPal's words for an order that can still be captured
TAKEN = frozenset({"COMPLETED", "PENDING"})  # and for a capture whose money is with us, or held for us


class Finding(Enum):
    """What PayPal's answer amounts to."""

    NOTHING_NEW = auto()  # the look that is owed anyway comes in its time
    CAPTURE = auto()  # nothing stands in the way of asking for the money
    SETTLE = auto()  # what became of the capture is known


def weigh(status: PaymentStatus, *, order_status: str, capture_status: str | None, declined: bool) -> Finding:
    """Decide about an open payment by what PayPal shows: the words for its order, and for the capture if there is one.

    An approval seen after a decline may be the old one. A payment in PROCESSING has its driver; it is settled for it
    when the money is there, and otherwise left to it.
    """
    match status:
        case PaymentStatus.AWAITING_APPROVAL if capture_status is None:
            return Finding.CAPTURE if order_status == "APPROVED" and not declined else Finding.NOTHING_NEW
        case PaymentStatus.AWAITING_APPROVAL:  # claimed first: whoever captures finds it captured, and reads
            return Finding.CAPTURE if capture_status in TAKEN else Finding.NOTHING_NEW
        case PaymentStatus.PROCESSING:
            return Finding.SETTLE if capture_status in TAKEN else Finding.NOTHING_NEW
        case PaymentStatus.VERIFYING if capture_status is None:
            return Finding.CAPTURE if order_status in UNCAPTURED else Finding.NOTHING_NEW
        case PaymentStatus.VERIFYING:
            return Finding.SETTLE
        case PaymentStatus.PENDING:
            return Finding.NOTHING_NEW if capture_status in {None, "PENDING"} else Finding.SETTLE
        case _:
            return Finding.NOTHING_NEW
