"""Send a mail that is owed: read it, and record what became of it."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from models import enums, tables
from models.database import Session
from policies.watching import Backoff


class OwedEmail(BaseModel):
    """A mail as it waits to be sent."""

    model_config = ConfigDict(frozen=True)

    id: str
    kind: enums.EmailKind
    recipient: str
    locale: str
    facts: dict[str, object]
    created_at: datetime


class Delivery(enums.Vocabulary):
    """What became of one try."""

    SENT = "SENT"
    BOUNCED = "BOUNCED"
    UNAVAILABLE = "UNAVAILABLE"


async def read_owed_email(session: Session, email_id: str) -> OwedEmail | None:
    """Return the mail, unless it has been sent or has bounced already."""
    email = await session.get_one(tables.Email, email_id)
    if email.status is not enums.EmailStatus.QUEUED:
        return None
    return OwedEmail.model_validate(email, from_attributes=True)


async def record_delivery(
    session: Session, *, email_id: str, delivery: Delivery, tries: int, retry: Backoff, now: datetime
) -> None:
    """Record the outcome of one try; a mail server that is down only delays the mail."""
    email = await session.get_one(tables.Email, email_id)
    match delivery:
        case Delivery.SENT:
            email.status, email.sent_at = enums.EmailStatus.SENT, now
        case Delivery.BOUNCED:
            email.status = enums.EmailStatus.BOUNCED
        case Delivery.UNAVAILABLE:
            key = f"email-{email_id}-{tries + 1}"
            await session.later(enums.Job.SEND_EMAIL, key, email_id, tries + 1, delay=retry.after(tries))
