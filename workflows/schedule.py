"""The calendar's daily round: the services for which something is due, then the accounts to be looked after."""

from models.enums import Job
from use_cases.check_accounts import owe_account_checks
from use_cases.look_at_services import look_at_services
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
