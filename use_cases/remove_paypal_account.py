"""Remove a registered PayPal account: here at once, at PayPal by work that is owed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from models import account_rows, enums, rows, setup_rows, tables
from models.database import Session
from models.enums import PayPalAccountStatus
from use_cases.account_setups import end_setup
from use_cases.errors import AccountInUse, AccountNotUsable, NotFound
from use_cases.forget_account import owe_forgetting
from use_cases.pass_default_on import pass_default_on
from use_cases.select_account import usable_account
from use_cases.set_auto_renewal import renew_on

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Removal:
    """The account that is gone, and the services that renew on another one instead."""

    account: tables.PayPalAccount
    moved: Sequence[tables.Service] = ()


async def remove_paypal_account(
    session: Session, *, customer: tables.Customer, account_id: str, move_renewals_to: str | None, now: datetime
) -> Removal:
    """Remove the account, its renewals moved to another one; an account removed before is answered as it is.

    Raises ``NotFound``, ``AccountInUse`` while a renewal depends on it and no other account is named, and
    ``AccountNotUsable`` for one that is being charged or not registered yet, or for another one that cannot be charged.
    """
    account = await rows.find_account(session, customer_id=customer.id, account_id=account_id)
    if account is None:
        raise NotFound("accountId")
    heir = await find_heir(session, account, account_id=move_renewals_to)
    if account.status is PayPalAccountStatus.REMOVED:
        return Removal(account=account)
    if account.status is PayPalAccountStatus.PENDING_APPROVAL:
        return await give_up_registration(session, account, now=now)
    if await account_rows.is_being_charged(session, account_id=account.id):
        raise AccountNotUsable(account, being_charged=True)
    services = await account_rows.services_on(session, account_id=account.id)
    for service in services:
        if heir is None:
            raise AccountInUse(account, services)
        await renew_on(session, service, customer=customer, account=heir, now=now)
    account.status, account.is_default = enums.PayPalAccountStatus.REMOVED, False
    await pass_default_on(session, customer_id=customer.id)
    await owe_forgetting(session, account, now=now)
    log.info("paypal_account.removed", account_id=account.id, moved=len(services))
    return Removal(account=account, moved=services)


async def give_up_registration(session: Session, account: tables.PayPalAccount, *, now: datetime) -> Removal:
    """Remove an account that its owner has not approved. Raises ``AccountNotUsable`` for one that has paid already."""
    setup = await setup_rows.open_setup(session, customer_id=account.customer_id)
    if setup is None or setup.account_id != account.id:
        raise AccountNotUsable(account)
    await end_setup(session, setup, outcome=enums.SetupOutcome.REFUSED, now=now)
    return Removal(account=account)


async def find_heir(
    session: Session, account: tables.PayPalAccount, *, account_id: str | None
) -> tables.PayPalAccount | None:
    """Return the account that takes the renewals over. Raises ``NotFound``, ``AccountNotUsable``."""
    if account_id is None:
        return None
    path = ("moveRenewalsTo",)
    heir = await usable_account(session, customer_id=account.customer_id, account_id=account_id, path=path)
    if heir.id == account.id:
        raise AccountNotUsable(heir)
    return heir
