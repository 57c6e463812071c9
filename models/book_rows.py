"""Our books as they are compared with PayPal's: attempts, refunds and registered accounts, of all customers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from models import enums, tables
from models.database import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class Entry:
    """One order at PayPal, for which attempt it was opened, and the refunds of what was taken for it."""

    attempt: tables.PaymentAttempt
    payment: tables.Payment
    order: tables.Order
    is_newest: bool  # of the attempts of its payment
    refunds: tuple[tables.Refund, ...]


async def entries(session: Session, *, since: datetime) -> Sequence[Entry]:
    """Return the attempts begun since then that opened an order at PayPal, oldest first."""
    attempt, payment, order = tables.PaymentAttempt, tables.Payment, tables.Order
    others = aliased(attempt)
    newest = select(func.max(others.number)).where(others.payment_id == payment.id).scalar_subquery()
    query = (
        select(attempt, payment, order, newest)
        .join(payment, col(payment.id) == col(attempt.payment_id))
        .join(order, col(order.id) == col(payment.order_id))
        .where(col(attempt.paypal_order_id).is_not(None), attempt.created_at >= since)
        .order_by(col(attempt.created_at), col(attempt.id))
    )
    given_back = await refunds_by_capture(session)
    return [
        Entry(
            attempt=one,
            payment=two,
            order=three,
            is_newest=one.number == number,
            refunds=given_back.get(one.capture_id or "", ()),
        )
        for one, two, three, number in await session.exec(query)
    ]


async def refunds_by_capture(session: Session) -> Mapping[str, tuple[tables.Refund, ...]]:
    """Return all refunds, oldest first."""
    found: defaultdict[str, tuple[tables.Refund, ...]] = defaultdict(tuple)
    refunds = tables.Refund
    for refund in await session.exec(select(refunds).order_by(col(refunds.created_at), col(refunds.id))):
        found[refund.capture_id] += (refund,)
    return found


async def refunds_elsewhere(session: Session, *, since: datetime) -> Sequence[tables.Refund]:
    """Return the refunds asked for since then whose attempt is older, and therefore not among the `entries`."""
    refunds, attempts = tables.Refund, tables.PaymentAttempt
    listed = select(attempts.capture_id).where(attempts.created_at >= since, col(attempts.capture_id).is_not(None))
    query = select(refunds).where(refunds.created_at >= since, col(refunds.capture_id).not_in(listed))
    return (await session.exec(query.order_by(col(refunds.created_at), col(refunds.id)))).all()


async def chargeable_accounts(session: Session) -> Sequence[tables.PayPalAccount]:
    """Return the registered accounts that our books call chargeable."""
    accounts = tables.PayPalAccount
    query = select(accounts).where(accounts.status == enums.PayPalAccountStatus.ACTIVE).order_by(col(accounts.id))
    return (await session.exec(query)).all()
