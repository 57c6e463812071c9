"""Switch automatic renewal of one service, now or staged in a payment."""

from dataclasses import dataclass
from datetime import datetime

from models import enums, rows, tables
from models.database import Session
from policies.payment_transitions import SELECTABLE
from policies.price_guard import CURRENCY, HIGHEST, PriceGuard
from policies.renewal_calendar import rome_day
from policies.renewal_eligibility import RenewalFacts, may_switch_on
from policies.renewal_terms import TERMS
from policies.service_calendar import AWAITED, RENEWING
from use_cases.errors import AutoRenewalNotAllowed, InvalidInput, NotFound
from use_cases.order_facts import take_order
from use_cases.payment_states import require_status
from use_cases.plan_anew import plan_anew
from use_cases.record_consent import record_renewal_consent
from use_cases.renewal_mails import owe_renewal_activated, owe_renewal_deactivated
from use_cases.select_account import usable_account
from use_cases.send_renewal_notice import announce_if_due


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalSetting:
    """The service as it is now, the payment when the choice was staged in one, and when it takes effect."""

    service: tables.Service
    payment: tables.Payment | None
    effect: enums.RenewalEffect


async def set_auto_renewal(
    session: Session,
    *,
    customer: tables.Customer,
    service_id: str,
    enabled: bool,
    account_id: str | None,
    payment_id: str | None,
    guard: PriceGuard | None,
    now: datetime,
) -> RenewalSetting:
    """Set the flag "Rinnovo automatico" of a service; setting it to what it is changes nothing.

    ``guard`` bounds what is charged by itself; None leaves it as it is, and a renewal that goes on begins without one.
    Raises ``NotFound``, ``AutoRenewalNotAllowed`` with all reasons, ``AccountNotUsable``, ``PaymentStateConflict``,
    ``InvalidInput`` for an account missing, or given where the payment's own account counts, and for a sum that cannot
    bound anything.
    """
    require_sound(guard, enabled=enabled)
    service = await rows.find_service(session, customer_id=customer.id, service_id=service_id)
    if service is None:
        raise NotFound("input", "serviceId")
    if payment_id is not None:
        if account_id is not None:
            raise InvalidInput("input", "accountId", reason="account_belongs_to_payment")
        return await stage(session, service, payment_id=payment_id, enabled=enabled, guard=guard)
    decision = may_switch_on(await gather_facts(session, service), today=rome_day(now))
    if not TERMS[service.product].offered or (enabled and not decision.allowed):
        raise AutoRenewalNotAllowed(service, decision)
    if enabled:
        return await switch_on(session, service, customer=customer, account_id=account_id, guard=guard, now=now)
    return await switch_off(session, service, customer=customer, now=now)


def require_sound(guard: PriceGuard | None, *, enabled: bool) -> None:
    """Raise ``InvalidInput`` for a maximum that no charge can have, or that would bound nothing here."""
    maximum = guard.maximum if guard else None
    if maximum is None:
        return
    if not enabled:
        raise InvalidInput("input", "maximumPrice", reason="maximum_price_out_of_place")
    if maximum.currency != CURRENCY:
        raise InvalidInput("input", "maximumPrice", "currency", reason="currency_not_used")
    if not 0 < maximum.cents <= HIGHEST.cents:
        raise InvalidInput("input", "maximumPrice", "amount", reason="maximum_price_out_of_range")


async def stage(
    session: Session, service: tables.Service, *, payment_id: str, enabled: bool, guard: PriceGuard | None
) -> RenewalSetting:
    """Keep the choice with the payment: it takes effect only if the payment succeeds."""
    payment = await rows.find_payment(session, customer_id=service.customer_id, payment_id=payment_id)
    if payment is None:
        raise NotFound("input", "paymentId")
    in_hand = await take_order(session, await session.get_one(tables.Order, payment.order_id))
    if service.id not in {paid.id for _, paid in in_hand.lines if paid}:
        raise NotFound("input", "serviceId")
    decision = in_hand.stage_decision(service)
    if not decision.allowed:
        raise AutoRenewalNotAllowed(service, decision)
    require_status(payment, SELECTABLE)
    choice = (await rows.choices_of(session, payment_id=payment.id))[service.id]
    choice.enabled, choice.changed_by_customer = enabled, True
    if guard is not None:
        choice.bounded, choice.maximum_cents = True, guard.maximum_cents
    return RenewalSetting(service=service, payment=payment, effect=enums.RenewalEffect.WHEN_PAYMENT_SUCCEEDS)


