"""May this order be paid, or given up, now?"""

from collections.abc import Mapping
from dataclasses import dataclass

from models.enums import OrderBlockCode, OrderStatus, PaymentStatus, ServiceStatus
from policies.decisions import Block, Decision
from policies.payment_transitions import CANCELABLE

UNDECIDED = frozenset({PaymentStatus.VERIFYING, PaymentStatus.PENDING})  # PayPal may have the money already
STATUS_BLOCKS: Mapping[OrderStatus, OrderBlockCode | None] = {
    OrderStatus.AWAITING_PAYMENT: None,
    OrderStatus.PAID: OrderBlockCode.ALREADY_PAID,
    OrderStatus.ACTIVATED: OrderBlockCode.ALREADY_PAID,
    OrderStatus.CANCELED: OrderBlockCode.CANCELED,
    OrderStatus.EXPIRED: OrderBlockCode.EXPIRED,
    OrderStatus.REFUNDED: OrderBlockCode.ALREADY_PAID,  # paid once: whoever wants it again places a new order
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFacts:
    """What decides about an order; ``open_payment`` is the status of the one payment that has not ended."""

    status: OrderStatus
    gross_cents: int
    services: tuple[ServiceStatus, ...]
    open_payment: PaymentStatus | None
    payments_open: bool = True  # a customer may begin one by PayPal; renewals that charge themselves do not ask


def may_pay(facts: OrderFacts) -> Decision[OrderBlockCode]:
    """Decide whether the order can be paid, with all reasons against.

    A payment whose outcome is unknown stands in the way until it is known: it may yet fail, hence resolvable. Any other
    open payment does not: starting hands it back.
    """
    reasons = (
        (STATUS_BLOCKS[facts.status], True, False),
        (OrderBlockCode.ZERO_TOTAL, facts.gross_cents <= 0, False),
        (OrderBlockCode.SERVICE_GONE, ServiceStatus.CANCELED in facts.services, False),
        (OrderBlockCode.PAYMENT_BEING_VERIFIED, facts.open_payment in UNDECIDED, True),
        (OrderBlockCode.PAYMENTS_CLOSED, not facts.payments_open, False),
    )
    return Decision(
        blocks=tuple(
            Block(code=code, resolvable=resolvable) for code, against, resolvable in reasons if code and against
        )
    )


def may_cancel(facts: OrderFacts) -> bool:
    """Tell whether the order can be given up: unpaid, and no payment is open for which money can have moved.

    Any other payment does not hold the order: it is given up along with it.
    """
    return facts.status is OrderStatus.AWAITING_PAYMENT and (
        facts.open_payment is None or facts.open_payment in CANCELABLE
    )
