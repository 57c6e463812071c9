"""Renewals as their customers see them, and what an operator wants to know: what has paused them, what went wrong."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from sqlalchemy import ScalarSelect, SQLColumnExpression, and_
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from models import enums, tables
from models.database import Session

# What an automatic charge rests on: its service, the last choice before it, the notice, and when that went out.
Grounds: TypeAlias = tuple[tables.Service, tables.Consent | None, tables.RenewalNotice | None, datetime | None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Obstructed:
    """A renewal that was due and has not been charged; ``next_attempt_on`` when it will be tried again."""

    service_id: str
    expiry: date
    obstacle: enums.RenewalObstacle
    since: datetime
    next_attempt_on: date | None
    order_number: str | None
    failure: enums.PaymentFailureCode | None


async def pauses_in_force(session: Session) -> Sequence[tables.Pause]:
    """Return the pauses that nobody has lifted."""
    pause = tables.Pause
    return (await session.exec(select(pause).where(col(pause.lifted_at).is_(None)))).all()


async def obstructed(session: Session, *, since: datetime) -> Sequence[Obstructed]:
    """Return the renewals that have met an obstacle since then and are not paid, the newest first."""
    renewal, order, payment = tables.Renewal, tables.Order, tables.Payment
    statement = (
        select(renewal, col(order.number), col(payment.failure_code))
        .join(order, col(order.id) == renewal.order_id, isouter=True)
        .join(payment, col(payment.id) == renewal.payment_id, isouter=True)
        .where(col(renewal.obstacle_at) >= since)
        .order_by(col(renewal.obstacle_at).desc(), col(renewal.service_id))
    )
    return [
        Obstructed(
            service_id=row.service_id,
            expiry=row.expiry,
            obstacle=row.obstacle,
            since=row.obstacle_at,
            next_attempt_on=row.next_attempt_on,
            order_number=number,
            failure=failure,
        )
        for row, number, failure in await session.exec(statement)
        if row.obstacle is not None and row.obstacle_at is not None
    ]


async def standings(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, tuple[tables.RenewalNotice | None, datetime | None, tables.Renewal | None]]:
    """Return, of the customer's services, the notice at their present expiry, when it went out, and what is planned."""
    service, notice, email, renewal = tables.Service, tables.RenewalNotice, tables.Email, tables.Renewal
    of_notice = and_(col(notice.service_id) == service.id, col(notice.expiry) == service.expires_on)
    of_renewal = and_(col(renewal.service_id) == service.id, col(renewal.expiry) == service.expires_on)
    statement = (
        select(col(service.id), notice, col(email.sent_at), renewal)
        .join(notice, of_notice, isouter=True)
        .join(email, col(email.id) == notice.email_id, isouter=True)
        .join(renewal, of_renewal, isouter=True)
        .where(col(service.id).in_(ids), col(service.customer_id) == customer_id)
    )
    found = await session.exec(statement)
    return {service_id: (told, sent_at, planned) for service_id, told, sent_at, planned in found}


async def next_attempts(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, date]:
    """Return when a renewal is tried again, by the customer's payment that was its newest charge."""
    service, renewal = tables.Service, tables.Renewal
    on = (enums.AutoRenewalStatus.ON, enums.AutoRenewalStatus.RETRYING)
    statement = (
        select(col(renewal.payment_id), col(renewal.next_attempt_on))
        .join(service, col(service.id) == renewal.service_id)
        .where(
            col(renewal.payment_id).in_(ids),
            col(service.customer_id) == customer_id,
            col(service.auto_renewal).in_(on),
            col(service.expires_on) == renewal.expiry,
        )
    )
    return {payment_id: day for payment_id, day in await session.exec(statement) if payment_id and day}


async def last_consents(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, tables.Consent]:
    """Return the last choice about the automatic renewal of the customer's services, by service."""
    service, consent = tables.Service, tables.Consent
    statement = (
        select(consent)
        .join(service, col(service.id) == consent.service_id)
        .where(col(service.id).in_(ids), col(service.customer_id) == customer_id, col(consent.id) == newest_consent())
    )
    return {found.service_id: found for found in await session.exec(statement) if found.service_id}


async def mandates(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, Grounds]:
    """Return what the automatic charges among the customer's payments rest on, by payment."""
    payment, order, service = tables.Payment, tables.Order, tables.Service
    consent, notice, email = tables.Consent, tables.RenewalNotice, tables.Email
    chosen = newest_consent(until=col(payment.created_at))
    announced = and_(col(notice.service_id) == service.id, col(notice.expiry) == order.renews_expiry)
    statement = (
        select(col(payment.id), service, consent, notice)
        .add_columns(col(email.sent_at))
        .select_from(payment)
        .join(order, col(order.id) == payment.order_id)
        .join(service, col(service.id) == order.renews_service_id)
        .join(consent, col(consent.id) == chosen, isouter=True)
        .join(notice, announced, isouter=True)
        .join(email, col(email.id) == notice.email_id, isouter=True)
        .where(
            col(payment.id).in_(ids),
            col(payment.customer_id) == customer_id,
            col(payment.initiator) == enums.PaymentInitiator.AUTOMATIC_RENEWAL,
        )
    )
    found = await session.execute(statement)
    return {payment_id: (row, agreed, told, sent_at) for payment_id, row, agreed, told, sent_at in found}


def newest_consent(*, until: SQLColumnExpression[datetime] | None = None) -> ScalarSelect[str]:
    """Return, inside a statement about services, the id of each one's last choice about automatic renewal."""
    choice = aliased(tables.Consent)
    query = select(col(choice.id)).where(
        col(choice.service_id) == tables.Service.id, col(choice.kind) == enums.ConsentKind.AUTO_RENEWAL
    )
    if until is not None:
        query = query.where(col(choice.at) <= until)
    newest = query.order_by(col(choice.at).desc(), col(choice.id).desc()).limit(1)
    return newest.correlate(tables.Service, tables.Payment).scalar_subquery()
