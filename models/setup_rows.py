"""Rows of accounts that are being registered without a purchase, as a writing transaction needs them."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import col, select

from models import enums, tables
from models.database import Session

PAGE = 500  # in one sweep; the next one finds the others


async def take_setup(session: Session, *, setup_id: str) -> tables.AccountSetup:
    """Return the registration, locked: it stands where it stands until the commit."""
    return await session.get_one(tables.AccountSetup, setup_id, with_for_update=True, populate_existing=True)


async def open_setup(session: Session, *, customer_id: str) -> tables.AccountSetup | None:
    """Return the one registration of the customer that has not ended."""
    setups = tables.AccountSetup
    query = select(setups).where(setups.customer_id == customer_id, col(setups.ended_at).is_(None))
    return (await session.exec(query.with_for_update())).first()


async def setups_begun(session: Session, *, customer_id: str, since: datetime) -> int:
    """Count the registrations that the customer has begun since then, whatever became of them."""
    setups = tables.AccountSetup
    query = select(func.count()).where(setups.customer_id == customer_id, setups.created_at > since)
    return (await session.exec(query)).one()


async def setup_by_return_key(session: Session, *, return_key: str) -> tables.AccountSetup | None:
    setups = tables.AccountSetup
    return (await session.exec(select(setups).where(setups.return_key == return_key))).first()


async def setups_of_paypal_customer(session: Session, *, paypal_customer_id: str) -> Sequence[str]:
    """Return the registrations under way that PayPal knows by this customer."""
    setups = tables.AccountSetup
    query = select(setups.id).where(setups.paypal_customer_id == paypal_customer_id, col(setups.ended_at).is_(None))
    return (await session.exec(query.order_by(col(setups.id)))).all()


async def wished_services(session: Session, *, setup_id: str) -> Sequence[tables.Service]:
    """Return the services that shall renew on the account, locked, by expiry."""
    services, renewals = tables.Service, tables.SetupRenewal
    query = (
        select(services)
        .join(renewals, col(renewals.service_id) == col(services.id))
        .where(renewals.setup_id == setup_id)
        .order_by(col(services.expires_on), col(services.id))
    )
    return (await session.exec(query.with_for_update(of=services))).all()


async def overdue_setups(session: Session, *, before: datetime) -> Sequence[tables.AccountSetup]:
    """Return the registrations under way whose next look was due before that instant, locked."""
    setups = tables.AccountSetup
    query = select(setups).where(col(setups.ended_at).is_(None), col(setups.look_due_at) < before)
    return (await session.exec(query.order_by(col(setups.id)).limit(PAGE).with_for_update())).all()


async def account_of_payer(session: Session, *, customer_id: str, payer_id: str) -> tables.PayPalAccount | None:
    """Return the customer's account of this payer: the one in use, else one that was lost, else a forgotten one."""
    accounts, statuses = tables.PayPalAccount, enums.PayPalAccountStatus
    query = select(accounts).where(accounts.customer_id == customer_id, accounts.payer_id == payer_id)
    found = (await session.exec(query.order_by(col(accounts.id)))).all()
    kept = [each for status in (statuses.ACTIVE, statuses.REVOKED) for each in found if each.status is status]
    forgotten = [each for each in found if each.status is statuses.REMOVED and each.payment_token is None]
    return next(iter([*kept, *forgotten]), None)
