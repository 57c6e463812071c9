"""Give up a payment that has moved no money."""

from datetime import datetime

from models import enums, rows, tables
from models.database import Session
from policies.payment_transitions import CANCELABLE
from use_cases.errors import NotFound
from use_cases.payment_states import move_payment, require_status


async def cancel_payment(session: Session, *, customer_id: str, payment_id: str, now: datetime) -> tables.Payment:
    """Cancel the payment; the order stays payable. A payment canceled before is answered as it is.

    An approval given afterwards on PayPal's page takes no money: only this server captures, and it will not.
    Raises ``NotFound``, ``PaymentStateConflict``.
    """
    payment = await rows.find_payment(session, customer_id=customer_id, payment_id=payment_id)
    if payment is None:
        raise NotFound("paymentId")
    if payment.status is not enums.PaymentStatus.CANCELED:
        require_status(payment, CANCELABLE)
        await give_up_payment(session, payment, source=enums.EventSource.CUSTOMER, now=now)
    return payment


async def give_up_payment(
    session: Session,
    payment: tables.Payment,
    *,
    source: enums.EventSource,
    now: datetime,
    note: str | None = None,
) -> None:
    """Move the payment to CANCELED and say who did it."""
    await move_payment(
        session, payment, to=enums.PaymentStatus.CANCELED, source=source, now=now, note=note, canceled_by=source
    )
