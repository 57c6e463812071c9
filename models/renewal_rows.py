"""Rows of automatic renewals, as a writing transaction needs them: locked until the commit."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, tuple_
from sqlmodel import col, select

from models import enums, tables
from models.database import Session
from models.rows import IN_PROGRESS

BLAMELESS = (
    enums.PaymentFailureCode.PROVIDER_ERROR,
    enums.PaymentFailureCode.ORDER_ALREADY_PAID,
    enums.PaymentFailureCode.ORDER_NOT_PAYABLE,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class SentNotice:
    """A notice, and when its mail went out, if it has."""

    notice: tables.RenewalNotice
    sent_at: datetime | None


async def take_service(session: Session, *, service_id: str) -> tables.Service:
    """Return the service, locked: its flag is what it is until the commit."""
    return await session.get_one(tables.Service, service_id, with_for_update=True, populate_existing=True)


async def find_renewal(session: Session, *, service_id: str, expiry: date) -> tables.Renewal | None:
    return await session.get(tables.Renewal, (service_id, expiry))


async def renewal_of_order(session: Session, *, order_id: str) -> tables.Renewal | None:
    """Return the renewal whose order it is."""
    renewals = tables.Renewal
    return (await session.exec(select(renewals).where(renewals.order_id == order_id).with_for_update())).first()


async def find_notice(session: Session, *, service_id: str, expiry: date) -> SentNotice | None:
    notices, emails = tables.RenewalNotice, tables.Email
    query = (
        select(notices, emails.sent_at)
        .join(emails, col(emails.id) == notices.email_id)
        .where(notices.service_id == service_id, notices.expiry == expiry)
    )
    found = (await session.exec(query)).first()
    return SentNotice(notice=found[0], sent_at=found[1]) if found else None


async def order_renewing(session: Session, *, service_id: str, expiry: date) -> tables.Order | None:
    """Return the order that renews the service at this expiry; what was canceled renews nothing."""
    orders = tables.Order
    query = select(orders).where(
        orders.renews_service_id == service_id,
        orders.renews_expiry == expiry,
        orders.status != enums.OrderStatus.CANCELED,
    )
    return (await session.exec(query.with_for_update())).one_or_none()


async def refused_charges(session: Session, *, order_id: str) -> int:
    """Count the automatic charges of the order that were refused on the payer's side."""
    payments = tables.Payment
    query = select(func.count()).where(
        payments.order_id == order_id,
        payments.initiator == enums.PaymentInitiator.AUTOMATIC_RENEWAL,
        payments.status == enums.PaymentStatus.FAILED,
        col(payments.failure_code).not_in(BLAMELESS),
    )
    return (await session.exec(query)).one()


async def pause_in_force(session: Session, *, work: enums.PausedWork) -> tables.Pause | None:
    pauses = tables.Pause
    query = select(pauses).where(pauses.work == work, col(pauses.lifted_at).is_(None))
    return (await session.exec(query)).first()


async def due_services(
    session: Session, *, today: date, after: tuple[date, str] | None, limit: int
) -> Sequence[tables.Service]:
    """Return the services that the calendar looks at today, beyond a place in their order, locked; by index alone."""
    service = tables.Service
    query = select(service).where(col(service.look_on) <= today)
    if after is not None:
        query = query.where(tuple_(col(service.look_on), col(service.id)) > after)
    query = query.order_by(col(service.look_on), col(service.id)).limit(limit)
    return (await session.exec(query.with_for_update())).all()


async def renewals_of(session: Session, *, services: Collection[tables.Service]) -> Mapping[str, tables.Renewal]:
    """Return the renewals of the services at their present expiry, by service."""
    service, renewal = tables.Service, tables.Renewal
    query = (
        select(renewal)
        .join(service, col(service.id) == renewal.service_id)
        .where(renewal.expiry == service.expires_on, col(service.id).in_([each.id for each in services]))
    )
    return {row.service_id: row for row in await session.exec(query)}


async def noticed_services(session: Session, *, services: Collection[tables.Service]) -> set[str]:
    """Return which of the services have a notice of the renewal at their present expiry."""
    service, notice = tables.Service, tables.RenewalNotice
    query = (
        select(notice.service_id)
        .join(service, col(service.id) == notice.service_id)
        .where(notice.expiry == service.expires_on, col(service.id).in_([each.id for each in services]))
    )
    return set((await session.exec(query)).all())


async def known_subjects(session: Session, *, subject_keys: Collection[str]) -> set[str]:
    """Return which of the mails have been owed before."""
    email = tables.Email
    return set((await session.exec(select(email.subject_key).where(col(email.subject_key).in_(subject_keys)))).all())


async def services_being_paid(session: Session, *, services: Collection[tables.Service]) -> set[str]:
    """Return which of the services are on an order whose confirmed payment has not ended."""
    payments, lines = tables.Payment, tables.OrderLine
    query = (
        select(lines.service_id)
        .join(payments, col(payments.order_id) == lines.order_id)
        .where(col(lines.service_id).in_([each.id for each in services]), col(payments.status).in_(IN_PROGRESS))
    )
    return {service_id for service_id in await session.exec(query) if service_id}


async def load_people(session: Session, *, services: Collection[tables.Service]) -> Sequence[object]:
    """Load the holders of the services and the accounts they renew on; as long as they are kept, each is at hand."""
    customers, accounts = tables.Customer, tables.PayPalAccount
    account_ids = {each.renewal_account_id for each in services if each.renewal_account_id}
    customer_ids = {each.customer_id for each in services}
    holders = (await session.exec(select(customers).where(col(customers.id).in_(customer_ids)))).all()
    charged = (await session.exec(select(accounts).where(col(accounts.id).in_(account_ids)))).all()
    return [*holders, *charged]
