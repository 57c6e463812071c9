"""What is sold: services, what they cost, and the orders that pay them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from models import enums
from models.tables.base import Table, vocabulary


class Service(Table, table=True):
    __tablename__ = "services"
    __table_args__ = (
        CheckConstraint("auto_renewal <> 'UNAVAILABLE'", name="unavailable_is_derived"),
        CheckConstraint(
            "auto_renewal NOT IN ('ON', 'RETRYING') OR renewal_account_id IS NOT NULL", name="on_has_account"
        ),
        CheckConstraint("term_years BETWEEN 1 AND 10", name="term_within_limits"),
        CheckConstraint("renewal_maximum_cents > 0", name="renewal_maximum_positive"),
        Index("ix_services_customer_id_expires_on", "customer_id", "expires_on", "id"),
        Index("ix_services_look_on", "look_on", "id"),
    )
    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id")
    product: enums.Product = Field(sa_type=vocabulary(enums.Product))
    variant: str = "standard"  # of the product, as the price list names it
    label: str
    status: enums.ServiceStatus = Field(sa_type=vocabulary(enums.ServiceStatus))
    activated_on: date | None = None
    expires_on: date | None = None
    term_years: int = 1  # of the previous order; repeated by the renewal
    auto_renewal: enums.AutoRenewalStatus = Field(
        default=enums.AutoRenewalStatus.OFF, sa_type=vocabulary(enums.AutoRenewalStatus)
    )
    renewal_account_id: str | None = Field(default=None, foreign_key="paypal_accounts.id", index=True)
    renewal_maximum_cents: int | None = None  # VAT included; a renewal that costs more is not charged by itself
    look_on: date | None = date.min  # when the calendar looks at it next: at once; none when nothing will ever be due
    created_at: datetime


class Price(Table, table=True):
    """One line of the price list: what a term of a product costs, without VAT, from one day to another."""

    __tablename__ = "prices"
    __table_args__ = (
        UniqueConstraint("product", "variant", "term_years", "valid_from"),
        CheckConstraint("net_cents > 0", name="positive"),
        CheckConstraint("term_years BETWEEN 1 AND 10", name="term_within_limits"),
        CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name="valid_for_a_day"),
    )
    id: str = Field(primary_key=True)
    product: enums.Product = Field(sa_type=vocabulary(enums.Product))
    variant: str = "standard"
    term_years: int
    currency: str = "EUR"
    net_cents: int
    valid_from: date  # the first day
    valid_to: date | None = None  # the last day; open when absent


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
