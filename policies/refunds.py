"""What may be given back, how far a refund has come, and when an order has been given back."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum, auto

from models.enums import OrderStatus, PaymentStatus, ProviderFailureKind, RefundReason, RefundStatus

FOLLOWERS: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.REQUESTED: frozenset({RefundStatus.PENDING, RefundStatus.COMPLETED, RefundStatus.FAILED}),
    RefundStatus.PENDING: frozenset({RefundStatus.COMPLETED, RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset({RefundStatus.COMPLETED}),  # given back after all
    RefundStatus.COMPLETED: frozenset(),
}
ENDED = frozenset({RefundStatus.COMPLETED, RefundStatus.FAILED})
UNWANTED = frozenset({RefundReason.ORDER_PAID_TWICE, RefundReason.ORDER_NOT_PAYABLE})  # whose payer waits for it
PAID = frozenset({OrderStatus.PAID, OrderStatus.ACTIVATED})

WORDS: Mapping[str, RefundStatus] = {
    "COMPLETED": RefundStatus.COMPLETED,
    "PENDING": RefundStatus.PENDING,
    "FAILED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.FAILED,
}


class RefundBlock(Enum):
    """Why an operator cannot give money back now."""

    NOTHING_TAKEN = auto()
    HELD = auto()  # PayPal has not decided about the money yet
    BEING_ASKED = auto()  # an earlier refund has not been answered: it may yet be made
    NOTHING_LEFT = auto()
    MORE_THAN_LEFT = auto()
    NOT_POSITIVE = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class RefundableFacts:
    """One capture of a payment: what it took, and the refunds of it with their sums."""

    payment: PaymentStatus
    taken_cents: int  # 0 while nothing was taken
    refunds: tuple[tuple[RefundStatus, int], ...] = ()

    @property
    def left_cents(self) -> int:
        """What has neither been given back nor is on its way."""
        return self.taken_cents - sum(cents for status, cents in self.refunds if status is not RefundStatus.FAILED)


def why_not_refund(facts: RefundableFacts, *, cents: int | None) -> RefundBlock | None:
    """Return why the sum, or all that is left, cannot be given back; None when it can."""
    statuses = {status for status, _ in facts.refunds}
    reasons = (
        (RefundBlock.HELD, facts.payment is PaymentStatus.PENDING),
        (RefundBlock.NOTHING_TAKEN, facts.taken_cents == 0),
        (RefundBlock.BEING_ASKED, RefundStatus.REQUESTED in statuses),
        (RefundBlock.NOTHING_LEFT, facts.left_cents <= 0),
        (RefundBlock.NOT_POSITIVE, cents is not None and cents <= 0),
        (RefundBlock.MORE_THAN_LEFT, cents is not None and cents > facts.left_cents),
    )
    return next((block for block, against in reasons if against), None)


NOT_ANSWERED = frozenset({ProviderFailureKind.UNAVAILABLE, ProviderFailureKind.MERCHANT_MISCONFIGURED})


def may_ask_again(kind: ProviderFailureKind) -> bool:
    """Tell whether the same request may still be granted: nothing was decided, or an operator can repair it."""
    return kind in NOT_ANSWERED


def read_status(word: str) -> RefundStatus:
    """Return what PayPal's word for a refund means; one that we do not know leaves it open.

    Words: https://developer.paypal.com/docs/api/payments/v2/
    """
    return WORDS.get(word, RefundStatus.PENDING)


def may_follow(*, old: RefundStatus, new: RefundStatus) -> bool:
    """Tell whether a refund may move from ``old`` to ``new``: what was read earlier and comes later changes nothing."""
    return new in FOLLOWERS[old]


def given_back(refunds: Iterable[tuple[RefundStatus, int]]) -> int:
    """Return how many cents have been given back, of refunds with their sums."""
    return sum(cents for status, cents in refunds if status is RefundStatus.COMPLETED)


def after_refund(status: OrderStatus, *, paid_cents: int, refunded_cents: int) -> OrderStatus:
    """Return the status of an order whose payment has been given back to this extent: all of it, or it stays paid."""
    return OrderStatus.REFUNDED if status in PAID and refunded_cents >= paid_cents else status
