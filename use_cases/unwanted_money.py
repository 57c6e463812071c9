"""Money that the order does not need: it is not asked for, and a payment that can bring no other ends."""

from datetime import datetime

from models import enums, tables
from models.database import Session
from policies.late_success import why_give_back
from policies.payment_outcomes import BY_REASON
from use_cases.order_facts import take_order
from use_cases.owe_emails import owe_payment_failed
from use_cases.payment_states import move_payment

NOTES = {
    enums.RefundReason.ORDER_PAID_TWICE: "Another payment has paid the order; nothing was charged.",
    enums.RefundReason.ORDER_NOT_PAYABLE: "The order cannot be paid any more; nothing was charged.",
}


async def end_if_unwanted(
    session: Session, payment: tables.Payment, *, source: enums.EventSource, now: datetime
) -> bool:
    """End a payment whose money would be given back, before it is taken; tell whether it was ended.

    The order stays locked: nothing can pay it before the caller has claimed the payment. One that was paid in another
    way has its own mail.
    """
    order = await session.get_one(tables.Order, payment.order_id, with_for_update=True)
    in_hand = await take_order(session, order)
    reason = why_give_back(in_hand.facts, taken_cents=payment.amount_cents, late=False)
    if reason is None:
        return False
    await end_unwanted(session, payment, reason=reason, source=source, now=now, note=NOTES[reason])
    if reason is enums.RefundReason.ORDER_NOT_PAYABLE:
        await owe_payment_failed(session, payment=payment, source=source, now=now)
    return True


async def end_unwanted(
    session: Session,
    payment: tables.Payment,
    *,
    reason: enums.RefundReason,
    source: enums.EventSource,
    now: datetime,
    note: str,
) -> None:
    """End a payment whose money is not wanted, or did not stay with us; the order is what it is without it."""
    code, advice = BY_REASON[reason]
    await move_payment(
        session,
        payment,
        to=enums.PaymentStatus.FAILED,
        source=source,
        now=now,
        note=note,
        failure_code=code,
        failure_advice=advice,
    )
