"""Rows that nobody will ask for again, deleted a page at a time."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, cast

from sqlalchemy import CursorResult, Delete, delete, tuple_
from sqlmodel import col, select

from models import enums, tables
from models.database import Session


async def delete_sessions_over(session: Session, *, before: datetime, limit: int) -> int:
    """Delete sessions that ended before that instant, used or not; return how many."""
    opened = tables.Session
    over = select(opened.token_hash).where(opened.expires_at < before).limit(limit)
    return await deleted(session, delete(opened).where(col(opened.token_hash).in_(over)))


async def delete_keys_used(
    session: Session, *, before: datetime, ended: Collection[enums.PaymentStatus], limit: int
) -> int:
    """Delete idempotency keys first used before that instant whose payments have ended; return how many."""
    key, payment = tables.IdempotencyKey, tables.Payment
    named = (col(key.customer_id), col(key.mutation), col(key.key))
    used = (
        select(*named)
        .join(payment, col(payment.id) == col(key.payment_id))
        .where(key.created_at < before, col(payment.status).in_(ended))
        .limit(limit)
    )
    return await deleted(session, delete(key).where(tuple_(*named).in_(used)))


async def deleted(session: Session, statement: Delete) -> int:
    return cast(CursorResult[Any], await session.exec(statement)).rowcount
