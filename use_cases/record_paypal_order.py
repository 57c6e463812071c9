"""Store the order that PayPal has opened for an attempt, or go back to where the customer can try again."""

from datetime import datetime

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PayPalOrder
from models import enums, tables
from models.database import Session
from policies.payment_outcomes import explain_failure
from policies.refusals import may_try_again
from policies.watching import Watch
from use_cases.confirm_payment import schedule_look
from use_cases.payment_states import move_payment


async def record_paypal_order(
    session: Session, *, attempt_id: str, paypal: PayPalOrder, watch: Watch, now: datetime
) -> enums.PaymentStatus:
    """Store PayPal's id before any money moves; for a new account the payer is asked next.

    Returns the status of the payment. A payment given up meanwhile stays so: its order at PayPal will lapse.
    """
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    attempt.paypal_order_id = paypal.id
    if payment.registers_account and payment.status is enums.PaymentStatus.PROCESSING:
        attempt.approve_url = paypal.approve_url
        attempt.approval_expires_at = now + watch.approval_life
        await session.flush()
        await move_payment(
            session,
            payment,
            to=enums.PaymentStatus.AWAITING_APPROVAL,
            source=enums.EventSource.PAYPAL_REPLY,
            now=now,
        )
        await schedule_look(session, attempt, after=watch.after(0))
    return payment.status


async def abandon_opening(
    session: Session, *, attempt_id: str, failure: PayPalFailure, now: datetime
) -> enums.PaymentStatus:
    """Nothing was opened that can ever be captured: hand the payment back, or end it when we are at fault."""
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    if payment.status is enums.PaymentStatus.PROCESSING and may_try_again(failure.kind):
        await move_payment(
            session,
            payment,
            to=enums.PaymentStatus.AWAITING_CONFIRMATION,
            source=enums.EventSource.PAYPAL_REPLY,
            now=now,
            note="PayPal could not be reached; nothing was charged.",
        )
    elif payment.status is enums.PaymentStatus.PROCESSING:
        code, advice = explain_failure(failure.kind, failure.issue)
        await move_payment(
            session,
            payment,
            to=enums.PaymentStatus.FAILED,
            source=enums.EventSource.PAYPAL_REPLY,
            now=now,
            note=failure.issue,
            failure_code=code,
            failure_advice=advice,
        )
    return payment.status
