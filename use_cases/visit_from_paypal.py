"""The payer's browser comes back from PayPal, approved or not; its parameters are claims, not facts."""

from datetime import datetime
from secrets import compare_digest

from models import enums, ids, rows, tables
from models.database import Session
from use_cases.cancel_payment import give_up_payment
from use_cases.errors import NotFound


async def welcome_back(session: Session, *, return_key: str, order_token: str, now: datetime) -> tables.Payment:
    """Owe a look at PayPal, which alone knows whether the payer approved; it speaks for this round of approval only.

    Raises ``NotFound`` unless the key is ours and the token is the order that this attempt opened at PayPal.
    """
    payment, attempt = await find_visited(session, return_key=return_key, order_token=order_token)
    if payment.status is enums.PaymentStatus.AWAITING_APPROVAL:
        key = ids.new_id(f"return-{attempt.id}", now=now)  # a visit too early must not use up the one that counts
        rounds = attempt.approval_rounds
        await session.later(enums.Job.ADVANCE_PAYMENT, key, attempt.id, enums.EventSource.CUSTOMER, None, rounds)
    return payment


async def take_cancellation(session: Session, *, return_key: str, order_token: str, now: datetime) -> tables.Payment:
    """Give up the payment because the payer chose "Annulla e torna"; the order stays payable. Raises ``NotFound``."""
    payment, _ = await find_visited(session, return_key=return_key, order_token=order_token)
    if payment.status is enums.PaymentStatus.AWAITING_APPROVAL:
        await give_up_payment(
            session, payment, source=enums.EventSource.CUSTOMER, now=now, note="Canceled on PayPal's page."
        )
    return payment


async def find_visited(
    session: Session, *, return_key: str, order_token: str
) -> tuple[tables.Payment, tables.PaymentAttempt]:
    """Find the attempt that the return address names. Raises ``NotFound`` for a key or a token that is not ours."""
    attempt = await rows.attempt_by_return_key(session, return_key=return_key)
    if attempt is None or not compare_digest((attempt.paypal_order_id or "-").encode(), order_token.encode()):
        raise NotFound("attempt")
    return await session.get_one(tables.Payment, attempt.payment_id), attempt
