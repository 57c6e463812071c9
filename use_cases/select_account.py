"""Choose what pays: a registered PayPal account, or a new one that is registered when the payment succeeds."""

from dataclasses import dataclass
from datetime import datetime

from models import enums, rows, tables
from models.database import Session
from policies.payment_transitions import SELECTABLE
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
    account, ``InvalidInput`` for a nickname that is too long.
    """
    payment = await rows.find_payment(session, customer_id=customer_id, payment_id=payment_id)
    if payment is None:
        raise NotFound("input", "paymentId")
    require_status(payment, SELECTABLE)
    if isinstance(choice, NewAccount):
        nickname = (choice.nickname or "").strip() or None
        if nickname and len(nickname) > LONGEST_NICKNAME:
            raise InvalidInput("input", "account", "new", "nickname", reason="nickname_too_long")
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
