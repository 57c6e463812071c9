"""Automatic renewals: what was announced, how far each has come, and whether their charges are paused."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from models import enums
from models.tables.base import Table, vocabulary


class RenewalNotice(Table, table=True):
    """What a customer was told ahead of a renewal's charge: it fixes the price, and is never changed or deleted.

    When it went out stands in its mail.
    """

    __tablename__ = "renewal_notices"
    __table_args__ = (
        UniqueConstraint("service_id", "expiry"),
        CheckConstraint("net_cents > 0 AND vat_cents >= 0", name="never_negative"),
        CheckConstraint("net_cents + vat_cents = gross_cents", name="gross_is_the_sum"),
        CheckConstraint("term_years BETWEEN 1 AND 10", name="term_within_limits"),
        CheckConstraint("charge_on < expiry", name="charge_before_expiry"),
    )
    id: str = Field(primary_key=True)
    service_id: str = Field(foreign_key="services.id")
    expiry: date
    account_id: str = Field(foreign_key="paypal_accounts.id")  # as it was then; the charge takes that of its own day
    term_years: int
    currency: str = "EUR"
    vat_rate: str = "22"  # percent
    net_cents: int
    vat_cents: int
    gross_cents: int
    charge_on: date
    stoppable_until: datetime
    email_id: str = Field(foreign_key="emails.id", unique=True)
    recorded_at: datetime


class Renewal(Table, table=True):
    """How far the automatic renewal of a service at one expiry has come."""

    __tablename__ = "renewals"
    __table_args__ = (CheckConstraint("(obstacle IS NULL) = (obstacle_at IS NULL)", name="obstacle_has_instant"),)
    service_id: str = Field(primary_key=True, foreign_key="services.id")
    expiry: date = Field(primary_key=True)
    next_attempt_on: date | None = None  # the charge or its next retry; none when nothing more will be tried
    order_id: str | None = Field(default=None, foreign_key="orders.id", unique=True)
    payment_id: str | None = Field(default=None, foreign_key="payments.id", unique=True)  # the newest charge
    obstacle: enums.RenewalObstacle | None = Field(default=None, sa_type=vocabulary(enums.RenewalObstacle))
    obstacle_at: datetime | None = Field(default=None, index=True)


class Pause(Table, table=True):
    """Work that has been stopped for everybody, until an operator lifts the pause."""

    __tablename__ = "pauses"
    __table_args__ = (
        CheckConstraint("(lifted_at IS NULL) = (lifted_by IS NULL)", name="lifted_by_somebody"),
        Index(
            "uq_pauses_in_force",
            "work",
            unique=True,
            sqlite_where=text("lifted_at IS NULL"),
            postgresql_where=text("lifted_at IS NULL"),
        ),
    )
    id: str = Field(primary_key=True)
    work: enums.PausedWork = Field(sa_type=vocabulary(enums.PausedWork))
    reason: str  # PayPal's word for what is wrong with us, or the operator's
    payment_id: str | None = Field(default=None, foreign_key="payments.id")  # the charge that showed it
    paused_at: datetime
    lifted_at: datetime | None = None
    lifted_by: str | None = None
