"""Give up an unpaid order ("Annulla"): final."""

from datetime import datetime

from models import enums, rows, tables
from models.database import Session
from policies.order_payability import may_cancel
from use_cases.cancel_payment import give_up_payment
from use_cases.errors import NotFound, OrderNotCancelable
from use_cases.order_facts import take_order
from use_cases.settle_renewal import give_up_renewal


async def cancel_order(session: Session, *, customer_id: str, order_id: str, now: datetime) -> tables.Order:
    """Cancel the order together with a payment that has moved no money; one canceled before is answered as it is.

    Raises ``NotFound``, and ``OrderNotCancelable`` for a paid order or one whose payment may have moved money.
    """
    order = await rows.find_order(session, customer_id=customer_id, order_id=order_id)
    if order is None:
        raise NotFound("orderId")
    if order.status is enums.OrderStatus.CANCELED:
        return order
    in_hand = await take_order(session, order)
    if not may_cancel(in_hand.facts):
        raise OrderNotCancelable(order)
    if in_hand.open_payment is not None:
        await give_up_payment(
            session, in_hand.open_payment, source=enums.EventSource.CUSTOMER, now=now, note="The order was canceled."
        )
    order.status = enums.OrderStatus.CANCELED
    if in_hand.system_renewal:
        await give_up_renewal(session, order, now=now)
    return order
