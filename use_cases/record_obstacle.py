"""Keep why a renewal that was due has not been charged, where an operator sees it."""

from datetime import datetime

import structlog

from models import enums, renewal_rows, tables
from models.database import Session
from use_cases.renewal_mails import calendar_of

log = structlog.get_logger(__name__)


async def take_renewal(session: Session, service: tables.Service) -> tables.Renewal:
    """Return the renewal of the service at its present expiry; one not met before begins with the charge planned."""
    expiry = calendar_of(service).expires_on
    renewal = await renewal_rows.find_renewal(session, service_id=service.id, expiry=expiry)
    if renewal is None:
        renewal = begin_renewal(session, service)
        await session.flush()
    return renewal


def begin_renewal(session: Session, service: tables.Service) -> tables.Renewal:
    """Return a new row for the renewal of the service at its present expiry, its charge planned."""
    days = calendar_of(service)
    renewal = tables.Renewal(service_id=service.id, expiry=days.expires_on, next_attempt_on=days.charge_on)
    session.add(renewal)
    return renewal


def record_obstacle(renewal: tables.Renewal, obstacle: enums.RenewalObstacle, *, now: datetime) -> None:
    """Record why the renewal is not charged; what is known already keeps its first instant."""
    log.warning(
        "renewal.not_charged",
        service_id=renewal.service_id,
        expiry=renewal.expiry,
        obstacle=obstacle,
        payment_id=renewal.payment_id,
    )
    if renewal.obstacle is not obstacle:
        renewal.obstacle, renewal.obstacle_at = obstacle, now
