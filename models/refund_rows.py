"""Refunds as a writing transaction needs them, and the payment whose money they give back."""

from collections.abc import Sequence

from sqlmodel import col, or_, select

from models import tables
from models.database import Session


async def payment_of_capture(session: Session, *, capture_id: str) -> tables.Payment | None:
    """Return the payment whose attempt took this money, whether it paid or was given back; locked until the commit."""
    payments, attempts = tables.Payment, tables.PaymentAttempt
    takers = select(attempts.payment_id).where(attempts.capture_id == capture_id)
    query = select(payments).where(or_(col(payments.capture_id) == capture_id, col(payments.id).in_(takers)))
    return (await session.exec(query.with_for_update())).first()


async def refunds_of_capture(session: Session, *, capture_id: str) -> Sequence[tables.Refund]:
    """Return the refunds of a capture, oldest first."""
    refunds = tables.Refund
    query = select(refunds).where(refunds.capture_id == capture_id).order_by(col(refunds.created_at), col(refunds.id))
    return (await session.exec(query.with_for_update())).all()
