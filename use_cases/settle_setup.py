"""Apply what PayPal has said about a registration without a purchase: its page, its account, or that there is none."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PaymentToken, Vault
from gateways.paypal.setup_tokens import SetupToken
from models import account_rows, rows, setup_rows, tables
from models.database import Session
from models.enums import PayPalAccountStatus, SetupOutcome
from policies.masking import mask_email
from policies.renewal_calendar import rome_day
from policies.renewal_eligibility import may_switch_on
from policies.service_calendar import RENEWING
from policies.watching import Watch
from use_cases.account_mails import owe_account_registered
from use_cases.account_setups import end_setup, schedule_setup_look
from use_cases.forget_account import owe_forgetting
from use_cases.record_consent import record_registration_consent
from use_cases.register_account import activate_account
from use_cases.set_auto_renewal import gather_facts, renew_on

log = structlog.get_logger(__name__)


async def record_setup_token(
    session: Session,
    *,
    setup_id: str,
    opened: SetupToken | None,
    failure: PayPalFailure | None,
    watch: Watch,
    now: datetime,
) -> None:
    """Keep the page on which the owner approves; without one the registration has failed, and may be begun anew."""
    setup = await setup_rows.take_setup(session, setup_id=setup_id)
    if setup.ended_at is not None or setup.setup_token is not None:
        return
    if opened is None or opened.approve_url is None:
        log.warning("account_setup.not_opened", setup_id=setup.id, kind=failure.kind if failure else None)
        await end_setup(session, setup, outcome=SetupOutcome.FAILED, now=now)
        return
    setup.setup_token, setup.approve_url = opened.id, opened.approve_url
    setup.paypal_customer_id = opened.customer_id
    await schedule_setup_look(session, setup, after=watch.after(0), now=now)


async def await_setup_longer(session: Session, *, setup_id: str, renew_key: bool, watch: Watch, now: datetime) -> None:
    """Owe the next look while the owner may still approve; after that the registration is over.

    ``renew_key``: PayPal has answered for good under the present request id, and would only repeat itself.
    """
    setup = await setup_rows.take_setup(session, setup_id=setup_id)
    if setup.ended_at is not None:
        return
    if now >= setup.approval_expires_at:
        await end_setup(session, setup, outcome=SetupOutcome.EXPIRED, now=now)
        return
    if renew_key:
        setup.keep_request_id = f"{setup.id}-keep-{setup.looks + 1}"
    await schedule_setup_look(session, setup, after=watch.after(setup.looks), now=now)


async def give_up_setup(session: Session, *, setup_id: str, outcome: SetupOutcome, now: datetime) -> None:
    """End the registration, because PayPal says that nothing will come of it."""
    setup = await setup_rows.take_setup(session, setup_id=setup_id)
    await end_setup(session, setup, outcome=outcome, now=now)


async def complete_setup(session: Session, *, setup_id: str, token: PaymentToken, now: datetime) -> None:
    """Register the account that PayPal has kept, switch on the renewals that were wished for, and tell the customer.

    Whoever drives it comes here; the second one changes nothing. PayPal hands out one account per payer: one that is
    registered already is taken up again, not doubled.
    """
    setup = await setup_rows.take_setup(session, setup_id=setup_id)
    if setup.ended_at is not None:
        await disown(session, setup, token=token, now=now)
        return
    customer = await session.get_one(tables.Customer, setup.customer_id)
    account = await registered_account(session, setup, token=token)
    setup.account_id, setup.ended_at, setup.outcome = account.id, now, SetupOutcome.REGISTERED
    await activate_account(
        session,
        account,
        vault=Vault(
            status="VAULTED", payment_token=token.id, customer_id=token.customer_id or setup.paypal_customer_id
        ),
        make_default=setup.make_default,
        customer=customer,
        now=now,
    )
    record_registration_consent(session, customer=customer, account_id=account.id, payment_id=None, now=now)
    renewed, left_out = await switch_wished_on(session, setup, customer=customer, account=account, now=now)
    await owe_account_registered(
        session, customer=customer, account=account, setup_id=setup.id, renewed=renewed, left_out=left_out, now=now
    )
    log.info("paypal_account.registered", account_id=account.id, setup_id=setup.id, renewals=len(renewed))


async def registered_account(
    session: Session, setup: tables.AccountSetup, *, token: PaymentToken
) -> tables.PayPalAccount:
    """Return the account to be registered: the one that waits, or the same PayPal account as it is known already."""
    waiting = await account_rows.take_account(session, account_id=setup.account_id)
    known = await rows.account_by_token(session, customer_id=setup.customer_id, payment_token=token.id)
    if known is None and token.payer_id:
        known = await setup_rows.account_of_payer(session, customer_id=setup.customer_id, payer_id=token.payer_id)
    account = known or waiting
    if account is not waiting:
        waiting.status = PayPalAccountStatus.REMOVED
        account.nickname = waiting.nickname or account.nickname
    account.payer_id = token.payer_id or account.payer_id
    account.masked_email = mask_email(token.email) if token.email else account.masked_email
    await session.flush()
    return account


async def switch_wished_on(
    session: Session,
    setup: tables.AccountSetup,
    *,
    customer: tables.Customer,
    account: tables.PayPalAccount,
    now: datetime,
) -> tuple[Sequence[tables.Service], Sequence[tables.Service]]:
    """Switch on what may be at this moment; return the services that renew on the account, and the others."""
    renewed: list[tables.Service] = []
    left_out: list[tables.Service] = []
    for service in await setup_rows.wished_services(session, setup_id=setup.id):
        as_wished = service.auto_renewal in RENEWING and service.renewal_account_id == account.id
        decision = may_switch_on(await gather_facts(session, service), today=rome_day(now))
        if decision.allowed and not as_wished:
            await renew_on(session, service, customer=customer, account=account, now=now)
        (renewed if decision.allowed or as_wished else left_out).append(service)
    return renewed, left_out


async def disown(session: Session, setup: tables.AccountSetup, *, token: PaymentToken, now: datetime) -> None:
    """Let PayPal forget an account that it has kept for a registration which had been given up by then."""
    if await rows.account_by_token(session, customer_id=setup.customer_id, payment_token=token.id):
        return
    waiting = await account_rows.take_account(session, account_id=setup.account_id)
    if waiting.status is PayPalAccountStatus.REMOVED and waiting.payment_token is None:
        waiting.payment_token = token.id
        await session.flush()
        await owe_forgetting(session, waiting, now=now)
        log.warning("account_setup.disowned", setup_id=setup.id, account_id=waiting.id)
