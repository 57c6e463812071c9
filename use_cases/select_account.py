"""Choose what pays: a registered PayPal account, or a new one that is registered when the payment succeeds."""

from dataclasses import dataclass
from datetime import datetime

from models import enums, rows, tables
from models.database import Session
from policies.payment_transitions import SELECTABLE
from policies.registered_accounts import has_room
from use_cases.errors import AccountNotUsable, InvalidInput, NotFound
from use_cases.payment_states import move_payment, require_status

LONGEST_NICKNAME = 60


@dataclass(frozen=True, kw_only=True, slots=True)
class NewAccount:
    """How the account to be registered shall appear in the customer's list."""

    nickname: str | None = None
    make_default: bool = False


async def select_account(
    session: Session,
    *,
    customer_id: str,
    payment_id: str,
    choice: str | NewAccount,
    now: datetime,
) -> tables.Payment:
    """Set the account of the payment, replacing an earlier choice; ``choice`` is an account's id or a new account.

    Raises ``NotFound``, ``PaymentStateConflict`` once it was confirmed, ``AccountNotUsable`` for a revoked or removed
    account, ``InvalidInput`` for a nickname that is too long, or one account too many.
    """
    payment = await rows.find_payment(session, customer_id=customer_id, payment_id=payment_id)
    if payment is None:
        raise NotFound("input", "paymentId")
    require_status(payment, SELECTABLE)
    if isinstance(choice, NewAccount):
        nickname = checked_nickname(choice, "input", "account", "new", "nickname")
        await require_room(session, "input", "account", "new", customer_id=customer_id)
        payment.account_id, payment.registers_account = None, True
        payment.new_account_nickname, payment.new_account_default = nickname, choice.make_default
    else:
        account = await usable_account(session, customer_id=customer_id, account_id=choice)
        payment.account_id, payment.registers_account = account.id, False
        payment.new_account_nickname, payment.new_account_default = None, False
    if payment.status is enums.PaymentStatus.AWAITING_ACCOUNT:
        await session.flush()
        await move_payment(
            session,
            payment,
            to=enums.PaymentStatus.AWAITING_CONFIRMATION,
            source=enums.EventSource.CUSTOMER,
            now=now,
        )
    return payment


async def require_room(session: Session, *path: str, customer_id: str) -> None:
    """Raise ``InvalidInput`` unless the customer may have one more account."""
    await session.flush()
    accounts = await rows.accounts_of(session, customer_id=customer_id)
    if not has_room(account.status for account in accounts):
        raise InvalidInput(*path, reason="too_many_accounts")


def checked_nickname(account: NewAccount, *path: str) -> str | None:
    """Return the nickname, None for a blank one. Raises ``InvalidInput`` for one that is too long."""
    nickname = (account.nickname or "").strip() or None
    if nickname and len(nickname) > LONGEST_NICKNAME:
        raise InvalidInput(*path, reason="nickname_too_long")
    return nickname


async def usable_account(
    session: Session, *, customer_id: str, account_id: str, path: tuple[str, ...] = ("input", "account", "registered")
) -> tables.PayPalAccount:
    """Return the customer's account that can be charged. Raises ``NotFound`` or ``AccountNotUsable``."""
    account = await rows.find_account(session, customer_id=customer_id, account_id=account_id)
    if account is None:
        raise NotFound(*path)
    if account.status is not enums.PayPalAccountStatus.ACTIVE:
        raise AccountNotUsable(account)
    return account
