"""Find rows that wait for work which nobody does any more, its job having died of a defect, and owe it again.

Each payment has looks of its own and each mail its tries; but a job that dies takes the next one with it.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import BaseModel, ConfigDict

from models import account_rows, enums, waiting_rows
from models.database import Session
from policies.payment_transitions import FINAL
from use_cases.confirm_payment import schedule_look

log = structlog.get_logger(__name__)


class Waiting(BaseModel):
    """A row that waits: the job for it, the beginning of the keys of its jobs, and what its first job was told."""

    model_config = ConfigDict(frozen=True)

    job: enums.Job
    key: str
    arguments: tuple[str | int, ...]


class Trace(BaseModel):
    """What the engine knows of the jobs of a row: whether one is alive, and what the newest was told."""

    model_config = ConfigDict(frozen=True)

    alive: bool
    arguments: tuple[Any, ...] | None


async def owe_overdue_looks(session: Session, *, before: datetime, now: datetime) -> int:
    """Owe each look that is overdue, at a payment or back at an attempt; one that was only late is overtaken by it."""
    attempts = [
        *await waiting_rows.overdue_attempts(session, before=before),
        *await waiting_rows.overdue_looks_back(session, ended=FINAL, before=before),
    ]
    for attempt in attempts:
        await schedule_look(session, attempt, after=timedelta(0), now=now)
        log.warning("sweep.look_overdue", payment_id=attempt.payment_id, attempt_id=attempt.id)
    return len(attempts)


async def find_waiting(session: Session, *, before: datetime) -> list[Waiting]:
    """Return the rows that have waited since before that instant; most of them rightly, with a job on its way."""
    return [
        *(
            Waiting(job=enums.Job.FORGET_ACCOUNT, key=f"forget-{id}", arguments=(id,))
            for id in await account_rows.accounts_to_forget(session)
        ),
        *(
            Waiting(job=enums.Job.SEND_EMAIL, key=f"email-{id}", arguments=(id,))
            for id in await waiting_rows.queued_emails(session, before=before)
        ),
        *(
            Waiting(job=enums.Job.REFUND_PAYMENT, key=f"refund-{id}", arguments=(id,))
            for id in await waiting_rows.open_refunds(session, before=before)
        ),
        *(
            Waiting(job=enums.Job.HANDLE_WEBHOOK, key=f"event-{id}", arguments=(id,))
            for id in await waiting_rows.unhandled_events(session, before=before)
        ),
        *(
            Waiting(
                job=enums.Job.FINISH_REGISTRATION,
                key=f"registration-{account_id}",
                arguments=(account_id, payment_id, 0),
            )
            for account_id, payment_id in await waiting_rows.awaited_registrations(session, before=before)
        ),
    ]


async def owe_again(
    session: Session, *, waiting: Sequence[Waiting], traces: Mapping[str, Trace], before: datetime, turn: str
) -> int:
    """Owe the work of each row that still waits and has no job alive; return how many there were.

    It goes on where its newest job stood. Two sweeps of the same ``turn``, on whatever machines, owe it once.
    """
    still = {each.key for each in await find_waiting(session, before=before)}
    lost = [each for each in waiting if each.key in still and not traces[each.key].alive]
    for each in lost:
        arguments = traces[each.key].arguments or each.arguments
        await session.later(each.job, f"{each.key}-again-{turn}", *arguments)
        log.warning("sweep.job_lost", job=each.job, id=each.arguments[0])
    return len(lost)
