"""Ask PayPal in good time whether it still has the accounts that renewals will charge.

News of an account that its owner has taken back comes by itself; should it get lost, nobody would know before the
charge.
"""

from datetime import datetime, timedelta

import structlog

from models import account_rows, enums, tables
from models.database import Session
from models.enums import PayPalAccountStatus
from policies.renewal_calendar import rome_day
from policies.renewal_choices import DEPENDS_ON_ACCOUNT
from use_cases.lose_account import lose_account

log = structlog.get_logger(__name__)

PAGE_SIZE = 200  # accounts per transaction: SQLite's writers wait for it
ONE_DAY = timedelta(days=1)


async def owe_account_checks(session: Session, *, every: timedelta, now: datetime) -> bool:
    """Owe the checks of the next accounts that are due; tell whether there may be more.

    An account that no renewal depends on is passed over until its next turn. One whose check comes to nothing is due
    again tomorrow.
    """
    today = rome_day(now)
    due = await account_rows.accounts_to_check(session, today=today, limit=PAGE_SIZE)
    needed = await account_rows.depended_on(
        session, account_ids=[account.id for account in due], statuses=DEPENDS_ON_ACCOUNT
    )
    for account in due:
        if account.id in needed:
            account.check_on = today + ONE_DAY
            await session.later(enums.Job.CHECK_ACCOUNT, f"check-{account.id}-{today}", account.id)
        else:
            account.check_on = today + every
    return len(due) == PAGE_SIZE


async def read_checked(session: Session, account_id: str) -> str | None:
    """Return the token of an account that can be charged."""
    account = await session.get_one(tables.PayPalAccount, account_id)
    return account.payment_token if account.status is PayPalAccountStatus.ACTIVE else None


async def record_check(
    session: Session, *, account_id: str, is_open: bool, is_gone: bool, every: timedelta, now: datetime
) -> None:
    """Lose an account that PayPal no longer has; one that it has is asked about at its next turn."""
    account = await account_rows.take_account(session, account_id=account_id)
    if is_gone:
        await lose_account(session, account_id=account.id, now=now)
    elif not is_open:
        account.check_on = rome_day(now) + every
    log.info("paypal_account.checked", account_id=account.id, gone=is_gone, unanswered=is_open)
