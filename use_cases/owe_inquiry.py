"""Owe a look at PayPal before its turn, because somebody wants something of a payment that PayPal has."""

from datetime import datetime

from models import enums, inquiry_rows
from models.database import Database, Session
from models.repositories.orders import normalized
from policies.inquiries import ASKED_ABOUT

APART_SECONDS = 5  # whoever asks more often is answered by the look of these five seconds


async def owe_inquiry(session: Session, *, attempt_id: str, now: datetime) -> None:
    """Let PayPal be asked about the attempt at once, and not more often than every few seconds."""
    turn = int(now.timestamp()) // APART_SECONDS
    await session.later(enums.Job.INQUIRE_PAYMENT, f"inquiry-{attempt_id}-{turn}", attempt_id)


async def inquire_open(
    database: Database,
    *,
    customer_id: str,
    payment_id: str | None = None,
    order_id: str | None = None,
    number: str | None = None,
    now: datetime,
) -> None:
    """Owe it for an open payment of the customer, if PayPal may know more about it than we do.

    It is named by itself, or by its order's id or the number a person typed. In a transaction of its own: the look
    stays owed though the operation that follows is refused.
    """
    async with database.read() as session:
        found = await inquiry_rows.open_attempt(
            session,
            customer_id=customer_id,
            payment_id=payment_id,
            order_id=order_id,
            number=normalized(number) if number is not None else None,
            statuses=ASKED_ABOUT,
        )
    if found is not None:
        async with database.write() as writing:
            await owe_inquiry(writing, attempt_id=found.attempt_id, now=now)
