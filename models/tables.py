"""All tables and their constraints; links are loaded explicitly, so there are no relationships."""

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import JSON, CheckConstraint, Enum, Index, MetaData, UniqueConstraint, text
from sqlmodel import Field, SQLModel

from models import enums

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
FINAL_PAYMENT_STATUSES = "('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')"  # the policy's FINAL; a test compares


def vocabulary(kind: type[enums.Vocabulary]) -> Any:
    """Return the column type for an enum: text, so that a new member needs no migration."""
    return Enum(kind, native_enum=False, create_constraint=False, length=40)


class Table(SQLModel):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=CONVENTION)


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


class Service(Table, table=True):
    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("auto_renewal <> 'UNAVAILABLE'", name="unavailable_is_derived"),
        CheckConstraint(
            "auto_renewal NOT IN ('ON', 'RETRYING') OR renewal_account_id IS NOT NULL", name="on_has_account"
        ),
        CheckConstraint("term_years BETWEEN 1 AND 10", name="term_within_limits"),
        Index("ix_services_customer_id_expires_on", "customer_id", "expires_on", "id"),
    )
    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id")
    product: enums.Product = Field(sa_type=vocabulary(enums.Product))
    label: str
    status: enums.ServiceStatus = Field(sa_type=vocabulary(enums.ServiceStatus))
    activated_on: date | None = None
    expires_on: date | None = None
    term_years: int = 1  # of the previous order; repeated by the renewal
    auto_renewal: enums.AutoRenewalStatus = Field(
        default=enums.AutoRenewalStatus.OFF, sa_type=vocabulary(enums.AutoRenewalStatus)
    )
    renewal_account_id: str | None = Field(default=None, foreign_key="paypal_accounts.id", index=True)
    created_at: datetime


class Order(Table, table=True):
    __tablename__ = "orders"
    __table_args__ = (
        CheckConstraint("net_cents >= 0 AND vat_cents >= 0", name="never_negative"),
        CheckConstraint("net_cents + vat_cents = gross_cents", name="gross_is_the_sum"),
        CheckConstraint("status NOT IN ('PAID', 'ACTIVATED') OR paid_at IS NOT NULL", name="paid_has_instant"),
        CheckConstraint(
            "(renews_service_id IS NULL) = (renews_expiry IS NULL)", name="renewal_names_service_and_expiry"
        ),
        Index(
            "uq_orders_renewal",
            "renews_service_id",
            "renews_expiry",
            unique=True,
            sqlite_where=text("status <> 'CANCELED'"),
            postgresql_where=text("status <> 'CANCELED'"),
        ),
        Index("ix_orders_customer_id_created_at", "customer_id", "created_at", "id"),
    )
    id: str = Field(primary_key=True)
    number: str = Field(unique=True)  # what a person types: upper case, no spaces
    customer_id: str = Field(foreign_key="customers.id")
    kind: enums.OrderKind = Field(sa_type=vocabulary(enums.OrderKind))
    origin: enums.OrderOrigin = Field(default=enums.OrderOrigin.CUSTOMER, sa_type=vocabulary(enums.OrderOrigin))
    status: enums.OrderStatus = Field(sa_type=vocabulary(enums.OrderStatus))
    renews_service_id: str | None = Field(default=None, foreign_key="services.id", index=True)
    renews_expiry: date | None = None
    currency: str = "EUR"
    vat_rate: str = "22"  # percent
    net_cents: int
    vat_cents: int
    gross_cents: int
    created_at: datetime
    paid_at: datetime | None = None


class OrderLine(Table, table=True):
    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_id", "position"),
        CheckConstraint("net_cents >= 0 AND vat_cents >= 0", name="never_negative"),
        CheckConstraint("net_cents + vat_cents = gross_cents", name="gross_is_the_sum"),
    )
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id")
    position: int
    description: str
    service_id: str | None = Field(default=None, foreign_key="services.id", index=True)
    term_years: int | None = None
    net_cents: int
    vat_cents: int
    gross_cents: int


