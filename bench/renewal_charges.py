"""How many renewals one process charges in a second, by how fast it may begin them and how often it looks for them."""

import asyncio
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

from sqlalchemy import text

from app.settings import Settings
from bench.renewal_books import MORNING, Size, fill
from models import ids, tables
from models.enums import Job
from tests.harness.mailbox import Mailbox
from tests.harness.product import Product, running_product
from tests.harness.simulator import Simulator
from workflows import engine, queues

LOOK_SECONDS = 0.5
UNLIMITED = 1000  # charges per second
CHARGES = text(
    "SELECT count(*), min(started_at_epoch_ms), max(completed_at) FROM workflow_status "
    "WHERE name = 'CHARGE_RENEWAL' AND status IN ('SUCCESS', 'ERROR')"
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Pace:
    """How fast charges may be begun, and how often the queue is looked into."""

    per_second: int
    polling_seconds: float


PACES = (
    Pace(
        per_second=Settings.model_fields["renewal_charges_per_second"].default,
        polling_seconds=queues.POLLING_SECONDS[queues.RENEWALS],
    ),
    Pace(per_second=UNLIMITED, polling_seconds=queues.POLLING_SECONDS[queues.RENEWALS]),
    Pace(per_second=UNLIMITED, polling_seconds=0.1),
)


def measure_charges(directory: Path, template: Path, simulator: Simulator, *, count: int) -> None:
    print("limit/s  polled every  charges  charges/s  CPU ms per charge", flush=True)
    for pace in PACES:
        mailbox = Mailbox()
        simulator.reset()
        mailbox.start()
        polling = {**queues.POLLING_SECONDS, queues.RENEWALS: pace.polling_seconds}
        with tempfile.TemporaryDirectory(dir=directory) as name, patch.object(engine, "POLLING_SECONDS", polling):
            fill(Path(shutil.copy(template, Path(name) / "saldo.db")), Size(services=count, due=count))
            asyncio.run(run(Path(name), simulator, mailbox, pace, count=count))
        mailbox.stop()


async def run(directory: Path, simulator: Simulator, mailbox: Mailbox, pace: Pace, *, count: int) -> None:
    async with running_product(
        directory,
        template=directory / "saldo.db",
        simulator=simulator,
        mailbox=mailbox,
        renewal_charges_per_second=pace.per_second,
    ) as product:
        await charge_all(product, pace, count=count)


async def charge_all(product: Product, pace: Pace, *, count: int) -> None:
    """Make the round of the day, and wait until every charge has ended and every mail is out."""
    product.clock.now = MORNING
    await introduce(product)
    async with product.app_database.write() as session:
        await session.later(Job.RUN_CALENDAR, ids.new_id("round", now=MORNING))
    used, done = time.process_time(), 0
    while done < count:
        await asyncio.sleep(LOOK_SECONDS)
        async with product.database.read() as session:
            done, began, ended = (await session.execute(CHARGES)).one()
    used = time.process_time() - used
    print(
        f"{pace.per_second:7}  {pace.polling_seconds:10.2f} s  {count:7}  "
        f"{count / (ended - began) * 1000:9.1f}  {used / count * 1000:17.0f}",
        flush=True,
    )
    assert {payment.status for payment in await product.rows(tables.Payment)} == {"SUCCEEDED"}, "see the log"
    await product.until(product.nothing_owed)


async def introduce(product: Product) -> None:
    """Let PayPal know the accounts, and that their owners pay."""
    for account in await product.rows(tables.PayPalAccount):
        await asyncio.to_thread(
            product.simulator.store_token,
            account.payment_token,
            payer_email=f"pays+{account.id}@payer.example",
            merchant_customer_id=account.customer_id,
        )
