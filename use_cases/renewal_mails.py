"""Owe the mails of a renewal: switched on or off, the warning, the notice, and the news that it was not charged."""

from dataclasses import dataclass
from datetime import date, datetime

from gateways.mail.messages import ExpiryWarning, RenewalActivated, RenewalDeactivated, RenewalFailed, RenewalNotice
from models import enums, renewal_rows, rows, tables
from models.database import Session
from models.money import Money
from policies.prices import TaxedSum
from policies.product_names import PRODUCT_NAMES
from policies.renewal_calendar import RenewalSchedule, rome_day, schedule, start_of_rome_day
from policies.renewal_terms import TERMS
from policies.service_calendar import RENEWING, last_day
from use_cases.owe_emails import owe_email


def about_expiry(service: tables.Service) -> str:
    """Return what the mails of one expiry are about: ``srv_…:2026-06-30``."""
    return f"{service.id}:{service.expires_on}"


def about_switch(service: tables.Service, payment_id: str | None, *, now: datetime) -> str:
    """Return what the mail about switching on or off is about: the payment that did it, or the instant."""
    return f"{service.id}:{payment_id or now.isoformat()}"


def about_failure(service: tables.Service, order: tables.Order | None) -> str:
    """Return what the news of a failure is about: one that is given up and begun anew may fail again."""
    return f"{about_expiry(service)}:{order.id}" if order else about_expiry(service)


def calendar_of(service: tables.Service) -> RenewalSchedule:
    """Return the days of the renewal at the present expiry. Raises ``ValueError`` for a service without one."""
    if service.expires_on is None:
        raise ValueError(f"{service.id} has no expiry")
    return schedule(product=service.product, expires_on=service.expires_on, term_years=service.term_years)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlannedCharge:
    """The next charge before the present expiry; ``stoppable_until`` is absent once nothing stops it any more."""

    charge_on: date
    stoppable_until: datetime | None
    retry: bool


async def planned_charge(session: Session, service: tables.Service, *, now: datetime) -> PlannedCharge | None:
    """Return the charge that renewal, when it is on, makes next; None when nothing is tried before this expiry."""
    if service.expires_on is None or rome_day(now) > service.expires_on:
        return None
    planned_on = calendar_of(service).charge_on
    renewal = await renewal_rows.find_renewal(session, service_id=service.id, expiry=service.expires_on)
    next_on = renewal.next_attempt_on if renewal else planned_on
    if next_on is None:
        return None
    stoppable_until = start_of_rome_day(next_on)
    return PlannedCharge(
        charge_on=max(next_on, rome_day(now)),
        stoppable_until=stoppable_until if now < stoppable_until else None,
        retry=service.auto_renewal is enums.AutoRenewalStatus.RETRYING,
    )


async def owe_renewal_activated(
    session: Session,
    *,
    customer: tables.Customer,
    service: tables.Service,
    account: tables.PayPalAccount,
    payment_id: str | None,
    now: datetime,
) -> None:
    """Owe "Attivazione rinnovo automatico per il servizio …", one per service and activation."""
    planned = await planned_charge(session, service, now=now)
    facts = RenewalActivated(
        holder=customer.display_name,
        service_label=service.label,
        product_name=PRODUCT_NAMES[service.product],
        expires_on=service.expires_on,
        charge_on=planned.charge_on if planned else None,
        stoppable_until=planned.stoppable_until if planned else None,
        term_years=service.term_years,
        account=account.masked_email,
        consumer=customer.kind is enums.CustomerKind.CONSUMER,
        retry=planned is not None and planned.retry,
    )
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.RENEWAL_ACTIVATED,
        about=about_switch(service, payment_id, now=now),
        facts=facts,
        payment_id=payment_id,
        now=now,
    )


async def owe_expiry_warning(session: Session, service: tables.Service, *, now: datetime) -> None:
    """Owe the first warning that a service expires, and whether it renews itself."""
    assert service.expires_on is not None, "only what expires is warned of"
    customer = await session.get_one(tables.Customer, service.customer_id)
    account_id = service.renewal_account_id if service.auto_renewal in RENEWING else None
    account = await session.get_one(tables.PayPalAccount, account_id) if account_id else None
    facts = ExpiryWarning(
        holder=customer.display_name,
        service_label=service.label,
        product_name=PRODUCT_NAMES[service.product],
        expires_on=service.expires_on,
        renewable_until=last_day(service.product, service.expires_on),
        charge_on=calendar_of(service).charge_on if account and TERMS[service.product].offered else None,
        account=account.masked_email if account else None,
    )
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.EXPIRY_WARNING,
        about=about_expiry(service),
        facts=facts,
        payment_id=None,
        now=now,
    )


