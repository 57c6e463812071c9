"""Stop the charges of all renewals, and let them go on again: the pause is a row that an operator can see."""

from datetime import datetime

import structlog

from models import ids, renewal_rows, tables
from models.database import Session
from models.enums import Job, PausedWork

log = structlog.get_logger(__name__)


async def pause_renewals(session: Session, *, reason: str, payment_id: str | None = None, now: datetime) -> bool:
    """Pause all renewal charges and raise the alarm; tell whether they were not paused before."""
    if await renewal_rows.pause_in_force(session, work=PausedWork.RENEWAL_CHARGES):
        return False
    session.add(
        tables.Pause(
            id=ids.new_id(ids.PAUSE, now=now),
            work=PausedWork.RENEWAL_CHARGES,
            reason=reason,
            payment_id=payment_id,
            paused_at=now,
        )
    )
    await session.flush()
    log.error("renewals.paused", reason=reason, payment_id=payment_id)
    return True


async def resume_renewals(session: Session, *, lifted_by: str, now: datetime) -> bool:
    """Lift the pause and let the calendar make up for what was due; tell whether there was one."""
    pause = await renewal_rows.pause_in_force(session, work=PausedWork.RENEWAL_CHARGES)
    if pause is None:
        return False
    pause.lifted_at, pause.lifted_by = now, lifted_by
    await session.later(Job.RUN_CALENDAR, f"calendar-after-{pause.id}")
    log.info("renewals.resumed", pause_id=pause.id, lifted_by=lifted_by)
    return True
