"""Keep the PayPal account of a payment that succeeded, as far as PayPal let us."""

from datetime import datetime

from gateways.paypal.messages import PayPalOrder, Vault
from models import enums, ids, rows, tables
from models.database import Session
from policies.masking import mask_email
from policies.renewal_choices import Registration
from use_cases.make_default_paypal_account import take_default_over
from use_cases.record_consent import record_registration_consent

HIDDEN = "•••"


async def register_account(
    session: Session, *, payment: tables.Payment, customer: tables.Customer, paypal: PayPalOrder, now: datetime
) -> tuple[tables.PayPalAccount | None, Registration]:
    """Store the account that PayPal keeps for us, or is still saving, and the consent to it.

    PayPal hands out one token per payer and customer: an account registered before is taken up again, not doubled.
    """
    vault = paypal.vault
    if vault is None:
        return None, Registration.REFUSED
    account = await find_or_insert(session, payment=payment, vault=vault, now=now)
    if paypal.payer is not None:
        account.payer_id = paypal.payer.payer_id
        account.masked_email = mask_email(paypal.payer.email or "")
    account.nickname = payment.new_account_nickname or account.nickname
    if vault.payment_token is None:
        account.paypal_customer_id = vault.customer_id
        await session.flush()
        return account, Registration.EXPECTED
    await activate_account(
        session, account, vault=vault, make_default=payment.new_account_default, customer=customer, now=now
    )
    record_registration_consent(session, customer=customer, account_id=account.id, payment_id=payment.id, now=now)
    return account, Registration.REGISTERED


async def find_or_insert(
    session: Session, *, payment: tables.Payment, vault: Vault, now: datetime
) -> tables.PayPalAccount:
    """Return the customer's account with this token, or a new row that waits for one."""
    if vault.payment_token is not None:
        known = await rows.account_by_token(session, customer_id=payment.customer_id, payment_token=vault.payment_token)
        if known is not None:
            return known
    return add_pending_account(session, customer_id=payment.customer_id, nickname=None, now=now)


def add_pending_account(
    session: Session, *, customer_id: str, nickname: str | None, now: datetime
) -> tables.PayPalAccount:
    """Insert an account that waits for PayPal, or for its owner's approval there."""
    account = tables.PayPalAccount(
        id=ids.new_id(ids.ACCOUNT, now=now),
        customer_id=customer_id,
        status=enums.PayPalAccountStatus.PENDING_APPROVAL,
        masked_email=HIDDEN,
        nickname=nickname,
        created_at=now,
    )
    session.add(account)
    return account


async def activate_account(
    session: Session,
    account: tables.PayPalAccount,
    *,
    vault: Vault,
    make_default: bool,
    customer: tables.Customer,
    now: datetime,
) -> None:
    """Make the account chargeable; the customer's first one is the default, whatever was asked."""
    others = [each for each in await rows.accounts_of(session, customer_id=customer.id) if each.id != account.id]
    account.status = enums.PayPalAccountStatus.ACTIVE
    account.payment_token = vault.payment_token
    account.paypal_customer_id = vault.customer_id
    account.registered_at = account.registered_at or now
    if make_default or not any(each.is_default for each in others):
        await take_default_over(session, account, among=others)
    await session.flush()
