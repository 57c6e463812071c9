"""What an automatic charge, or the order it should have paid, means for the renewal when it has come to its end."""

from datetime import datetime

import structlog

from models import enums, renewal_rows, tables
from models.database import Session
from models.enums import AutoRenewalStatus, ProviderFailureKind, RenewalObstacle
from policies.renewal_calendar import rome_day
from policies.renewal_charges import OUR_FAULT, AfterFailure, after_failed_charge, next_retry
from policies.service_calendar import RENEWING
from use_cases.leave_to_customer import leave_to_customer
from use_cases.pause_renewals import pause_renewals
from use_cases.record_obstacle import record_obstacle

log = structlog.get_logger(__name__)


def is_automatic(payment: tables.Payment) -> bool:
    """Tell whether the payment is the charge of a renewal, its payer absent."""
    return payment.initiator is enums.PaymentInitiator.AUTOMATIC_RENEWAL


async def suspect_ourselves(
    session: Session, payment: tables.Payment, *, kind: ProviderFailureKind, issue: str | None, now: datetime
) -> None:
    """Pause all renewals when PayPal refuses a charge for a reason that is not the payer's: the next would fail too."""
    if is_automatic(payment) and kind in OUR_FAULT:
        await pause_renewals(session, reason=issue or kind.value, payment_id=payment.id, now=now)


async def renewal_charge_failed(session: Session, payment: tables.Payment, *, issue: str | None, now: datetime) -> None:
    """Plan the next attempt, or leave the renewal to the customer; whoever has found the failure reports it here."""
    renewal = await renewal_rows.renewal_of_order(session, order_id=payment.order_id)
    if renewal is None or renewal.payment_id != payment.id:
        return
    service = await renewal_rows.take_service(session, service_id=renewal.service_id)
    if service.expires_on != renewal.expiry:
        return  # renewed in another way meanwhile
    today = rome_day(now)
    refusals = await renewal_rows.refused_charges(session, order_id=payment.order_id)
    retry_on = next_retry(expires_on=renewal.expiry, today=today)
    code = payment.failure_code or enums.PaymentFailureCode.OTHER
    wanted = service.auto_renewal is not AutoRenewalStatus.OFF  # else whoever switched it off counts on this charge
    match after_failed_charge(code=code, issue=issue, refusals=refusals, wanted=wanted):
        case AfterFailure.NOTHING:
            renewal.next_attempt_on = None
        case AfterFailure.TRY_ANEW:
            renewal.next_attempt_on = service.look_on = today
            record_obstacle(renewal, RenewalObstacle.CHARGE_FAULTY, now=now)
        case AfterFailure.RETRY if retry_on is not None and service.auto_renewal in RENEWING:
            renewal.next_attempt_on = service.look_on = retry_on
            service.auto_renewal = AutoRenewalStatus.RETRYING
            log.info("renewal.retry_planned", service_id=service.id, payment_id=payment.id, retry_on=retry_on)
        case AfterFailure.INVESTIGATE:
            await leave_to_customer(session, service, obstacle=RenewalObstacle.POSSIBLY_PAID, payment=payment, now=now)
        case _:
            await leave_to_customer(session, service, obstacle=RenewalObstacle.CHARGE_FAILED, payment=payment, now=now)


async def give_up_renewal(session: Session, order: tables.Order, *, now: datetime) -> None:
    """Take note that the customer has given up the order of a renewal: nothing more is charged at this expiry."""
    renewal = await close_renewal(session, order)
    if renewal is not None:
        record_obstacle(renewal, RenewalObstacle.ORDER_CANCELED, now=now)


async def close_renewal(session: Session, order: tables.Order) -> tables.Renewal | None:
    """Plan no more charges for the expiry that the order renews, and return its renewal, if there is one."""
    if order.renews_service_id is None or order.renews_expiry is None:
        return None
    service = await renewal_rows.take_service(session, service_id=order.renews_service_id)
    if service.auto_renewal is AutoRenewalStatus.RETRYING:
        service.auto_renewal = AutoRenewalStatus.ON
    renewal = await renewal_rows.find_renewal(session, service_id=service.id, expiry=order.renews_expiry)
    if renewal is not None:
        renewal.next_attempt_on, renewal.obstacle, renewal.obstacle_at = None, None, None
    return renewal
