"""Apply a success: order, account, renewal, expiry and the mails owed become effective together."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from gateways.paypal.messages import Capture, PayPalOrder
from models import enums, rows, tables
from models.database import Session
from policies.masking import mask_email
from policies.renewal_choices import Registration, RenewalState, after_payment
from policies.service_calendar import AWAITED
from policies.watching import Watch
from use_cases.extend_services import extend_services
from use_cases.finish_registration import schedule_registration_look
from use_cases.order_facts import OrderInHand, take_order
from use_cases.owe_emails import owe_payment_confirmation, owe_renewal_not_activated
from use_cases.payment_states import move_payment
from use_cases.record_consent import record_renewal_consent
from use_cases.register_account import register_account
from use_cases.renewal_mails import owe_renewal_activated, owe_renewal_deactivated
from use_cases.send_renewal_notice import announce_if_due
from use_cases.set_auto_renewal import forget_former_guard
from use_cases.settle_renewal import close_renewal

log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True, slots=True)
class Payer:
    """Who has paid, and whether the account that paid can be charged again."""

    payment: tables.Payment
    customer: tables.Customer
    account: tables.PayPalAccount | None
    registration: Registration


async def complete_payment(
    session: Session,
    *,
    payment: tables.Payment,
    paypal: PayPalOrder,
    capture: Capture,
    source: enums.EventSource,
    watch: Watch,
    now: datetime,
) -> None:
    """Record the money that PayPal has taken and everything that follows from it, in one transaction."""
    customer = await session.get_one(tables.Customer, payment.customer_id)
    in_hand = await take_order(session, await session.get_one(tables.Order, payment.order_id))
    account, registration = await paying_account(session, payment=payment, customer=customer, paypal=paypal, now=now)
    await move_payment(
        session,
        payment,
        to=enums.PaymentStatus.SUCCEEDED,
        source=source,
        now=now,
        capture_id=capture.id,
        account_id=account.id if account else None,
        payer_email=account.masked_email if account else mask_email((paypal.payer and paypal.payer.email) or ""),
        payer_id=account.payer_id if account else paypal.payer.payer_id if paypal.payer else None,
    )
    order = in_hand.order
    order.status, order.paid_at = enums.OrderStatus.PAID, now
    extend_services(order, in_hand.lines, now=now)
    await close_renewal(session, order)
    lines = [line for line, _ in in_hand.lines]
    await owe_payment_confirmation(session, customer=customer, order=order, lines=lines, payment=payment, now=now)
    payer = Payer(payment=payment, customer=customer, account=account, registration=registration)
    await apply_choices(session, in_hand, payer=payer, now=now)
    if account and registration is Registration.EXPECTED:
        await schedule_registration_look(session, account_id=account.id, payment_id=payment.id, looks=0, watch=watch)
    log.info("payment.succeeded", payment_id=payment.id, order_id=order.id, source=source)


async def paying_account(
    session: Session, *, payment: tables.Payment, customer: tables.Customer, paypal: PayPalOrder, now: datetime
) -> tuple[tables.PayPalAccount | None, Registration]:
    """Return the account that paid and whether PayPal keeps it for us."""
    if payment.registers_account:
        account, registration = await register_account(
            session, payment=payment, customer=customer, paypal=paypal, now=now
        )
    else:
        account = await session.get(tables.PayPalAccount, payment.account_id) if payment.account_id else None
        # lost since it was chosen, it cannot be charged again
        usable = account is not None and account.status is enums.PayPalAccountStatus.ACTIVE
        registration = Registration.REGISTERED if usable else Registration.REFUSED
    if account is not None:
        account.last_charged_at = now
        await session.flush()
    return account, registration


async def apply_choices(session: Session, in_hand: OrderInHand, *, payer: Payer, now: datetime) -> None:
    """Switch renewal of each service as the customer chose, record the consents, and tell the customer."""
    customer, payment = payer.customer, payer.payment
    choices = await rows.choices_of(session, payment_id=payment.id)
    disappointed = []
    for service in in_hand.renewable_services:
        choice = choices.get(service.id)
        before = state_of(service)
        switch_renewal(service, choice, payer=payer, system_renewal=in_hand.system_renewal)
        if choice is None or not in_hand.stage_decision(service).allowed:
            continue
        record_renewal_consent(
            session,
            customer=customer,
            service=service,
            granted=choice.enabled,
            account_id=service.renewal_account_id if choice.enabled else before.account_id,
            payment_id=payment.id,
            now=now,
        )
        if state_of(service) != before:
            await tell_of_switch(session, service, before=before, choice=choice, payer=payer, now=now)
        if choice.enabled and payer.registration is Registration.REFUSED:
            disappointed.append(service)
    if disappointed:
        await owe_renewal_not_activated(
            session, customer=customer, order=in_hand.order, services=disappointed, payment_id=payment.id, now=now
        )


def switch_renewal(
    service: tables.Service, choice: tables.RenewalChoice | None, *, payer: Payer, system_renewal: bool
) -> None:
    """Set the renewal of a paid service and its account."""
    after = after_payment(
        product=service.product,
        choice=choice.enabled if choice else None,
        current=state_of(service),
        chosen_account_id=payer.account.id if payer.account else None,
        registration=payer.registration,
        system_renewal=system_renewal,
    )
    forget_former_guard(service)
    if choice is not None and choice.bounded and choice.enabled and not system_renewal:
        service.renewal_maximum_cents = choice.maximum_cents
    service.auto_renewal, service.renewal_account_id = after.status, after.account_id


def state_of(service: tables.Service) -> RenewalState:
    """Return the renewal of the service as it is."""
    return RenewalState(status=service.auto_renewal, account_id=service.renewal_account_id)


async def tell_of_switch(
    session: Session,
    service: tables.Service,
    *,
    before: RenewalState,
    choice: tables.RenewalChoice,
    payer: Payer,
    now: datetime,
) -> None:
    """Tell the customer that the payment has switched renewal on, or off; what PayPal has yet to keep is told later."""
    customer, payment_id = payer.customer, payer.payment.id
    if not choice.enabled and before.status in AWAITED:
        account_id = before.account_id
        await owe_renewal_deactivated(
            session, service, customer=customer, account_id=account_id, payment_id=payment_id, now=now
        )
    if payer.account and service.auto_renewal is enums.AutoRenewalStatus.ON:
        await owe_renewal_activated(
            session, customer=customer, service=service, account=payer.account, payment_id=payment_id, now=now
        )
        await announce_if_due(session, service, now=now)
