"""Wait a little for a payment that a worker is busy with, so that most answers already carry the outcome."""

import asyncio
from collections.abc import Callable, Set
from contextlib import suppress
from datetime import timedelta

from models import enums, tables
from use_cases.errors import ProviderUnavailable
from use_cases.payment_feed import PaymentFeed

PAUSE = timedelta(milliseconds=50)  # a customer waits; one statement serves all who do


async def await_payment(
    feed: PaymentFeed, *, payment_id: str, busy: Set[enums.PaymentStatus], patience: timedelta
) -> tables.Payment:
    """Return the payment as soon as it leaves the ``busy`` states, or as it is when patience ends."""
    if patience:
        with suppress(TimeoutError):
            async with asyncio.timeout(patience.total_seconds()), feed.watch(payment_id, pause=PAUSE) as watch:
                async for payment in watch:
                    if payment.status not in busy:
                        return payment
    async with feed.database.read() as session:
        return await session.get_one(tables.Payment, payment_id)


async def await_confirmed(
    feed: PaymentFeed, *, payment_id: str, patience: timedelta, retry_after_seconds: Callable[[], int]
) -> tables.Payment:
    """Return a confirmed payment with its outcome, if it came in time.

    Raises ``ProviderUnavailable`` when PayPal could not be reached and the payment waits for "Procedi" again; its
    ``retry_after_seconds`` is the advice of that instant.
    """
    busy = frozenset({enums.PaymentStatus.PROCESSING})
    payment = await await_payment(feed, payment_id=payment_id, busy=busy, patience=patience)
    if payment.status is enums.PaymentStatus.AWAITING_CONFIRMATION:
        raise ProviderUnavailable(payment, retry_after_seconds=retry_after_seconds())
    return payment
