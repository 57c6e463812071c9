"""Whoever has accounts that can be charged has a default among them."""

from models import enums, rows
from models.database import Session


async def pass_default_on(session: Session, *, customer_id: str) -> None:
    """Make the customer's oldest account the default when the one that was it can no longer be charged."""
    await session.flush()
    accounts = await rows.accounts_of(session, customer_id=customer_id)
    usable = [account for account in accounts if account.status is enums.PayPalAccountStatus.ACTIVE]
    if usable and not any(account.is_default for account in usable):
        usable[0].is_default = True
