"""What an operator wants to see of the renewals: what has paused them, and which could not be charged and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import col, select

from models import enums, tables
from models.database import Session


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
