"""What one look of the live feed takes, by the number of those who watch: `python -m bench.watchers`."""

import asyncio
import statistics
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from models import enums, tables
from models.database import Database
from tests.databases import fresh_database
from tests.factories import NOW, make_customer, make_event, make_order, make_payment, store
from use_cases.payment_feed import FeedLimits, PaymentFeed, Proof, Seat, Watch
from use_cases.sign_in import SessionLimits, digest

WATCHERS = (1, 100, 1000)
LOOKS = 20
LONG = timedelta(hours=1)


async def furnish(database: Database) -> list[Watch]:
    """Store a payment with four steps for each of many customers, and return who watches it in a session."""
    watches, rows = [], []
    for number in range(max(WATCHERS)):
        customer = make_customer()
        order, *lines = make_order(customer)
        payment = make_payment(order, status=enums.PaymentStatus.AWAITING_APPROVAL)
        opened = tables.Session(
            token_hash=digest(str(number)),
            customer_id=customer.id,
            created_at=NOW,
            last_seen_at=NOW,
            expires_at=NOW + LONG,
        )
        seat = Seat(customer_id=customer.id, proof=Proof(token=str(number)))
        watches.append(Watch(payment.id, seat=seat, pause=LONG))
        rows += [
            customer,
            order,
            *lines,
            payment,
            *(make_event(payment, position=step + 1) for step in range(4)),
            opened,
        ]
    await store(database, *rows)
    return watches


async def measure(directory: Path) -> None:
    async with fresh_database(directory) as database:
        everybody = await furnish(database)
        sessions, limits = SessionLimits(idle=LONG, absolute=LONG), FeedLimits(pause=LONG, per_customer=1)
        for count in WATCHERS:
            feed = PaymentFeed(database, clock=lambda: NOW, sessions=sessions, limits=limits)
            feed.watches.update(everybody[:count])
            await feed.look()  # the first one also loads what everybody is to be shown
            seconds = []
            for _ in range(LOOKS):
                began = time.perf_counter()
                await feed.look()
                seconds.append(time.perf_counter() - began)
            print(f"{count} watching: median {statistics.median(seconds) * 1000:.1f} ms")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        asyncio.run(measure(Path(name)))
