"""Mark an account that PayPal will never charge again."""

import structlog

from models import enums, rows, tables
from models.database import Session

log = structlog.get_logger(__name__)


async def lose_account(session: Session, *, account_id: str) -> None:
    """Set the account to REVOKED and the renewals that depend on it to ACCOUNT_LOST."""
    account = await session.get_one(tables.PayPalAccount, account_id)
    account.status, account.is_default = enums.PayPalAccountStatus.REVOKED, False
    for service in await rows.services_renewing_on(session, account_id=account.id):
        service.auto_renewal = enums.AutoRenewalStatus.ACCOUNT_LOST
    log.warning("paypal_account.revoked", account_id=account.id)