class Payment(Table, table=True):
    __tablename__ = "payments"
    __table_args__ = (
        Index(
            "uq_payments_open",
            "order_id",
            unique=True,
            sqlite_where=text(f"status NOT IN {FINAL_PAYMENT_STATUSES}"),
            postgresql_where=text(f"status NOT IN {FINAL_PAYMENT_STATUSES}"),
        ),
        CheckConstraint("amount_cents > 0", name="positive"),
        CheckConstraint(f"(status IN {FINAL_PAYMENT_STATUSES}) = (ended_at IS NOT NULL)", name="final_has_instant"),
        CheckConstraint("(status = 'SUCCEEDED') = (capture_id IS NOT NULL)", name="success_has_capture"),
        CheckConstraint("(status = 'FAILED') = (failure_code IS NOT NULL)", name="failure_has_code"),
        Index("ix_payments_order_id_created_at", "order_id", "created_at", "id"),
    )
    id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.id")
    customer_id: str = Field(foreign_key="customers.id", index=True)
    status: enums.PaymentStatus = Field(sa_type=vocabulary(enums.PaymentStatus))
    method: enums.PaymentMethod = Field(sa_type=vocabulary(enums.PaymentMethod))
    initiator: enums.PaymentInitiator = Field(sa_type=vocabulary(enums.PaymentInitiator))
    amount_cents: int
    currency: str = "EUR"
    return_url: str
    account_id: str | None = Field(default=None, foreign_key="paypal_accounts.id")
    registers_account: bool = False  # "Nuovo account PayPal" was chosen
    new_account_nickname: str | None = None
    new_account_default: bool = False
    payer_email: str | None = None  # masked; a frozen copy of the account as it was when it paid
    payer_id: str | None = None
    capture_id: str | None = Field(default=None, unique=True)
    failure_code: enums.PaymentFailureCode | None = Field(default=None, sa_type=vocabulary(enums.PaymentFailureCode))
    failure_advice: enums.FailureAdvice | None = Field(default=None, sa_type=vocabulary(enums.FailureAdvice))
    canceled_by: enums.EventSource | None = Field(default=None, sa_type=vocabulary(enums.EventSource))
    created_at: datetime
    ended_at: datetime | None = None


class PaymentAttempt(Table, table=True):
    """One order at PayPal for one payment; its request ids are stored before the calls that carry them."""

    __tablename__ = "payment_attempts"
    __table_args__ = (UniqueConstraint("payment_id", "number"),)
    id: str = Field(primary_key=True)
    payment_id: str = Field(foreign_key="payments.id")
    number: int
    create_request_id: str = Field(unique=True)
    capture_request_id: str = Field(unique=True)
    return_key: str = Field(unique=True)  # unguessable: names the attempt in the return address
    paypal_order_id: str | None = Field(default=None, unique=True)
    approve_url: str | None = None
    approval_expires_at: datetime | None = None
    approval_rounds: int = 0
    declined: bool = False  # PayPal keeps calling such an order APPROVED: only its payer's return says that it is again
    looks: int = 0  # how often the reconciler has asked PayPal about it
    created_at: datetime


class PaymentEvent(Table, table=True):
    __tablename__ = "payment_events"
    __table_args__ = (UniqueConstraint("payment_id", "position"),)
    id: str = Field(primary_key=True)
    payment_id: str = Field(foreign_key="payments.id")
    position: int
    at: datetime
    status: enums.PaymentStatus = Field(sa_type=vocabulary(enums.PaymentStatus))
    source: enums.EventSource = Field(sa_type=vocabulary(enums.EventSource))
    note: str | None = None


class RenewalChoice(Table, table=True):
    """The flag "Rinnovo automatico" of one service in one payment: staged, applied only by its success."""

    __tablename__ = "renewal_choices"
    payment_id: str = Field(primary_key=True, foreign_key="payments.id")
    service_id: str = Field(primary_key=True, foreign_key="services.id")
    enabled: bool
    changed_by_customer: bool = False


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
