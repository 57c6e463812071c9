"""The attempt that an operation is about to meet: the newest one of an open payment."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlmodel import col, select

from models import enums, tables
from models.database import Session


@dataclass(frozen=True, kw_only=True, slots=True)
class OpenAttempt:
    """The newest attempt of an open payment; ``paypal_order_id`` is None while PayPal has not opened its order."""

    attempt_id: str
    payment_id: str
    status: enums.PaymentStatus
    paypal_order_id: str | None
    rounds: int  # of approval


async def open_attempt(
    session: Session,
    *,
    customer_id: str,
    statuses: Collection[enums.PaymentStatus],
    payment_id: str | None = None,
    order_id: str | None = None,
    number: str | None = None,
) -> OpenAttempt | None:
    """Find it by the customer's payment, or its order's id or number as stored, if the payment is in one of the states.

    Nothing is found without one of the three.
    """
    payment, attempt, order = tables.Payment, tables.PaymentAttempt, tables.Order
    named = (col(payment.id), payment_id), (col(payment.order_id), order_id), (col(order.number), number)
    wanted = [column == value for column, value in named if value is not None]
    if not wanted:
        return None
    statement = (
        select(payment, attempt)
        .join(attempt, col(attempt.payment_id) == payment.id)
        .join(order, col(order.id) == payment.order_id)
        .where(col(payment.customer_id) == customer_id, col(payment.status).in_(statuses), *wanted)
        .order_by(col(attempt.number).desc())
    )
    found = (await session.exec(statement.limit(1))).first()
    if found is None:
        return None
    return OpenAttempt(
        attempt_id=found[1].id,
        payment_id=found[0].id,
        status=found[0].status,
        paypal_order_id=found[1].paypal_order_id,
        rounds=found[1].approval_rounds,
    )
