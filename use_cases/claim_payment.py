"""Claim a payment for one driver before it asks PayPal for the money, or end one that nobody approved in time."""

from datetime import datetime

from models import enums, tables
from models.database import Session
from policies.watching import Watch
from use_cases.confirm_payment import schedule_look
from use_cases.payment_states import move_payment
from use_cases.unwanted_money import end_if_unwanted

CLAIMABLE = frozenset({enums.PaymentStatus.AWAITING_APPROVAL, enums.PaymentStatus.VERIFYING})


async def claim_payment(
    session: Session,
    *,
    attempt_id: str,
    rounds: int,
    taken: bool,
    source: enums.EventSource,
    watch: Watch,
    now: datetime,
) -> bool:
    """Move the payment to PROCESSING; only one of several drivers succeeds, and the others have nothing to do.

    Nor has one that saw an earlier of the ``rounds`` of approval: its request id is used up. Money not ``taken`` yet
    that the order does not need is left where it is. A look is owed along with the claim, should the driver die for
    good.
    """
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    if payment.status not in CLAIMABLE or attempt.approval_rounds != rounds:
        return False
    if not taken and await end_if_unwanted(session, payment, source=source, now=now):
        return False
    await move_payment(session, payment, to=enums.PaymentStatus.PROCESSING, source=source, now=now)
    await schedule_look(session, attempt, after=watch.worker_lost_after, now=now)
    return True


async def release_lost_claim(session: Session, *, attempt_id: str, watch: Watch, now: datetime) -> None:
    """Take a payment back from a driver that has been silent for too long: its outcome is unknown, not failed."""
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    if payment.status is enums.PaymentStatus.PROCESSING:
        await move_payment(
            session,
            payment,
            to=enums.PaymentStatus.VERIFYING,
            source=enums.EventSource.RECONCILER,
            now=now,
            note="The worker was lost; we are asking PayPal.",
        )
        await schedule_look(session, attempt, after=watch.after(0), now=now)


async def await_approval_longer(
    session: Session,
    *,
    attempt_id: str,
    answered: bool,
    lapsed: bool,
    source: enums.EventSource,
    watch: Watch,
    now: datetime,
) -> enums.PaymentStatus:
    """Look again later at a payment that its payer has not approved yet; one that lapsed at PayPal has expired.

    Age alone ends it only when PayPal has ``answered`` just now: a silent PayPal may hold an approval given in time.
    """
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    if payment.status is not enums.PaymentStatus.AWAITING_APPROVAL:
        return payment.status
    overdue = attempt.approval_expires_at is not None and now >= attempt.approval_expires_at
    if lapsed or (answered and overdue):
        await move_payment(session, payment, to=enums.PaymentStatus.EXPIRED, source=source, now=now)
    else:
        await schedule_look(session, attempt, after=watch.after(attempt.looks), now=now)
    return payment.status
