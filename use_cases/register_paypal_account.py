"""Register a PayPal account without a purchase: store what is wished, and owe the conversation with PayPal."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime, timedelta

from models import enums, ids, rows, setup_rows, tables
from models.database import Session
from policies.registered_accounts import may_begin
from policies.renewal_calendar import rome_day
from policies.renewal_eligibility import may_switch_on
from use_cases.account_setups import end_setup, schedule_setup_look
from use_cases.errors import AutoRenewalNotAllowed, InvalidInput, NotFound
from use_cases.register_account import add_pending_account
from use_cases.select_account import NewAccount, checked_nickname, require_room
from use_cases.set_auto_renewal import gather_facts
from use_cases.start_payment import require_allowed

SETUP_LIFE = timedelta(days=3)  # of a setup token: https://developer.paypal.com/docs/api/payment-tokens/v3/
A_DAY = timedelta(days=1)
NEARLY_OVER = timedelta(hours=1)  # too little for somebody who is only about to begin


@dataclass(frozen=True, kw_only=True, slots=True)
class AccountWish:
    """What a customer asks for; ``renewals`` are services that shall renew on the account."""

    account: NewAccount
    return_url: str
    renewals: tuple[str, ...] = ()

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of all of it."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


async def register_paypal_account(
    session: Session,
    *,
    customer: tables.Customer,
    wish: AccountWish,
    allowed_origins: Collection[str],
    watch_after: timedelta,
    now: datetime,
) -> tables.AccountSetup:
    """Begin a registration, or hand back the one under way when the same is asked again; another wish replaces it.

    Raises ``InvalidInput`` for a return address outside the allow-list, a nickname too long, an account too many or too
    many wishes in a day, ``NotFound`` and ``AutoRenewalNotAllowed`` for a service that shall renew on it.
    """
    require_allowed(wish.return_url, allowed_origins)
    nickname = checked_nickname(wish.account, "input", "account", "nickname")
    await session.get_one(tables.Customer, customer.id, with_for_update=True)  # of two clicks, one waits for the other
    services = await renewable(session, customer=customer, service_ids=wish.renewals, today=rome_day(now))
    begun = await setup_rows.open_setup(session, customer_id=customer.id)
    if begun is not None:
        if begun.wish_hash == wish.fingerprint and now < begun.approval_expires_at - NEARLY_OVER:
            return begun
        await end_setup(session, begun, outcome=enums.SetupOutcome.REPLACED, now=now)
    lately = await setup_rows.setups_begun(session, customer_id=customer.id, since=now - A_DAY)
    if not may_begin(begun_within_a_day=lately):
        raise InvalidInput("input", "account", reason="too_many_registrations")
    await require_room(session, "input", "account", customer_id=customer.id)
    return await begin_setup(
        session, customer, wish=wish, nickname=nickname, services=services, watch_after=watch_after, now=now
    )


async def renewable(
    session: Session, *, customer: tables.Customer, service_ids: Sequence[str], today: date
) -> Sequence[tables.Service]:
    """Return the services, each of which could renew on the account if it were there. Raises the refusal of one."""
    services = []
    for service_id in dict.fromkeys(service_ids):
        service = await rows.find_service(session, customer_id=customer.id, service_id=service_id)
        if service is None:
            raise NotFound("input", "enableRenewalFor")
        services.append(service)
    for service in services:
        facts = replace(await gather_facts(session, service), has_usable_account=True)
        decision = may_switch_on(facts, today=today)
        if not decision.allowed:
            raise AutoRenewalNotAllowed(service, decision)
    return services


async def begin_setup(
    session: Session,
    customer: tables.Customer,
    *,
    wish: AccountWish,
    nickname: str | None,
    services: Sequence[tables.Service],
    watch_after: timedelta,
    now: datetime,
) -> tables.AccountSetup:
    """Insert the account that waits for its owner's approval, and owe its registration."""
    account = add_pending_account(session, customer_id=customer.id, nickname=nickname, now=now)
    await session.flush()
    setup_id = ids.new_id(ids.SETUP, now=now)
    setup = tables.AccountSetup(
        id=setup_id,
        customer_id=customer.id,
        account_id=account.id,
        wish_hash=wish.fingerprint,
        make_default=wish.account.make_default,
        return_url=wish.return_url,
        create_request_id=f"{setup_id}-create",
        keep_request_id=f"{setup_id}-keep-1",
        return_key=ids.new_secret(),
        approval_expires_at=now + SETUP_LIFE,
        created_at=now,
    )
    session.add(setup)
    await session.flush()
    session.add_all(tables.SetupRenewal(setup_id=setup_id, service_id=service.id) for service in services)
    await session.later(enums.Job.REGISTER_ACCOUNT, f"setup-{setup_id}", setup_id)
    await schedule_setup_look(session, setup, after=watch_after, now=now)
    return setup
