"""What becomes of money that PayPal has taken: it pays the order, or it is given back."""

from dataclasses import replace

from models.enums import OrderBlockCode, RefundReason
from policies.order_payability import OrderFacts, may_pay


def why_give_back(order: OrderFacts, *, taken_cents: int, late: bool) -> RefundReason | None:
    """Return why the money cannot pay the order, or None when it does.

    Other payments of the order do not matter: the first money that comes pays it. A sum agreed upon is honoured while
    its payment is open; one that comes ``late``, after its payment had ended, must still be the price.
    """
    blocks = {block.code for block in may_pay(replace(order, open_payment=None)).blocks}
    if OrderBlockCode.ALREADY_PAID in blocks:
        return RefundReason.ORDER_PAID_TWICE
    if blocks or (late and taken_cents != order.gross_cents):
        return RefundReason.ORDER_NOT_PAYABLE
    return None
