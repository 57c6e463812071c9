"""Say which registered PayPal account is suggested first; at most one of a customer's is."""

from collections.abc import Iterable

import structlog

from models import rows, tables
from models.database import Session
from use_cases.select_account import usable_account

log = structlog.get_logger(__name__)


async def make_default_paypal_account(session: Session, *, customer_id: str, account_id: str) -> tables.PayPalAccount:
    """Suggest the account first from now on; asked again, it changes nothing. No renewal moves.

    Raises ``NotFound``, and ``AccountNotUsable`` for one that cannot be charged.
    """
    accounts = await rows.accounts_of(session, customer_id=customer_id)  # all, before one: two tabs wait in turn
    account = await usable_account(session, customer_id=customer_id, account_id=account_id, path=("accountId",))
    if not account.is_default:
        await take_default_over(session, account, among=accounts)
        log.info("paypal_account.made_default", account_id=account.id)
    return account


async def take_default_over(
    session: Session, account: tables.PayPalAccount, *, among: Iterable[tables.PayPalAccount]
) -> None:
    """Let the account take the default over from whichever has it."""
    for each in among:
        each.is_default = False
    await session.flush()  # the former default must have gone before the index sees the new one
    account.is_default = True
