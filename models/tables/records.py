"""What is kept for proof, delivery and repetition: consents, mails, keys, news from PayPal."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON
from sqlmodel import Field

from models import enums
from models.tables.base import Table, vocabulary


class Consent(Table, table=True):
    """What the customer was shown and what was chosen; never changed, never deleted."""

    __tablename__ = "consents"
    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    kind: enums.ConsentKind = Field(sa_type=vocabulary(enums.ConsentKind))
    granted: bool
    service_id: str | None = Field(default=None, foreign_key="services.id", index=True)
    account_id: str | None = Field(default=None, foreign_key="paypal_accounts.id")
    payment_id: str | None = Field(default=None, foreign_key="payments.id")
    text: str
    text_version: str
    at: datetime


class Email(Table, table=True):
    """A mail owed; the row commits with the fact it reports and is rendered and sent afterwards."""

    __tablename__ = "emails"
    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    payment_id: str | None = Field(default=None, foreign_key="payments.id", index=True)
    kind: enums.EmailKind = Field(sa_type=vocabulary(enums.EmailKind))
    subject_key: str = Field(unique=True)  # what it is about: PAYMENT_CONFIRMATION:pay_…; a second one is refused
    recipient: str
    locale: str
    facts: dict[str, Any] = Field(sa_type=JSON)
    status: enums.EmailStatus = Field(sa_type=vocabulary(enums.EmailStatus))
    created_at: datetime
    sent_at: datetime | None = None


class IdempotencyKey(Table, table=True):
    __tablename__ = "idempotency_keys"
    customer_id: str = Field(primary_key=True, foreign_key="customers.id")
    mutation: enums.MutationName = Field(primary_key=True, sa_type=vocabulary(enums.MutationName))
    key: str = Field(primary_key=True)
    input_hash: str
    payment_id: str = Field(foreign_key="payments.id")
    repeated: bool  # the first answer's `resumed` or `replayed`
    created_at: datetime


class WebhookEvent(Table, table=True):
    """News from PayPal, kept as pointers only: what it says is never trusted, the resource is read again."""

    __tablename__ = "webhook_events"
    id: str = Field(primary_key=True)  # PayPal's: the same on every delivery
    transmission_id: str = Field(unique=True)
    event_type: str
    resource_id: str
    order_id: str | None = None  # PayPal's order, as far as the event names one
    transmitted_at: datetime
    received_at: datetime
    handled_at: datetime | None = Field(default=None, index=True)