async def gather_facts(session: Session, service: tables.Service) -> RenewalFacts:
    """Gather what decides whether renewal may go on, outside a payment."""
    accounts = await rows.accounts_of(session, customer_id=service.customer_id)
    return RenewalFacts(
        product=service.product,
        status=service.status,
        expires_on=service.expires_on,
        has_usable_account=any(each.status is enums.PayPalAccountStatus.ACTIVE for each in accounts),
        renewal_order_open=await rows.renewal_order_open(session, service_id=service.id),
        payment_in_progress=await rows.payment_in_progress(session, service_id=service.id),
        already_on=service.auto_renewal in AWAITED,
    )


async def switch_on(
    session: Session,
    service: tables.Service,
    *,
    customer: tables.Customer,
    account_id: str | None,
    guard: PriceGuard | None,
    now: datetime,
) -> RenewalSetting:
    """Switch renewal on with the account and the guard, unless that is how it is; another guard alone owes no mail."""
    if account_id is None:
        raise InvalidInput("input", "accountId", reason="account_required")
    account = await usable_account(session, customer_id=customer.id, account_id=account_id, path=("input", "accountId"))
    same_account = service.auto_renewal in RENEWING and service.renewal_account_id == account.id
    if not same_account:
        await renew_on(session, service, customer=customer, account=account, guard=guard, now=now)
    elif put_up(service, guard):
        record_renewal_consent(
            session, customer=customer, service=service, granted=True, account_id=account.id, payment_id=None, now=now
        )
    else:
        return RenewalSetting(service=service, payment=None, effect=enums.RenewalEffect.UNCHANGED)
    return RenewalSetting(service=service, payment=None, effect=enums.RenewalEffect.IMMEDIATE)


async def renew_on(
    session: Session,
    service: tables.Service,
    *,
    customer: tables.Customer,
    account: tables.PayPalAccount,
    guard: PriceGuard | None = None,
    now: datetime,
) -> None:
    """Let the service renew itself on this account from now on, whatever it did before: consent, mail, and notice."""
    if service.auto_renewal is enums.AutoRenewalStatus.OFF:
        await plan_anew(session, service, now=now)
    forget_former_guard(service)
    put_up(service, guard)
    if service.auto_renewal is not enums.AutoRenewalStatus.RETRYING:  # the next attempt takes the new account
        service.auto_renewal = enums.AutoRenewalStatus.ON
    service.renewal_account_id = account.id
    service.look_on = rome_day(now)
    account.check_on = min(account.check_on, rome_day(now))  # it may long have been of no use to anybody
    record_renewal_consent(
        session, customer=customer, service=service, granted=True, account_id=account.id, payment_id=None, now=now
    )
    await owe_renewal_activated(session, customer=customer, service=service, account=account, payment_id=None, now=now)
    await announce_if_due(session, service, now=now)


def forget_former_guard(service: tables.Service) -> None:
    """Before renewal goes on: a guard of the time before it was switched off is not put up again by itself."""
    if service.auto_renewal is enums.AutoRenewalStatus.OFF:
        service.renewal_maximum_cents = None


def put_up(service: tables.Service, guard: PriceGuard | None) -> bool:
    """Let the guard bound the charges of the service, if one is given; tell whether that changes anything."""
    before = service.renewal_maximum_cents
    if guard is not None:
        service.renewal_maximum_cents = guard.maximum_cents
    return service.renewal_maximum_cents != before


async def switch_off(
    session: Session, service: tables.Service, *, customer: tables.Customer, now: datetime
) -> RenewalSetting:
    """Switch renewal off, record that the consent was withdrawn, and owe the mail if it was on."""
    if service.auto_renewal is enums.AutoRenewalStatus.OFF:
        return RenewalSetting(service=service, payment=None, effect=enums.RenewalEffect.UNCHANGED)
    former_account_id, was_on = service.renewal_account_id, service.auto_renewal in AWAITED
    service.auto_renewal, service.renewal_account_id = enums.AutoRenewalStatus.OFF, None
    record_renewal_consent(
        session,
        customer=customer,
        service=service,
        granted=False,
        account_id=former_account_id,
        payment_id=None,
        now=now,
    )
    if was_on:
        await owe_renewal_deactivated(
            session, service, customer=customer, account_id=former_account_id, payment_id=None, now=now
        )
    return RenewalSetting(service=service, payment=None, effect=enums.RenewalEffect.IMMEDIATE)
