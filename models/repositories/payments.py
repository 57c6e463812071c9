"""Payments: the lists of an order, their history, attempts, mails, and the renewal choices they carry."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_
from sqlalchemy.orm import Bundle
from sqlmodel import col, select

from models import enums, tables
from models.database import Session
from models.pages import Listing, members_of
from models.repositories.services import RenewalSituation, situation_columns, situation_of


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalChoice:
    """A service of the order that a payment pays; ``staged`` is the flag in this payment, None without one.

    ``bounded`` tells whether the flag has a limit of its own, or explicitly none: ``maximum_cents``.
    """

    service: tables.Service
    origin: enums.OrderOrigin
    staged: bool | None
    bounded: bool
    maximum_cents: int | None
    situation: RenewalSituation


def of_orders(*, customer_id: str, order_ids: Collection[str]) -> Listing[tables.Payment]:
    """List the payments of each of the customer's orders, newest first; the parent is the order."""
    payment = tables.Payment
    members = members_of(col(payment.id), col(payment.order_id), order_ids)
    return Listing(
        row=payment,
        id=col(payment.id),
        parent=col(payment.order_id),
        parents=order_ids,
        sort=col(payment.created_at),
        descending=True,
        members=members.where(col(payment.customer_id) == customer_id),
    )


async def open_of_orders(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, tables.Payment]:
    """Return the open payment of the customer's orders, by order; an order has at most one."""
    payment = tables.Payment
    statement = select(payment).where(
        col(payment.order_id).in_(ids), col(payment.customer_id) == customer_id, col(payment.ended_at).is_(None)
    )
    return {found.order_id: found for found in await session.exec(statement)}


async def events(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, Sequence[tables.PaymentEvent]]:
    """Return what happened to the customer's payments, oldest first."""
    event, payment = tables.PaymentEvent, tables.Payment
    statement = (
        select(event)
        .join(payment, col(payment.id) == event.payment_id)
        .where(col(payment.id).in_(ids), col(payment.customer_id) == customer_id)
        .order_by(col(event.payment_id), col(event.position))
    )
    found: defaultdict[str, list[tables.PaymentEvent]] = defaultdict(list)
    for happened in await session.exec(statement):
        found[happened.payment_id].append(happened)
    return found


async def refunds(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, Sequence[tables.Refund]]:
    """Return what was given back of the customer's payments, oldest first."""
    refund, payment = tables.Refund, tables.Payment
    statement = (
        select(refund)
        .join(payment, col(payment.id) == refund.payment_id)
        .where(col(payment.id).in_(ids), col(payment.customer_id) == customer_id)
        .order_by(col(refund.payment_id), col(refund.created_at), col(refund.id))
    )
    found: defaultdict[str, list[tables.Refund]] = defaultdict(list)
    for given in await session.exec(statement):
        found[given.payment_id].append(given)
    return found


async def newest_attempts(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, tables.PaymentAttempt]:
    """Return the newest attempt of the customer's payments."""
    attempt, payment = tables.PaymentAttempt, tables.Payment
    statement = (
        select(attempt)
        .join(payment, col(payment.id) == attempt.payment_id)
        .where(col(payment.id).in_(ids), col(payment.customer_id) == customer_id)
        .order_by(col(attempt.number))
    )
    return {found.payment_id: found for found in await session.exec(statement)}  # the last of each payment stays


async def confirmations(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, tables.Email]:
    """Return the mail "Conferma pagamento" of the customer's payments."""
    email = tables.Email
    statement = select(email).where(
        col(email.payment_id).in_(ids),
        col(email.customer_id) == customer_id,
        col(email.kind) == enums.EmailKind.PAYMENT_CONFIRMATION,
    )
    return {found.payment_id: found for found in await session.exec(statement) if found.payment_id}


async def renewal_choices(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, Sequence[RenewalChoice]]:
    """Return the services of the orders that the customer's payments pay, each once, by the position of its line."""
    payment, order, line, service = tables.Payment, tables.Order, tables.OrderLine, tables.Service
    choice = tables.RenewalChoice
    chosen = and_(col(choice.payment_id) == payment.id, col(choice.service_id) == service.id)
    chosen_with = col(choice.enabled), col(choice.bounded), col(choice.maximum_cents)
    flag: Bundle[Any] = Bundle("flag", col(order.origin), *chosen_with)
    statement = (
        select(col(payment.id), service, flag, situation_columns())
        .select_from(payment)
        .join(order, col(order.id) == payment.order_id)
        .join(line, col(line.order_id) == order.id)
        .join(service, col(service.id) == line.service_id)
        .join(choice, chosen, isouter=True)
        .where(col(payment.id).in_(ids), col(payment.customer_id) == customer_id)
        .order_by(col(payment.id), col(line.position))
    )
    found: defaultdict[str, dict[str, RenewalChoice]] = defaultdict(dict)
    for payment_id, row, (origin, staged, bounded, maximum_cents), known in await session.exec(statement):
        first = RenewalChoice(
            service=row,
            origin=origin,
            staged=staged,
            bounded=bool(bounded),
            maximum_cents=maximum_cents,
            situation=situation_of(row, known),
        )
        found[payment_id].setdefault(row.id, first)
    return {payment_id: tuple(choices.values()) for payment_id, choices in found.items()}
