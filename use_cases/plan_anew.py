"""Plan the charge of a renewal again that was given up at this expiry."""

from datetime import datetime

import structlog

from models import renewal_rows, tables
from models.database import Session
from policies.renewal_calendar import rome_day
from use_cases.renewal_mails import calendar_of

log = structlog.get_logger(__name__)


async def plan_anew(session: Session, service: tables.Service, *, now: datetime) -> None:
    """Plan the charge of a renewal that is about to go on, though it was given up at this expiry, while there is time.

    Whoever switches it on wants it; the order that was given up stays so, and the charge opens another.
    """
    if service.expires_on is None:
        return
    days = calendar_of(service)
    renewal = await renewal_rows.find_renewal(session, service_id=service.id, expiry=days.expires_on)
    if renewal is None or renewal.next_attempt_on is not None or rome_day(now) >= days.charge_on:
        return
    renewal.next_attempt_on, renewal.order_id, renewal.payment_id = days.charge_on, None, None
    renewal.obstacle, renewal.obstacle_at = None, None
    log.info("renewal.planned_anew", service_id=service.id, expiry=days.expires_on, charge_on=days.charge_on)
