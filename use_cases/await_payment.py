"""Wait a little for a payment that a worker is busy with, so that most answers already carry the outcome."""

import asyncio
from collections.abc import Callable, Set
from datetime import timedelta

from models import enums, tables
from models.database import Database
from use_cases.errors import ProviderUnavailable

PAUSE_SECONDS = 0.05


async def await_payment(
    database: Database, *, payment_id: str, busy: Set[enums.PaymentStatus], patience: timedelta
) -> tables.Payment:
    """Return the payment as soon as it leaves the ``busy`` states, or as it is when patience ends."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + patience.total_seconds()
    while True:
        async with database.read() as session:
            payment = await session.get_one(tables.Payment, payment_id)
        if payment.status not in busy or loop.time() >= deadline:
            return payment
        await asyncio.sleep(PAUSE_SECONDS)


async def await_confirmed(
    database: Database, *, payment_id: str, patience: timedelta, retry_after_seconds: Callable[[], int]
) -> tables.Payment:
    """Return a confirmed payment with its outcome, if it came in time.

    Raises ``ProviderUnavailable`` when PayPal could not be reached and the payment waits for "Procedi" again; its
    ``retry_after_seconds`` is the advice of that instant.
    """
    busy = frozenset({enums.PaymentStatus.PROCESSING})
    payment = await await_payment(database, payment_id=payment_id, busy=busy, patience=patience)
    if payment.status is enums.PaymentStatus.AWAITING_CONFIRMATION:
        raise ProviderUnavailable(payment, retry_after_seconds=retry_after_seconds())
    return payment
