"""Rows that wait for durable work: whoever looks for lost work begins with them."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ScalarSelect, func, or_
from sqlmodel import col, select

from models import enums, tables
from models.database import Session
from models.rows import IN_PROGRESS

PAGE = 500  # of each kind in one sweep; the next sweep finds the others
OPEN_REFUNDS = (enums.RefundStatus.REQUESTED, enums.RefundStatus.PENDING)


async def overdue_attempts(session: Session, *, before: datetime) -> Sequence[tables.PaymentAttempt]:
    """Return the newest attempts of payments at PayPal whose next look was due before that instant."""
    attempts, payments = tables.PaymentAttempt, tables.Payment
    due = func.coalesce(attempts.look_due_at, attempts.created_at)
    query = (
        select(attempts)
        .join(payments, col(payments.id) == col(attempts.payment_id))
        .where(col(payments.status).in_(IN_PROGRESS), attempts.number == newest_number(), due < before)
        .order_by(col(attempts.id))
    )
    return (await session.exec(query.limit(PAGE).with_for_update(of=attempts))).all()


async def overdue_looks_back(
    session: Session, *, ended: Collection[enums.PaymentStatus], before: datetime
) -> Sequence[tables.PaymentAttempt]:
    """Return the attempts whose payment has ended, or goes on without them, and whose next look was due before that.

    Whoever has looked and found neither money nor a doubt has cleared the instant.
    """
    attempts, payments = tables.PaymentAttempt, tables.Payment
    query = (
        select(attempts)
        .join(payments, col(payments.id) == col(attempts.payment_id))
        .where(
            col(attempts.look_due_at) < before,
            col(attempts.paypal_order_id).is_not(None),
            col(attempts.capture_id).is_(None),
            or_(col(payments.status).in_(ended), col(attempts.number) < newest_number()),
        )
        .order_by(col(attempts.id))
    )
    return (await session.exec(query.limit(PAGE).with_for_update(of=attempts))).all()


def newest_number() -> ScalarSelect[int]:
    """Return, inside a statement about payments, the number of each one's newest attempt."""
    attempts, payments = tables.PaymentAttempt, tables.Payment
    newest = select(func.max(attempts.number)).where(attempts.payment_id == payments.id)
    return newest.correlate(payments).scalar_subquery()


async def queued_emails(session: Session, *, before: datetime) -> Sequence[str]:
    emails = tables.Email
    query = select(emails.id).where(emails.status == enums.EmailStatus.QUEUED, emails.created_at < before)
    return (await session.exec(query.order_by(col(emails.id)).limit(PAGE))).all()


async def open_refunds(session: Session, *, before: datetime) -> Sequence[str]:
    refunds = tables.Refund
    query = select(refunds.id).where(col(refunds.status).in_(OPEN_REFUNDS), refunds.created_at < before)
    return (await session.exec(query.order_by(col(refunds.id)).limit(PAGE))).all()


async def unhandled_events(session: Session, *, before: datetime) -> Sequence[str]:
    events = tables.WebhookEvent
    query = select(events.id).where(col(events.handled_at).is_(None), events.received_at < before)
    return (await session.exec(query.order_by(col(events.id)).limit(PAGE))).all()


async def awaited_registrations(session: Session, *, before: datetime) -> Sequence[tuple[str, str]]:
    """Return the accounts whose token has not come yet, each with the payment that registers it."""
    accounts, payments = tables.PayPalAccount, tables.Payment
    query = (
        select(accounts.id, func.min(payments.id))
        .join(payments, col(payments.account_id) == col(accounts.id))
        .where(
            accounts.status == enums.PayPalAccountStatus.PENDING_APPROVAL,
            payments.status == enums.PaymentStatus.SUCCEEDED,
            col(payments.registers_account),
            accounts.created_at < before,
        )
        .group_by(accounts.id)
        .order_by(col(accounts.id))
    )
    return (await session.exec(query.limit(PAGE))).all()
