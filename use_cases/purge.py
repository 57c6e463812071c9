"""Delete what has run its time: sessions that are over, idempotency keys that nobody will repeat any more."""

from datetime import datetime, timedelta

import structlog

from models import outdated_rows
from models.database import Session
from policies.payment_transitions import FINAL

log = structlog.get_logger(__name__)

PAGE_SIZE = 500  # rows per transaction: SQLite's writers wait for it
SESSIONS_KEPT = timedelta(days=1)  # past their end, so that none goes while a request holds it
KEYS_KEPT = timedelta(days=1)  # promised to clients; the key of an open payment is kept as long as it is open


async def purge_sessions(session: Session, *, now: datetime) -> bool:
    """Delete the next sessions that ended long enough ago; tell whether there may be more."""
    count = await outdated_rows.delete_sessions_over(session, before=now - SESSIONS_KEPT, limit=PAGE_SIZE)
    log.info("sessions.purged", count=count)
    return count == PAGE_SIZE


async def purge_idempotency_keys(session: Session, *, now: datetime) -> bool:
    """Delete the next keys that were used long enough ago, their payments ended; tell whether there may be more."""
    count = await outdated_rows.delete_keys_used(session, before=now - KEYS_KEPT, ended=FINAL, limit=PAGE_SIZE)
    log.info("idempotency_keys.purged", count=count)
    return count == PAGE_SIZE
