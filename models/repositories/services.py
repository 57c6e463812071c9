"""Services: lists, and what decides whether their renewal may be automatic."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, exists, func, or_
from sqlalchemy.orm import Bundle
from sqlmodel import col, select

from models import enums, tables
from models.database import Session
from models.days import days_before
from models.pages import Listing, members_of
from models.rows import IN_PROGRESS


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceFilter:
    """Which services of a list; empty and None mean no restriction.

    ``never_renewed`` are the products without automatic renewal: their status is UNAVAILABLE, whatever is stored.
    """

    products: tuple[enums.Product, ...] = ()
    statuses: tuple[enums.ServiceStatus, ...] = ()
    auto_renewals: tuple[enums.AutoRenewalStatus, ...] = ()
    never_renewed: tuple[enums.Product, ...] = ()
    expires_before: date | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions on a row of `services`."""
        service = tables.Service
        found: list[ColumnElement[bool]] = []
        if self.products:
            found.append(col(service.product).in_(self.products))
        if self.statuses:
            found.append(col(service.status).in_(self.statuses))
        if self.auto_renewals:
            excluded = col(service.product).in_(self.never_renewed)
            renewed = and_(~excluded, col(service.auto_renewal).in_(self.auto_renewals))
            unavailable = enums.AutoRenewalStatus.UNAVAILABLE in self.auto_renewals
            found.append(or_(excluded, renewed) if unavailable else renewed)
        if self.expires_before:
            found.append(col(service.expires_on) < self.expires_before)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalSituation:
    """What decides whether automatic renewal may be on for a service."""

    product: enums.Product
    status: enums.ServiceStatus
    expires_on: date | None
    has_usable_account: bool
    renewal_order_open: bool
    payment_in_progress: bool
    auto_renewal: enums.AutoRenewalStatus


def of_customer(*, customer_id: str, only: ServiceFilter) -> Listing[tables.Service]:
    """List the customer's services; the parent is the customer."""
    return by_expiry(customer_id=customer_id, parent=col(tables.Service.customer_id), parents=[customer_id], only=only)


def on_accounts(*, customer_id: str, account_ids: Collection[str], only: ServiceFilter) -> Listing[tables.Service]:
    """List the customer's services that renew on each of the accounts; the parent is the account."""
    account = col(tables.Service.renewal_account_id)
    listing = by_expiry(customer_id=customer_id, parent=account, parents=account_ids, only=only)
    renewing = col(tables.Service.auto_renewal) != enums.AutoRenewalStatus.OFF
    return replace(listing, members=listing.members.where(renewing))


def renewing_themselves(
    *, customer_id: str, never_renewed: Collection[enums.Product], charge_days: int
) -> Listing[tables.Service]:
    """List the customer's services for which a charge is coming, by its day, soonest first; the parent is the customer.

    The day is the planned one: of the next attempt, or ``charge_days`` before the expiry while nothing is planned yet.
    """
    service, renewal = tables.Service, tables.Renewal
    listing = of_customer(
        customer_id=customer_id,
        only=ServiceFilter(
            statuses=(enums.ServiceStatus.ACTIVE, enums.ServiceStatus.EXPIRING),
            auto_renewals=(enums.AutoRenewalStatus.ON, enums.AutoRenewalStatus.RETRYING),
            never_renewed=tuple(never_renewed),
        ),
    )
    of_this_expiry = col(renewal.service_id) == service.id, col(renewal.expiry) == service.expires_on
    settled = exists().where(*of_this_expiry, col(renewal.next_attempt_on).is_(None)).correlate(service)
    planned = select(col(renewal.next_attempt_on)).where(*of_this_expiry).correlate(service).scalar_subquery()
    charge_on = func.coalesce(planned, days_before(service.expires_on, charge_days), date.max)
    coming = listing.members.where(col(service.expires_on).is_not(None), ~settled)
    return replace(listing, sort=charge_on, members=coming)


def by_expiry(
    *, customer_id: str, parent: SQLColumnExpression[Any], parents: Collection[str], only: ServiceFilter
) -> Listing[tables.Service]:
    """List services by expiry, soonest first, those without one last."""
    service = tables.Service
    members = members_of(col(service.id), parent, parents)
    return Listing(
        row=service,
        id=col(service.id),
        parent=parent,
        parents=parents,
        sort=func.coalesce(col(service.expires_on), date.max),
        descending=False,
        members=members.where(col(service.customer_id) == customer_id, *only.conditions()),
    )


def situation_columns() -> Bundle[Any]:
    """Return the facts about a row of `services` that other tables know."""
    service, order, line, payment = tables.Service, tables.Order, tables.OrderLine, tables.Payment
    account = tables.PayPalAccount
    usable = col(account.customer_id) == service.customer_id, col(account.status) == enums.PayPalAccountStatus.ACTIVE
    own = col(order.customer_id) == service.customer_id, col(order.renews_service_id) == service.id
    unpaid = *own, col(order.status) == enums.OrderStatus.AWAITING_PAYMENT
    under_way = col(payment.order_id) == line.order_id, col(payment.status).in_(IN_PROGRESS)
    # Correlated with the service alone: the statement around may read orders and payments of its own.
    return Bundle(
        "situation",
        exists().where(*usable).correlate(service).label("has_usable_account"),
        exists().where(*unpaid).correlate(service).label("renewal_order_open"),
        exists().where(col(line.service_id) == service.id, *under_way).correlate(service).label("payment_in_progress"),
    )


def situation_of(service: tables.Service, known: Any) -> RenewalSituation:
    """Combine a service with its `situation_columns`."""
    return RenewalSituation(
        product=service.product,
        status=service.status,
        expires_on=service.expires_on,
        has_usable_account=known.has_usable_account,
        renewal_order_open=known.renewal_order_open,
        payment_in_progress=known.payment_in_progress,
        auto_renewal=service.auto_renewal,
    )


async def renewal_situations(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, RenewalSituation]:
    """Return what decides on the automatic renewal of the customer's services."""
    service = tables.Service
    statement = select(service, situation_columns()).where(
        col(service.id).in_(ids), col(service.customer_id) == customer_id
    )
    return {found.id: situation_of(found, known) for found, known in await session.exec(statement)}