async def owe_renewal_notice(
    session: Session, service: tables.Service, *, account: tables.PayPalAccount, price: TaxedSum, now: datetime
) -> tables.Email:
    """Owe the notice that the renewal will be charged, how much, and until when the customer can stop it."""
    customer = await session.get_one(tables.Customer, service.customer_id)
    days = calendar_of(service)
    facts = RenewalNotice(
        holder=customer.display_name,
        service_label=service.label,
        product_name=PRODUCT_NAMES[service.product],
        expires_on=days.expires_on,
        charge_on=days.charge_on,
        stoppable_until=days.stoppable_until,
        vat=price.vat,
        vat_rate=str(price.vat_percent),
        gross=price.gross,
        term_years=days.term_years,
        new_expiry=days.new_expiry,
        account=account.masked_email,
        consumer=customer.kind is enums.CustomerKind.CONSUMER,
    )
    return await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.RENEWAL_NOTICE,
        about=about_expiry(service),
        facts=facts,
        payment_id=None,
        now=now,
    )


async def owe_renewal_failed(
    session: Session,
    service: tables.Service,
    *,
    obstacle: enums.RenewalObstacle,
    order: tables.Order | None,
    payment: tables.Payment | None,
    now: datetime,
) -> None:
    """Owe the news that the renewal was not charged and will not be, with the reason and what can be done."""
    days = calendar_of(service)
    customer = await session.get_one(tables.Customer, service.customer_id)
    account_id, maximum = service.renewal_account_id, service.renewal_maximum_cents
    account_id = account_id or (payment.account_id if payment else None)
    account = await session.get_one(tables.PayPalAccount, account_id) if account_id else None
    facts = RenewalFailed(
        holder=customer.display_name,
        service_label=service.label,
        product_name=PRODUCT_NAMES[service.product],
        expires_on=days.expires_on,
        renewable_until=days.grace_ends_on,
        obstacle=obstacle,
        failure=payment.failure_code if payment else None,
        account=account.masked_email if account else None,
        account_lost=is_lost(account, payment),
        order_number=order.number if order else None,
        gross=Money(order.gross_cents, order.currency) if order else None,
        maximum=Money(maximum) if maximum and obstacle is enums.RenewalObstacle.PRICE_ABOVE_MAXIMUM else None,
        switched_off=service.auto_renewal is enums.AutoRenewalStatus.OFF,
    )
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.RENEWAL_FAILED,
        about=about_failure(service, order),
        facts=facts,
        payment_id=payment.id if payment else None,
        now=now,
    )


async def owe_renewal_deactivated(
    session: Session,
    service: tables.Service,
    *,
    customer: tables.Customer,
    account_id: str | None,
    payment_id: str | None,
    now: datetime,
) -> None:
    """Owe the news that renewal was switched off, by itself or with a payment; ``account_id`` is what it charged."""
    account = await session.get_one(tables.PayPalAccount, account_id) if account_id else None
    facts = RenewalDeactivated(
        holder=customer.display_name,
        service_label=service.label,
        product_name=PRODUCT_NAMES[service.product],
        expires_on=service.expires_on,
        account=account.masked_email if account else None,
        under_way=await rows.payment_in_progress(session, service_id=service.id),
    )
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.RENEWAL_DEACTIVATED,
        about=about_switch(service, payment_id, now=now),
        facts=facts,
        payment_id=payment_id,
        now=now,
    )


def is_lost(account: tables.PayPalAccount | None, payment: tables.Payment | None) -> bool:
    """Tell whether the account can no longer be charged; the failure of its last charge may be the first to say so."""
    withdrawn = payment is not None and payment.failure_code is enums.PaymentFailureCode.CONSENT_REVOKED
    return withdrawn or account is None or account.status is not enums.PayPalAccountStatus.ACTIVE
