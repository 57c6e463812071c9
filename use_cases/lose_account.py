"""Mark an account that PayPal will never charge again."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from gateways.mail.messages import AccountLost
from models import account_rows, enums, tables
from models.database import Session
from policies.renewal_choices import DEPENDS_ON_ACCOUNT
from use_cases.owe_emails import owe_email
from use_cases.pass_default_on import pass_default_on

log = structlog.get_logger(__name__)


async def lose_account(session: Session, *, account_id: str, now: datetime) -> None:
    """Set a registered account to REVOKED and the renewals that depend on it to ACCOUNT_LOST, and tell the customer.

    Whoever depended on it is told once, and nobody when no renewal did; an account lost or removed before stays so.
    """
    account = await session.get_one(tables.PayPalAccount, account_id, with_for_update=True)
    if account.status is not enums.PayPalAccountStatus.ACTIVE:
        return
    account.status, account.is_default = enums.PayPalAccountStatus.REVOKED, False
    await pass_default_on(session, customer_id=account.customer_id)
    renewing = await account_rows.services_on(session, account_id=account.id)
    dependent = [service for service in renewing if service.auto_renewal in DEPENDS_ON_ACCOUNT]
    for service in dependent:
        service.auto_renewal = enums.AutoRenewalStatus.ACCOUNT_LOST
    if dependent:
        await owe_account_lost(session, account, services=dependent, now=now)
    log.warning("paypal_account.revoked", account_id=account.id, services=len(dependent))


async def owe_account_lost(
    session: Session, account: tables.PayPalAccount, *, services: Sequence[tables.Service], now: datetime
) -> None:
    """Owe the news that an account can no longer be charged, so that these services will not renew by themselves."""
    customer = await session.get_one(tables.Customer, account.customer_id)
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.ACCOUNT_LOST,
        about=f"{account.id}:{now.isoformat()}",  # registered again, it may be lost again
        facts=AccountLost(
            holder=customer.display_name,
            account=account.masked_email,
            services=tuple(service.label for service in services),
        ),
        payment_id=None,
        now=now,
    )
