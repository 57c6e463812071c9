"""Claim the charge of a renewal that is due: the last moment at which everything is looked at again."""

from datetime import date, datetime, timedelta

import structlog

from models import enums, ids, renewal_rows, rows, tables
from models.database import Session
from models.enums import EventSource, PausedWork, PaymentInitiator, PaymentStatus, RenewalObstacle
from models.money import Money
from policies.order_payability import may_pay
from policies.payment_transitions import SELECTABLE
from policies.price_guard import is_above
from policies.renewal_calendar import rome_day
from policies.renewal_charges import ChargeFacts, Told, obstacle_to_charge
from policies.renewal_terms import TERMS
from policies.service_calendar import AWAITED
from use_cases.cancel_payment import give_up_payment
from use_cases.confirm_payment import begin_attempt
from use_cases.leave_to_customer import leave_to_customer
from use_cases.open_renewal_order import open_renewal_order
from use_cases.order_facts import take_order
from use_cases.record_obstacle import record_obstacle, take_renewal

log = structlog.get_logger(__name__)


async def claim_renewal_charge(
    session: Session, *, service_id: str, expiry: date, watch_after: timedelta, now: datetime
) -> str | None:
    """Open the payment that charges the renewal and return its attempt; None when nothing is to be charged now.

    The flag and the account are those of the service at this moment, whatever was announced before. A second claim
    finds the payment open, or the renewal settled, and changes nothing.
    """
    service = await renewal_rows.take_service(session, service_id=service_id)
    offered = TERMS[service.product].offered
    if service.expires_on != expiry or service.auto_renewal not in AWAITED or not offered:
        log.info("renewal.not_wanted", service_id=service_id, expiry=expiry, auto_renewal=service.auto_renewal)
        return None
    today = rome_day(now)
    renewal = await take_renewal(session, service)
    if renewal.next_attempt_on is None or renewal.next_attempt_on > today:
        return None
    if await rows.payment_in_progress(session, service_id=service_id):  # whatever comes of it decides
        log.info("renewal.being_paid", service_id=service_id, expiry=expiry)
        return None
    obstacle = obstacle_to_charge(await gather_facts(session, service, expiry=expiry), today=today)
    if obstacle is None and await renewal_rows.pause_in_force(session, work=PausedWork.RENEWAL_CHARGES):
        if today < expiry:
            service.look_on = today  # still due when the pause is lifted
            return None
        obstacle = RenewalObstacle.CHARGE_FAULTY  # the last day: nobody can charge it any more
    match obstacle:
        case None:
            return await open_charge(session, service, renewal, watch_after=watch_after, now=now)
        case RenewalObstacle.SERVICE_NOT_ACTIVE:
            record_obstacle(renewal, obstacle, now=now)  # it may be active again tomorrow
        case _:
            await leave_to_customer(session, service, obstacle=obstacle, now=now)
    return None


async def gather_facts(session: Session, service: tables.Service, *, expiry: date) -> ChargeFacts:
    """Gather what decides whether the renewal may be charged."""
    account_id = service.renewal_account_id
    account = await session.get_one(tables.PayPalAccount, account_id, with_for_update=True) if account_id else None
    sent = await renewal_rows.find_notice(session, service_id=service.id, expiry=expiry)
    order = await renewal_rows.order_renewing(session, service_id=service.id, expiry=expiry)
    announced = Money(sent.notice.gross_cents, sent.notice.currency) if sent else None
    return ChargeFacts(
        status=service.status,
        expires_on=expiry,
        account=account.status if account else None,
        told=Told(sent_at=sent.sent_at, stoppable_until=sent.notice.stoppable_until) if sent else None,
        above_maximum=announced is not None and is_above(announced, maximum_cents=service.renewal_maximum_cents),
        order=order.origin if order else None,
    )


async def open_charge(
    session: Session, service: tables.Service, renewal: tables.Renewal, *, watch_after: timedelta, now: datetime
) -> str | None:
    """Open the order, if it is not there yet, and a payment of it on the service's account, claimed at once."""
    order = await open_renewal_order(session, service, now=now)
    if order is None or not await is_free(session, order, now=now):
        log.info("renewal.order_busy", service_id=service.id, order_id=order.id if order else None)
        return None
    payment = tables.Payment(
        id=ids.new_id(ids.PAYMENT, now=now),
        order_id=order.id,
        customer_id=order.customer_id,
        status=PaymentStatus.AWAITING_CONFIRMATION,
        method=enums.PaymentMethod.PAYPAL,
        initiator=PaymentInitiator.AUTOMATIC_RENEWAL,
        amount_cents=order.gross_cents,
        currency=order.currency,
        account_id=service.renewal_account_id,
        created_at=now,
    )
    session.add(payment)
    await session.flush()
    await rows.append_event(session, payment, source=EventSource.SCHEDULER, now=now, note=None)
    renewal.order_id, renewal.payment_id = order.id, payment.id
    renewal.obstacle, renewal.obstacle_at = None, None
    attempt = await begin_attempt(session, payment, source=EventSource.SCHEDULER, watch_after=watch_after, now=now)
    log.info("renewal.charging", service_id=service.id, order_id=order.id, payment_id=payment.id)
    return attempt.id


async def is_free(session: Session, order: tables.Order, *, now: datetime) -> bool:
    """Tell whether the order can be charged now: the customer may just be paying it by hand.

    A payment that the customer began on an earlier day and never confirmed does not hold it any longer.
    """
    in_hand = await take_order(session, order)
    begun = in_hand.open_payment
    if begun is None:
        return may_pay(in_hand.facts).allowed
    if begun.status not in SELECTABLE or rome_day(begun.created_at) >= rome_day(now):
        return False
    note = "The renewal was due to be charged."
    await give_up_payment(session, begun, source=EventSource.SCHEDULER, now=now, note=note)
    return may_pay((await take_order(session, order)).facts).allowed
