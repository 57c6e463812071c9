"""Payments that are being watched, with the sessions of those who watch; who may watch which is for the caller to say.

Looked at several times a second for everybody at once: columns, not rows.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, func
from sqlalchemy.orm import Bundle
from sqlmodel import col, select

from models import tables
from models.database import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenSession:
    """What decides whether a session is over."""

    token_hash: str
    expires_at: datetime
    last_seen_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """One look at a payment, and one session of its customer among those asked for."""

    payment_id: str
    customer_id: str
    mark: tuple[object, ...]  # another one after each change of what a watcher is shown
    session: OpenSession | None


async def sightings(
    session: Session, *, payment_ids: Collection[str], token_hashes: Collection[str]
) -> Sequence[Sighting]:
    """Return the payments, each once for every session that its customer has among the named ones, at least once."""
    payment, event, opened = tables.Payment, tables.PaymentEvent, tables.Session
    own = and_(col(opened.customer_id) == payment.customer_id, col(opened.token_hash).in_(token_hashes))
    steps = select(func.count()).where(col(event.payment_id) == payment.id).scalar_subquery()
    mark: Bundle[Any] = Bundle(
        "mark", col(payment.status), col(payment.account_id), col(payment.registers_account), steps
    )
    times: Bundle[Any] = Bundle("times", col(opened.token_hash), col(opened.expires_at), col(opened.last_seen_at))
    statement = (
        select(col(payment.id), col(payment.customer_id), mark, times)
        .join(opened, own, isouter=True)
        .where(col(payment.id).in_(payment_ids))
    )
    return [
        Sighting(payment_id=id, customer_id=owner, mark=tuple(seen), session=session_of(*found))
        for id, owner, seen, found in await session.exec(statement)
    ]


def session_of(
    token_hash: str | None, expires_at: datetime | None, last_seen_at: datetime | None
) -> OpenSession | None:
    """Return the session, None where the payment's customer has none of those asked for."""
    if token_hash is None or expires_at is None or last_seen_at is None:
        return None
    return OpenSession(token_hash=token_hash, expires_at=expires_at, last_seen_at=last_seen_at)


async def payments(session: Session, *, payment_ids: Collection[str]) -> Mapping[str, tables.Payment]:
    """Return the payments themselves, by their ids."""
    found = await session.exec(select(tables.Payment).where(col(tables.Payment.id).in_(payment_ids)))
    return {payment.id: payment for payment in found}
