"""A renewal will not be charged any more: its order waits for the customer, who is told once, with the reason."""

from datetime import datetime

from models import enums, renewal_rows, tables
from models.database import Session
from models.enums import AutoRenewalStatus, RenewalObstacle, ServiceStatus
from use_cases.open_renewal_order import open_renewal_order
from use_cases.owe_emails import subject_key
from use_cases.record_obstacle import record_obstacle, take_renewal
from use_cases.renewal_mails import about_failure, owe_renewal_failed

UNTOLD = frozenset({RenewalObstacle.ORDER_CANCELED, RenewalObstacle.POSSIBLY_PAID})  # they know, or we do not


async def leave_to_customer(
    session: Session,
    service: tables.Service,
    *,
    obstacle: RenewalObstacle,
    payment: tables.Payment | None = None,
    now: datetime,
) -> None:
    """Plan no more charges at this expiry; renewal stays on with its account, unless that is lost.

    While nobody knows the price there is no order to pay, so the renewal stays due and the obstacle on record.
    """
    renewal = await take_renewal(session, service)
    order = None if obstacle in UNTOLD else await open_renewal_order(session, service, now=now)
    if order is None and obstacle not in UNTOLD and service.status is not ServiceStatus.CANCELED:
        record_obstacle(renewal, RenewalObstacle.PRICE_MISSING, now=now)
        return
    renewal.next_attempt_on = None
    if order is not None and obstacle is not RenewalObstacle.OTHER_ORDER:
        renewal.order_id = order.id
    if service.auto_renewal is AutoRenewalStatus.RETRYING:
        service.auto_renewal = AutoRenewalStatus.ON
    record_obstacle(renewal, obstacle, now=now)
    if obstacle in UNTOLD or await is_told(session, service, order):
        return
    await owe_renewal_failed(session, service, obstacle=obstacle, order=order, payment=payment, now=now)


async def is_told(session: Session, service: tables.Service, order: tables.Order | None) -> bool:
    """Tell whether the customer knows already that this renewal was not charged."""
    key = subject_key(enums.EmailKind.RENEWAL_FAILED, about_failure(service, order))
    return bool(await renewal_rows.known_subjects(session, subject_keys=[key]))
