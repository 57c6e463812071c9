"""Payments: their attempts at PayPal, history, renewal choices and refunds."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from models import enums
from models.tables.base import FINAL_PAYMENT_STATUSES, Table, vocabulary

UNWANTED = "('ORDER_PAID_TWICE', 'ORDER_NOT_PAYABLE')"  # why money is given back that should not have been taken


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
    return_url: str = ""  # empty when no browser comes back: an automatic charge
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
    invoice_id: str | None = None  # in place of the order's number, which PayPal takes only once
    paypal_order_id: str | None = Field(default=None, unique=True)
    capture_id: str | None = Field(default=None, unique=True)  # money taken, whether it paid the order or is given back
    approve_url: str | None = None
    approval_expires_at: datetime | None = None
    approval_rounds: int = 0
    declined: bool = False  # PayPal keeps calling such an order APPROVED: only its payer's return says that it is again
    looks: int = 0  # how often the reconciler has asked PayPal about it
    look_due_at: datetime | None = Field(default=None, index=True)  # the next look; one long overdue was lost
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
    __table_args__ = (CheckConstraint("maximum_cents IS NULL OR (bounded AND maximum_cents > 0)", name="bounded"),)
    payment_id: str = Field(primary_key=True, foreign_key="payments.id")
    service_id: str = Field(primary_key=True, foreign_key="services.id")
    enabled: bool
    changed_by_customer: bool = False
    bounded: bool = False  # a limit, or none, was chosen with it; otherwise that of the service stays
    maximum_cents: int | None = None


class Refund(Table, table=True):
    """Money given back, or asked to be; its request id is stored before the call that carries it."""

    __tablename__ = "refunds"
    __table_args__ = (
        CheckConstraint("amount_cents > 0", name="positive"),
        CheckConstraint("status <> 'COMPLETED' OR paypal_refund_id IS NOT NULL", name="completed_has_id"),
        CheckConstraint("reason = 'AT_PAYPAL' OR request_id IS NOT NULL", name="ours_has_request_id"),
        CheckConstraint("(status IN ('COMPLETED', 'FAILED')) = (ended_at IS NOT NULL)", name="final_has_instant"),
        Index(
            "uq_refunds_unwanted",  # money that nobody owes is given back once
            "capture_id",
            unique=True,
            sqlite_where=text(f"reason IN {UNWANTED}"),
            postgresql_where=text(f"reason IN {UNWANTED}"),
        ),
    )
    id: str = Field(primary_key=True)
    payment_id: str = Field(foreign_key="payments.id", index=True)
    capture_id: str = Field(index=True)
    amount_cents: int
    currency: str = "EUR"
    reason: enums.RefundReason = Field(sa_type=vocabulary(enums.RefundReason))
    status: enums.RefundStatus = Field(sa_type=vocabulary(enums.RefundStatus))
    note: str | None = None  # the operator's words to the payer
    request_id: str | None = Field(default=None, unique=True)
    paypal_refund_id: str | None = Field(default=None, unique=True)
    failure_issue: str | None = None
    looks: int = 0  # how often PayPal has been asked about it
    created_at: datetime
    ended_at: datetime | None = None
