"""Owe a refund: its row, its request id and its work commit together, before anything is asked of PayPal."""

from datetime import datetime, timedelta

from models import enums, ids, tables
from models.database import Session
from models.money import Money


async def owe_refund(
    session: Session,
    *,
    payment: tables.Payment,
    capture_id: str,
    amount: Money,
    reason: enums.RefundReason,
    note: str | None,
    now: datetime,
) -> tables.Refund:
    """Insert the refund and owe the call that makes it; its id is also its request id, used for it for ever."""
    refund_id = ids.new_id(ids.REFUND, now=now)
    refund = tables.Refund(
        id=refund_id,
        payment_id=payment.id,
        capture_id=capture_id,
        amount_cents=amount.cents,
        currency=amount.currency,
        reason=reason,
        status=enums.RefundStatus.REQUESTED,
        note=note,
        request_id=refund_id,
        created_at=now,
    )
    session.add(refund)
    await session.flush()
    await session.later(enums.Job.REFUND_PAYMENT, f"refund-{refund.id}", refund.id)
    return refund


async def schedule_refund_look(session: Session, refund: tables.Refund, *, after: timedelta | None = None) -> None:
    """Owe one more look at a refund that has not ended; it overtakes earlier ones."""
    refund.looks += 1
    await session.flush()
    await session.later(
        enums.Job.REFUND_PAYMENT, f"refund-{refund.id}-{refund.looks}", refund.id, refund.looks, delay=after
    )
