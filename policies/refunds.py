"""How far a refund has come, and when an order has been given back."""

from collections.abc import Iterable, Mapping

from models.enums import OrderStatus, ProviderFailureKind, RefundStatus

FOLLOWERS: Mapping[RefundStatus, frozenset[RefundStatus]] = {
    RefundStatus.REQUESTED: frozenset({RefundStatus.PENDING, RefundStatus.COMPLETED, RefundStatus.FAILED}),
    RefundStatus.PENDING: frozenset({RefundStatus.COMPLETED, RefundStatus.FAILED}),
    RefundStatus.FAILED: frozenset({RefundStatus.COMPLETED}),  # given back after all
    RefundStatus.COMPLETED: frozenset(),
}
ENDED = frozenset({RefundStatus.COMPLETED, RefundStatus.FAILED})
ACCEPTED = frozenset({RefundStatus.PENDING, RefundStatus.COMPLETED})  # PayPal has it: the payer may be told
PAID = frozenset({OrderStatus.PAID, OrderStatus.ACTIVATED})

WORDS: Mapping[str, RefundStatus] = {
    "COMPLETED": RefundStatus.COMPLETED,
    "PENDING": RefundStatus.PENDING,
    "FAILED": RefundStatus.FAILED,
    "CANCELLED": RefundStatus.FAILED,
}


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
