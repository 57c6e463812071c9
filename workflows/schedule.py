"""What comes up every day: the calendar's round of services and accounts, and the purge of what has run its time."""

from models.enums import Job
from use_cases.check_accounts import owe_account_checks
from use_cases.look_at_services import look_at_services
from use_cases.purge import purge_idempotency_keys, purge_sessions
from workflows.engine import durable, now, runtime, transact


@durable(Job.RUN_CALENDAR)
async def run_calendar(*_: object) -> None:
    """Go through all services and accounts that are due, page by page; interrupted, the round goes on where it stood.

    What the scheduler tells of its own time does not matter: what is due depends on the day of each page.
    """
    place = await transact(look_at_services, after=None, now=now())
    while place is not None:
        place = await transact(look_at_services, after=place, now=now())
    while await transact(owe_account_checks, every=runtime().account_check_every, now=now()):
        pass


@durable(Job.PURGE)
async def purge(*_: object) -> None:
    """Delete what has run its time, page by page; apart from the round, which nothing may hold up."""
    while await transact(purge_sessions, now=now()):
        pass
    while await transact(purge_idempotency_keys, now=now()):
        pass
