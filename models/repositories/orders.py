"""Orders: lists, lines, and what decides whether an order can be paid."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, SQLColumnExpression, and_
from sqlmodel import col, select

from models import enums, tables
from models.database import Session
from models.pages import Listing, members_of

SORT: Mapping[enums.OrderSortField, SQLColumnExpression[Any]] = {
    enums.OrderSortField.CREATED_AT: col(tables.Order.created_at),
    enums.OrderSortField.NUMBER: col(tables.Order.number),
    enums.OrderSortField.GROSS_TOTAL: col(tables.Order.gross_cents),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderFilter:
    """Which orders of a list; empty and None mean no restriction. Instants: from the first, before the second."""

    statuses: tuple[enums.OrderStatus, ...] = ()
    kinds: tuple[enums.OrderKind, ...] = ()
    service_id: str | None = None
    created_since: datetime | None = None
    created_before: datetime | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions on a row of `orders`."""
        order = tables.Order
        found: list[ColumnElement[bool]] = []
        if self.statuses:
            found.append(col(order.status).in_(self.statuses))
        if self.kinds:
            found.append(col(order.kind).in_(self.kinds))
        if self.service_id is not None:
            lines = select(tables.OrderLine.order_id).where(col(tables.OrderLine.service_id) == self.service_id)
            found.append(col(order.id).in_(lines))
        if self.created_since:
            found.append(col(order.created_at) >= self.created_since)
        if self.created_before:
            found.append(col(order.created_at) < self.created_before)
        return found


@dataclass(frozen=True, kw_only=True, slots=True)
class Payability:
    """What decides whether an order can be paid now."""

    status: enums.OrderStatus
    gross_cents: int
    services: tuple[enums.ServiceStatus, ...]
    open_payment: enums.PaymentStatus | None


def of_customer(
    *, customer_id: str, only: OrderFilter, sort: enums.OrderSortField, direction: enums.SortDirection
) -> Listing[tables.Order]:
    """List the customer's orders; the parent is the customer."""
    order = tables.Order
    members = members_of(col(order.id), col(order.customer_id), [customer_id])
    return Listing(
        row=order,
        id=col(order.id),
        parent=col(order.customer_id),
        parents=[customer_id],
        sort=SORT[sort],
        descending=direction is enums.SortDirection.DESC,
        members=members.where(*only.conditions()),
    )


def of_services(
    *,
    customer_id: str,
    service_ids: Collection[str],
    only: OrderFilter,
    sort: enums.OrderSortField,
    direction: enums.SortDirection,
) -> Listing[tables.Order]:
    """List the customer's orders with a line for each of the services; the parent is the service."""
    order, line = tables.Order, tables.OrderLine
    pair = select(col(line.order_id), col(line.service_id)).where(col(line.service_id).in_(service_ids))
    link = pair.distinct().subquery()  # an order may name a service on two lines
    members = members_of(col(order.id), link.c.service_id, service_ids).join(link, link.c.order_id == order.id)
    return Listing(
        row=order,
        id=col(order.id),
        parent=link.c.service_id,
        parents=service_ids,
        sort=SORT[sort],
        descending=direction is enums.SortDirection.DESC,
        members=members.where(col(order.customer_id) == customer_id, *only.conditions()),
    )


def normalized(number: str) -> str:
    """Return an order number as it is stored: people type it with spaces and in lower case."""
    return "".join(number.split()).upper()


async def by_number(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, tables.Order]:
    """Return the customer's orders by their numbers, keyed as they were typed."""
    stored = {typed: normalized(typed) for typed in ids}
    statement = select(tables.Order).where(
        col(tables.Order.number).in_(set(stored.values())), col(tables.Order.customer_id) == customer_id
    )
    found = {order.number: order for order in await session.exec(statement)}
    return {typed: found[number] for typed, number in stored.items() if number in found}


async def lines(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, Sequence[tables.OrderLine]]:
    """Return the lines of the customer's orders, by their position."""
    statement = (
        select(tables.OrderLine)
        .join(tables.Order, col(tables.Order.id) == tables.OrderLine.order_id)
        .where(col(tables.Order.id).in_(ids), col(tables.Order.customer_id) == customer_id)
        .order_by(col(tables.OrderLine.order_id), col(tables.OrderLine.position))
    )
    found: defaultdict[str, list[tables.OrderLine]] = defaultdict(list)
    for line in await session.exec(statement):
        found[line.order_id].append(line)
    return found


async def payabilities(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, Payability]:
    """Return what decides whether the customer's orders can be paid."""
    order, line, service, payment = tables.Order, tables.OrderLine, tables.Service, tables.Payment
    is_open = and_(col(payment.order_id) == order.id, col(payment.ended_at).is_(None))  # at most one, by an index
    statement = (
        select(order, col(service.status), col(payment.status))
        .join(line, col(line.order_id) == order.id, isouter=True)
        .join(service, col(service.id) == line.service_id, isouter=True)
        .join(payment, is_open, isouter=True)
        .where(col(order.id).in_(ids), col(order.customer_id) == customer_id)
        .order_by(col(line.position))
    )
    orders: dict[str, tuple[tables.Order, enums.PaymentStatus | None]] = {}
    services: defaultdict[str, list[enums.ServiceStatus]] = defaultdict(list)
    for found, service_status, payment_status in await session.exec(statement):
        orders[found.id] = found, payment_status
        if service_status:
            services[found.id].append(service_status)
    return {
        found.id: Payability(
            status=found.status,
            gross_cents=found.gross_cents,
            services=tuple(services[found.id]),
            open_payment=payment_status,
        )
        for found, payment_status in orders.values()
    }
