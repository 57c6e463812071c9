"""Rows that news from PayPal is about, found by PayPal's own ids."""

from collections.abc import Sequence

from sqlalchemy import func, or_
from sqlalchemy.dialects import postgresql, sqlite
from sqlmodel import col, select

from models import enums, tables
from models.database import Session


async def insert_event(session: Session, event: tables.WebhookEvent) -> bool:
    """Store the event unless it, or its transmission, is known; tell whether it was new. Of two at once, one wins."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    statement = insert(tables.WebhookEvent).values(**event.model_dump()).on_conflict_do_nothing()
    stored = await session.exec(statement.returning(col(tables.WebhookEvent.id)))
    return stored.first() is not None


async def approvals_announced(session: Session, *, paypal_order_id: str, event_type: str) -> int:
    """Return how many approvals of an order PayPal has announced."""
    events = tables.WebhookEvent
    query = select(func.count()).where(events.event_type == event_type, events.resource_id == paypal_order_id)
    return (await session.exec(query)).one()


async def attempt_of_paypal_order(session: Session, *, paypal_order_id: str) -> tables.PaymentAttempt | None:
    """Return the attempt, be it the newest of its payment or not, that opened this order at PayPal."""
    attempts = tables.PaymentAttempt
    return (await session.exec(select(attempts).where(attempts.paypal_order_id == paypal_order_id))).first()


async def active_accounts_with_token(session: Session, *, payment_token: str) -> Sequence[tables.PayPalAccount]:
    accounts = tables.PayPalAccount
    active = accounts.status == enums.PayPalAccountStatus.ACTIVE
    return (await session.exec(select(accounts).where(accounts.payment_token == payment_token, active))).all()


async def registrations_awaited(
    session: Session, *, paypal_order_id: str | None, paypal_customer_id: str | None, payer_id: str | None
) -> Sequence[tuple[str, str]]:
    """Return the accounts that wait for their token and have to do with any of these, each with a payment that paid.

    With PayPal's customer also those whose owner has another account under it.
    """
    accounts, payments, attempts = tables.PayPalAccount, tables.Payment, tables.PaymentAttempt
    of_order = select(attempts.payment_id).where(attempts.paypal_order_id == paypal_order_id)
    of_customer = select(accounts.customer_id).where(accounts.paypal_customer_id == paypal_customer_id)
    signs = [
        *([col(payments.id).in_(of_order)] if paypal_order_id else []),
        *([col(accounts.customer_id).in_(of_customer)] if paypal_customer_id else []),
        *([col(accounts.payer_id) == payer_id] if payer_id else []),
    ]
    if not signs:
        return []
    query = (
        select(accounts.id, func.max(payments.id))
        .join(payments, col(payments.account_id) == col(accounts.id))
        .where(
            accounts.status == enums.PayPalAccountStatus.PENDING_APPROVAL,
            payments.status == enums.PaymentStatus.SUCCEEDED,
            or_(*signs),
        )
        .group_by(col(accounts.id))
        .order_by(col(accounts.id))
    )
    return (await session.exec(query)).all()
