"""Wait a little for a registration that a worker is busy with, so that most answers already carry what was asked."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

from models import tables
from models.database import Database
from use_cases.errors import ProviderUnavailable

PAUSE_SECONDS = 0.05  # a customer waits


async def await_setup(
    database: Database, *, setup_id: str, done: Callable[[tables.AccountSetup], bool], patience: timedelta
) -> tables.AccountSetup:
    """Return the registration as soon as it is done, or as it is when patience ends."""
    setup = await look(database, setup_id)
    with suppress(TimeoutError):
        async with asyncio.timeout(patience.total_seconds()):
            while not done(setup):
                await asyncio.sleep(PAUSE_SECONDS)
                setup = await look(database, setup_id)
    return setup


async def await_page(
    database: Database, *, setup_id: str, patience: timedelta, retry_after_seconds: Callable[[], int]
) -> tables.AccountSetup:
    """Return a registration with PayPal's page. Raises ``ProviderUnavailable`` when PayPal has not told us of one."""
    setup = await await_setup(database, setup_id=setup_id, done=has_page, patience=patience)
    if setup.ended_at is not None or setup.approve_url is None:
        raise ProviderUnavailable(None, retry_after_seconds=retry_after_seconds())
    return setup


def has_page(setup: tables.AccountSetup) -> bool:
    """Tell whether PayPal's page is known, or never will be."""
    return setup.approve_url is not None or setup.ended_at is not None


def has_ended(setup: tables.AccountSetup) -> bool:
    """Tell whether the registration has ended."""
    return setup.ended_at is not None


async def look(database: Database, setup_id: str) -> tables.AccountSetup:
    async with database.read() as session:
        return await session.get_one(tables.AccountSetup, setup_id)
