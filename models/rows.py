"""Rows as a writing transaction needs them: found by their owner, locked until the commit, changed if unchanged."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import CursorResult, delete, func, update
from sqlmodel import col, select

from models import enums, ids, tables
from models.database import Session

IN_PROGRESS = (
    enums.PaymentStatus.PROCESSING,
    enums.PaymentStatus.AWAITING_APPROVAL,
    enums.PaymentStatus.VERIFYING,
    enums.PaymentStatus.PENDING,
)


async def find_customer(session: Session, *, username: str) -> tables.Customer | None:
    return (await session.exec(select(tables.Customer).where(tables.Customer.username == username))).first()


async def find_session(session: Session, *, token_hash: str) -> tuple[tables.Customer, tables.Session] | None:
    """Return the session with its customer, in one statement."""
    query = (
        select(tables.Customer, tables.Session)
        .join(tables.Session, col(tables.Session.customer_id) == col(tables.Customer.id))
        .where(tables.Session.token_hash == token_hash)
    )
    return (await session.exec(query)).first()


async def delete_session(session: Session, *, token_hash: str) -> None:
    await session.exec(delete(tables.Session).where(col(tables.Session.token_hash) == token_hash))


async def delete_sessions_of(session: Session, *, customer_id: str) -> None:
    await session.exec(delete(tables.Session).where(col(tables.Session.customer_id) == customer_id))


async def find_order(
    session: Session, *, customer_id: str, order_id: str | None = None, number: str | None = None
) -> tables.Order | None:
    """Find the customer's order by id or by number, as stored."""
    query = select(tables.Order).where(tables.Order.customer_id == customer_id).with_for_update()
    query = query.where(tables.Order.id == order_id) if number is None else query.where(tables.Order.number == number)
    return (await session.exec(query)).first()


async def find_payment(session: Session, *, customer_id: str, payment_id: str) -> tables.Payment | None:
    payments = tables.Payment
    query = select(payments).where(payments.id == payment_id, payments.customer_id == customer_id).with_for_update()
    return (await session.exec(query)).first()


async def find_service(session: Session, *, customer_id: str, service_id: str) -> tables.Service | None:
    services = tables.Service
    query = select(services).where(services.id == service_id, services.customer_id == customer_id).with_for_update()
    return (await session.exec(query)).first()


async def find_account(session: Session, *, customer_id: str, account_id: str) -> tables.PayPalAccount | None:
    accounts = tables.PayPalAccount
    query = select(accounts).where(accounts.id == account_id, accounts.customer_id == customer_id).with_for_update()
    return (await session.exec(query)).first()


async def accounts_of(session: Session, *, customer_id: str) -> Sequence[tables.PayPalAccount]:
    accounts = tables.PayPalAccount
    query = select(accounts).where(accounts.customer_id == customer_id).order_by(accounts.id).with_for_update()
    return (await session.exec(query)).all()


async def lines_with_services(
    session: Session, *, order_id: str
) -> Sequence[tuple[tables.OrderLine, tables.Service | None]]:
    """Return the lines of an order by position, each with its service, if it has one."""
    lines, services = tables.OrderLine, tables.Service
    query = (
        select(lines, services)
        .join(services, col(lines.service_id) == col(services.id), isouter=True)
        .where(lines.order_id == order_id)
        .order_by(col(lines.position))
    )
    return (await session.exec(query)).all()


async def open_payment(session: Session, *, order_id: str) -> tables.Payment | None:
    """Return the one payment of the order that has not ended."""
    payments = tables.Payment
    query = select(payments).where(payments.order_id == order_id, col(payments.ended_at).is_(None))
    return (await session.exec(query.with_for_update())).first()


async def attempts_of(session: Session, *, payment_id: str) -> Sequence[tables.PaymentAttempt]:
    attempts = tables.PaymentAttempt
    query = select(attempts).where(attempts.payment_id == payment_id).order_by(col(attempts.number))
    return (await session.exec(query)).all()


async def attempts_of_order(session: Session, *, order_id: str) -> Sequence[tables.PaymentAttempt]:
    """Return the attempts of all payments of the order, oldest first."""
    attempts, payments = tables.PaymentAttempt, tables.Payment
    query = (
        select(attempts)
        .join(payments, col(payments.id) == col(attempts.payment_id))
        .where(payments.order_id == order_id)
        .order_by(col(attempts.created_at), col(attempts.id))
    )
    return (await session.exec(query)).all()


async def attempt_by_return_key(session: Session, *, return_key: str) -> tables.PaymentAttempt | None:
    attempts = tables.PaymentAttempt
    return (await session.exec(select(attempts).where(attempts.return_key == return_key))).first()


async def choices_of(session: Session, *, payment_id: str) -> dict[str, tables.RenewalChoice]:
    """Return the staged renewal choices of a payment by service id."""
    choices = tables.RenewalChoice
    rows = (await session.exec(select(choices).where(choices.payment_id == payment_id))).all()
    return {row.service_id: row for row in rows}


async def renewal_order_open(session: Session, *, service_id: str) -> bool:
    """Tell whether an unpaid renewal order exists for the service."""
    orders = tables.Order
    query = select(orders.id).where(
        orders.renews_service_id == service_id, orders.status == enums.OrderStatus.AWAITING_PAYMENT
    )
    return (await session.exec(query.limit(1))).first() is not None


async def payment_in_progress(session: Session, *, service_id: str) -> bool:
    """Tell whether a confirmed payment of an order that contains the service has not ended yet."""
    payments, lines = tables.Payment, tables.OrderLine
    query = (
        select(payments.id)
        .join(lines, col(lines.order_id) == col(payments.order_id))
        .where(lines.service_id == service_id, col(payments.status).in_(IN_PROGRESS))
    )
    return (await session.exec(query.limit(1))).first() is not None


async def status_since(session: Session, *, payment_id: str) -> datetime:
    """Return when the payment came into its present status."""
    events = tables.PaymentEvent
    query = select(events.at).where(events.payment_id == payment_id).order_by(col(events.position).desc())
    return (await session.exec(query.limit(1))).one()


async def account_by_token(session: Session, *, customer_id: str, payment_token: str) -> tables.PayPalAccount | None:
    accounts = tables.PayPalAccount
    query = select(accounts).where(accounts.customer_id == customer_id, accounts.payment_token == payment_token)
    return (await session.exec(query)).first()


async def change_payment_status(
    session: Session, payment: tables.Payment, *, to: enums.PaymentStatus, **changes: Any
) -> bool:
    """Move the payment if it is still where it was read (compare and swap); tell whether it moved."""
    payments = tables.Payment
    statement = (
        update(payments)
        .where(col(payments.id) == payment.id, col(payments.status) == payment.status)
        .values(status=to, **changes)
        .execution_options(synchronize_session=False)
    )
    result: CursorResult[Any] = await session.exec(statement)
    await session.refresh(payment)
    return result.rowcount == 1


async def append_event(
    session: Session,
    payment: tables.Payment,
    *,
    source: enums.EventSource,
    now: datetime,
    note: str | None,
) -> None:
    """Append the payment's present status to its history, and let those who watch it know."""
    events = tables.PaymentEvent
    last = (await session.exec(select(func.max(events.position)).where(events.payment_id == payment.id))).one()
    session.add(
        events(
            id=ids.new_id(ids.EVENT, now=now),
            payment_id=payment.id,
            position=(last or 0) + 1,
            at=now,
            status=payment.status,
            source=source,
            note=note,
        )
    )
    session.announce(payment.id)
