"""Let PayPal forget an account that its owner has removed here, and forget its token ourselves."""

from datetime import datetime

import structlog

from gateways.paypal.errors import PayPalFailure
from models import account_rows, enums, tables
from models.database import Session
from models.enums import PayPalAccountStatus
from policies.watching import Backoff
from use_cases.lose_account import lose_account

log = structlog.get_logger(__name__)


async def owe_forgetting(session: Session, account: tables.PayPalAccount, *, now: datetime) -> None:
    """Owe the removal at PayPal of an account that it may have."""
    if account.payment_token is not None:
        await session.later(enums.Job.FORGET_ACCOUNT, key_of(account, now=now), account.id)


async def read_forgotten(session: Session, account_id: str) -> str | None:
    """Return the token of an account that was removed, unless PayPal has forgotten it."""
    account = await session.get_one(tables.PayPalAccount, account_id)
    return account.payment_token if account.status is PayPalAccountStatus.REMOVED else None


async def record_forgotten(
    session: Session,
    *,
    account_id: str,
    failure: PayPalFailure | None,
    tries: int,
    backoff: Backoff,
    now: datetime,
) -> None:
    """Forget the token once PayPal has; until then try again, for as long as it takes.

    Registered again while PayPal was forgetting it, the account is lost with its token.
    """
    account = await account_rows.take_account(session, account_id=account_id)
    removed = account.status is PayPalAccountStatus.REMOVED and account.payment_token is not None
    if failure is None and removed:
        account.payment_token = None
        log.info("paypal_account.forgotten", account_id=account.id)
    elif failure is None:
        await lose_account(session, account_id=account.id, now=now)
    elif removed:
        key = f"{key_of(account, now=now)}-{tries + 1}"
        await session.later(enums.Job.FORGET_ACCOUNT, key, account.id, tries + 1, delay=backoff.after(tries))


def key_of(account: tables.PayPalAccount, *, now: datetime) -> str:
    """Return the key of the work owed at this instant: registered again, an account may be removed again."""
    return f"forget-{account.id}-{int(now.timestamp() * 1000)}"
