"""Finish the registration of an account that PayPal was still saving when the payment succeeded."""

from collections.abc import Sequence
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from gateways.paypal.messages import Vault
from models import account_rows, enums, rows, tables
from models.database import Session
from policies.watching import Watch
from use_cases.attempt_facts import paying_order_id
from use_cases.owe_emails import owe_renewal_not_activated
from use_cases.record_consent import record_registration_consent
from use_cases.register_account import activate_account
from use_cases.renewal_mails import owe_renewal_activated
from use_cases.send_renewal_notice import announce_if_due


class RegistrationFacts(BaseModel):
    """Where the token of an account may be seen; no id in here is empty."""

    model_config = ConfigDict(frozen=True)

    paypal_order_id: str | None
    payer_id: str | None
    paypal_customer_ids: tuple[str, ...]  # of this account and, PayPal willing, the same of the customer's others


async def read_registration(session: Session, *, account_id: str, payment_id: str) -> RegistrationFacts | None:
    """Return what a look for the token needs to know, unless nobody waits for it any more."""
    account = await session.get_one(tables.PayPalAccount, account_id)
    if account.status is not enums.PayPalAccountStatus.PENDING_APPROVAL:
        return None
    siblings = [each for each in await rows.accounts_of(session, customer_id=account.customer_id) if each != account]
    known = [each.paypal_customer_id for each in [account, *siblings] if each.paypal_customer_id]
    return RegistrationFacts(
        paypal_order_id=await paying_order_id(session, payment_id) or None,
        payer_id=account.payer_id or None,
        paypal_customer_ids=tuple(dict.fromkeys(known)),
    )


async def schedule_registration_look(
    session: Session, *, account_id: str, payment_id: str, looks: int, watch: Watch
) -> None:
    """Owe one more look at an account that PayPal is still saving."""
    await session.later(
        enums.Job.FINISH_REGISTRATION,
        f"registration-{account_id}-{looks + 1}",
        account_id,
        payment_id,
        looks + 1,
        delay=watch.after(looks),
    )


async def finish_registration(
    session: Session,
    *,
    account_id: str,
    payment_id: str,
    vault: Vault | None,
    looks: int,
    watch: Watch,
    now: datetime,
) -> None:
    """Make the account usable once its token is there; after the last look, give it up and tell the customer."""
    account = await session.get_one(tables.PayPalAccount, account_id)
    if account.status is not enums.PayPalAccountStatus.PENDING_APPROVAL:
        return
    payment = await session.get_one(tables.Payment, payment_id)
    customer = await session.get_one(tables.Customer, payment.customer_id)
    waiting = [
        service
        for service in await account_rows.services_on(session, account_id=account.id)
        if service.auto_renewal is enums.AutoRenewalStatus.PENDING
    ]
    if vault is not None and vault.payment_token is not None:
        await take_token(session, account, payment=payment, vault=vault, waiting=waiting, customer=customer, now=now)
    elif looks < watch.registration_looks:
        await schedule_registration_look(
            session, account_id=account_id, payment_id=payment_id, looks=looks, watch=watch
        )
    else:
        await give_up(session, account, payment=payment, waiting=waiting, customer=customer, now=now)


async def take_token(
    session: Session,
    account: tables.PayPalAccount,
    *,
    payment: tables.Payment,
    vault: Vault,
    waiting: Sequence[tables.Service],
    customer: tables.Customer,
    now: datetime,
) -> None:
    """Take the token that has arrived; the renewals that waited for it go on.

    It may be the token of an account registered earlier: the waiting row then gives way to that one.
    """
    token = vault.payment_token or ""
    kept = await rows.account_by_token(session, customer_id=customer.id, payment_token=token) or account
    if kept is not account:
        account.status = enums.PayPalAccountStatus.REMOVED
        payment.account_id = kept.id
    await activate_account(
        session, kept, vault=vault, make_default=payment.new_account_default, customer=customer, now=now
    )
    record_registration_consent(session, customer=customer, account_id=kept.id, payment_id=payment.id, now=now)
    for service in waiting:
        service.auto_renewal, service.renewal_account_id = enums.AutoRenewalStatus.ON, kept.id
        await owe_renewal_activated(
            session, customer=customer, service=service, account=kept, payment_id=payment.id, now=now
        )
        await announce_if_due(session, service, now=now)


async def give_up(
    session: Session,
    account: tables.PayPalAccount,
    *,
    payment: tables.Payment,
    waiting: Sequence[tables.Service],
    customer: tables.Customer,
    now: datetime,
) -> None:
    """PayPal never kept the account: renewal is off, and the customer hears of it."""
    account.status = enums.PayPalAccountStatus.REMOVED
    for service in waiting:
        service.auto_renewal, service.renewal_account_id = enums.AutoRenewalStatus.OFF, None
    if waiting:
        order = await session.get_one(tables.Order, payment.order_id)
        await owe_renewal_not_activated(
            session, customer=customer, order=order, services=waiting, payment_id=payment.id, now=now
        )
