"""Accounts that are registered without a purchase, while their owners have not approved it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from models import enums
from models.tables.base import Table, vocabulary

OPEN = text("ended_at IS NULL")


class AccountSetup(Table, table=True):
    """One registration, from the wish to its end; its request ids are stored before the calls that carry them."""

    __tablename__ = "account_setups"
    __table_args__ = (
        Index("uq_account_setups_open", "customer_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        CheckConstraint("(setup_token IS NULL) = (approve_url IS NULL)", name="token_has_page"),
        CheckConstraint("(outcome IS NULL) = (ended_at IS NULL)", name="final_has_instant"),
    )
    id: str = Field(primary_key=True)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    account_id: str = Field(foreign_key="paypal_accounts.id", index=True)  # that waits; in the end, the one registered
    wish_hash: str  # of what was asked: asked again, it is the same registration
    make_default: bool = False
    return_url: str
    create_request_id: str = Field(unique=True)
    keep_request_id: str = Field(unique=True)
    return_key: str = Field(unique=True)  # unguessable: names the registration in the return address
    setup_token: str | None = Field(default=None, unique=True)
    paypal_customer_id: str | None = Field(default=None, index=True)
    approve_url: str | None = None
    approval_expires_at: datetime
    looks: int = 0
    look_due_at: datetime | None = Field(default=None, index=True)  # the next look; one long overdue was lost
    created_at: datetime
    ended_at: datetime | None = None
    outcome: enums.SetupOutcome | None = Field(default=None, sa_type=vocabulary(enums.SetupOutcome))


class SetupRenewal(Table, table=True):
    """A service whose automatic renewal shall go on with the account as soon as it is registered."""

    __tablename__ = "setup_renewals"
    setup_id: str = Field(primary_key=True, foreign_key="account_setups.id")
    service_id: str = Field(primary_key=True, foreign_key="services.id")
