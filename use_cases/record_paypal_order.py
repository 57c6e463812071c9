"""Store the order that PayPal has opened for an attempt, or go back to where the customer can try again."""

from datetime import datetime

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PayPalOrder
from models import enums, rows, tables
from models.database import Session
from policies.payment_outcomes import explain_failure
from policies.refusals import may_try_again
from policies.watching import Watch
from use_cases.confirm_payment import schedule_look
from use_cases.owe_emails import owe_payment_failed
from use_cases.payment_states import move_payment
from use_cases.settle_renewal import is_automatic, suspect_ourselves
from use_cases.unwanted_money import end_if_unwanted


async def record_paypal_order(
    session: Session, *, attempt_id: str, paypal: PayPalOrder, watch: Watch, now: datetime
) -> bool:
    """Store PayPal's id before any money moves; for a new account the payer is asked next.

    Tells whether a registered account may be charged now. A payment given up or begun anew meanwhile stays so, and one
    whose order needs no money any more ends: this order at PayPal will lapse.
    """
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    opens = attempt.paypal_order_id is None
    attempt.paypal_order_id = paypal.id
    newest = (await rows.attempts_of(session, payment_id=payment.id))[-1]
    if newest.id == attempt.id and opens and payment.status is enums.PaymentStatus.VERIFYING:
        await take_back(session, payment, now=now)
    if payment.status is not enums.PaymentStatus.PROCESSING or newest.id != attempt.id:
        return False
    if await end_if_unwanted(session, payment, source=enums.EventSource.PAYPAL_REPLY, now=now):
        return False
    if payment.registers_account:
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
        await schedule_look(session, attempt, after=watch.after(0), now=now)
    return not payment.registers_account


async def take_back(session: Session, payment: tables.Payment, *, now: datetime) -> None:
    """Go on with a payment whose worker a look gave up after a long pause: nothing can have been captured before."""
    await move_payment(
        session,
        payment,
        to=enums.PaymentStatus.PROCESSING,
        source=enums.EventSource.PAYPAL_REPLY,
        now=now,
        note="The worker is back.",
    )


async def abandon_opening(
    session: Session,
    *,
    attempt_id: str,
    failure: PayPalFailure,
    source: enums.EventSource,
    watch: Watch,
    now: datetime,
) -> None:
    """Nothing was opened that can ever be captured: hand the payment back, or end it when we are at fault.

    The charge of a renewal has nobody to be handed back to: it is taken up again at the next look.
    """
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    if payment.status is not enums.PaymentStatus.PROCESSING or attempt.paypal_order_id is not None:
        return  # another worker has opened it
    await suspect_ourselves(session, payment, kind=failure.kind, issue=failure.issue, now=now)
    if not may_try_again(failure.kind):
        await end_unopened(session, payment, failure=failure, source=source, now=now)
        return
    automatic = is_automatic(payment)
    await move_payment(
        session,
        payment,
        to=enums.PaymentStatus.VERIFYING if automatic else enums.PaymentStatus.AWAITING_CONFIRMATION,
        source=enums.EventSource.PAYPAL_REPLY,
        now=now,
        note="PayPal could not be reached; nothing was charged.",
    )
    if automatic:
        await schedule_look(session, attempt, after=watch.after(attempt.looks), now=now)


async def end_unopened(
    session: Session, payment: tables.Payment, *, failure: PayPalFailure, source: enums.EventSource, now: datetime
) -> None:
    """End a payment for which PayPal refused to open an order."""
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
    await owe_payment_failed(session, payment=payment, source=source, now=now)
