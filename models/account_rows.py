"""Rows of registered accounts and of what depends on them, as a writing transaction needs them."""

from collections.abc import Collection, Sequence
from datetime import date

from sqlmodel import col, select

from models import enums, tables
from models.database import Session
from models.rows import IN_PROGRESS

PAGE = 500  # in one sweep; the next one finds the others


async def take_account(session: Session, *, account_id: str) -> tables.PayPalAccount:
    """Return the account, locked: its status is what it is until the commit."""
    return await session.get_one(tables.PayPalAccount, account_id, with_for_update=True, populate_existing=True)


async def services_on(session: Session, *, account_id: str) -> Sequence[tables.Service]:
    """Return the services that renew on the account, or would if it could be charged, locked, by expiry."""
    services = tables.Service
    query = (
        select(services)
        .where(services.renewal_account_id == account_id, services.auto_renewal != enums.AutoRenewalStatus.OFF)
        .order_by(col(services.expires_on), col(services.id))
    )
    return (await session.exec(query.with_for_update())).all()


async def is_being_charged(session: Session, *, account_id: str) -> bool:
    """Tell whether a confirmed payment on the account has not ended."""
    payments = tables.Payment
    query = select(payments.id).where(payments.account_id == account_id, col(payments.status).in_(IN_PROGRESS))
    return (await session.exec(query.limit(1))).first() is not None


async def accounts_to_check(session: Session, *, today: date, limit: int) -> Sequence[tables.PayPalAccount]:
    """Return accounts that can be charged and whose check is due, longest due first, locked; by index alone."""
    accounts = tables.PayPalAccount
    query = (
        select(accounts)
        .where(accounts.status == enums.PayPalAccountStatus.ACTIVE, col(accounts.check_on) <= today)
        .order_by(col(accounts.check_on), col(accounts.id))
    )
    return (await session.exec(query.limit(limit).with_for_update())).all()


async def depended_on(
    session: Session, *, account_ids: Collection[str], statuses: Collection[enums.AutoRenewalStatus]
) -> set[str]:
    """Return which of the accounts a renewal in one of these states depends on."""
    services = tables.Service
    query = select(services.renewal_account_id).where(
        col(services.renewal_account_id).in_(account_ids), col(services.auto_renewal).in_(statuses)
    )
    return {account_id for account_id in await session.exec(query) if account_id}


async def accounts_to_forget(session: Session) -> Sequence[str]:
    """Return the accounts that were removed here and that PayPal may still have."""
    accounts = tables.PayPalAccount
    query = select(accounts.id).where(
        accounts.status == enums.PayPalAccountStatus.REMOVED, col(accounts.payment_token).is_not(None)
    )
    return (await session.exec(query.order_by(col(accounts.id)).limit(PAGE))).all()
