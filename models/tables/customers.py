"""Who signs in, and the PayPal accounts they registered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from models import enums
from models.tables.base import Table, vocabulary

ACTIVE = text("status = 'ACTIVE'")
TO_FORGET = text("status = 'REMOVED' AND payment_token IS NOT NULL")  # PayPal has it still


class Customer(Table, table=True):
    __tablename__ = "customers"
    id: str = Field(primary_key=True)
    username: str = Field(unique=True)  # 123456@aruba.it: a login, not a mailbox
    password_hash: str
    kind: enums.CustomerKind = Field(sa_type=vocabulary(enums.CustomerKind))
    display_name: str
    tax_code: str | None = None
    vat_number: str | None = None
    email: str  # the holder's reference address: every mail goes there
    street: str
    postal_code: str
    city: str
    country: str = "IT"
    locale: str = "it"
    created_at: datetime


class Session(Table, table=True):
    __tablename__ = "sessions"
    token_hash: str = Field(primary_key=True)  # SHA-256 of the cookie's value; the value itself is never stored
    customer_id: str = Field(foreign_key="customers.id", index=True)
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime


class PayPalAccount(Table, table=True):
    __tablename__ = "paypal_accounts"
    __table_args__ = (
        UniqueConstraint("customer_id", "payment_token"),  # PayPal hands the same token to the same pair again
        Index(
            "uq_paypal_accounts_default",
            "customer_id",
            unique=True,
            sqlite_where=text("is_default"),
            postgresql_where=text("is_default"),
        ),
        CheckConstraint("status <> 'ACTIVE' OR payment_token IS NOT NULL", name="active_has_token"),
        CheckConstraint("status = 'ACTIVE' OR NOT is_default", name="default_is_active"),
        Index("ix_paypal_accounts_check_on", "check_on", "id", sqlite_where=ACTIVE, postgresql_where=ACTIVE),
        Index("ix_paypal_accounts_to_forget", "id", sqlite_where=TO_FORGET, postgresql_where=TO_FORGET),
    )
    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    status: enums.PayPalAccountStatus = Field(sa_type=vocabulary(enums.PayPalAccountStatus))
    payment_token: str | None = None
    paypal_customer_id: str | None = None
    payer_id: str | None = None
    masked_email: str
    nickname: str | None = None
    is_default: bool = False
    created_at: datetime
    registered_at: datetime | None = None
    last_charged_at: datetime | None = None
    check_on: date = date.min  # when PayPal is asked next whether it still has the account: at once
