"""How long the event loop is kept from everybody else: `python -m bench.loop_lag`, and `… --frozen` for comparison.

Pays orders eight at a time with a registered account while a task notes by how much its short sleeps overrun. Python's
collector, when it walks through everything that was imported, is the longest of these pauses; frozen, what was there
at the start is left out of its walks.
"""

import asyncio
import gc
import statistics
import sys
import tempfile
import time
from pathlib import Path

from app.migrate import migrate
from app.server import settle_down
from tests.factories import make_account, make_customer, make_order, make_service
from tests.harness.journeys import pay_with_registered
from tests.harness.mailbox import Mailbox
from tests.harness.product import Product, running_product
from tests.harness.simulator import Simulator, running_simulator

PAYMENTS, AT_ONCE = 160, 8
NAP_SECONDS = 0.002


class Lag:
    """Notes how late a short sleep ends, and how long the collector has been at work."""

    def __init__(self) -> None:
        self.late: list[float] = []
        self.collecting: list[float] = []
        self.began = 0.0

    def note(self, phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            self.began = time.perf_counter()
        else:
            self.collecting.append(time.perf_counter() - self.began)

    async def watch(self) -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(NAP_SECONDS)
            self.late.append(time.perf_counter() - before - NAP_SECONDS)


async def pay_all(product: Product) -> None:
    customer = make_customer()
    account = make_account(customer)
    await product.save(customer, make_service(customer))
    await product.register(account)
    client, turns = await product.signed_in(customer), asyncio.Semaphore(AT_ONCE)

    async def pay_one() -> None:
        order, *lines = make_order(customer)
        async with turns:
            await product.save(order, *lines)
            await pay_with_registered(client, order, account)

    await asyncio.gather(*(pay_one() for _ in range(PAYMENTS)))


async def measure(directory: Path, simulator: Simulator, mailbox: Mailbox, *, frozen: bool) -> Lag:
    lag = Lag()
    async with running_product(
        directory, template=directory / "empty.db", simulator=simulator, mailbox=mailbox
    ) as product:
        await pay_all(product)  # whatever is imported late, is imported now
        if frozen:
            settle_down()
        gc.callbacks.append(lag.note)
        watching = asyncio.create_task(lag.watch())
        await pay_all(product)
        watching.cancel()
        gc.callbacks.remove(lag.note)
    return lag


def main() -> None:
    frozen = "--frozen" in sys.argv[1:]
    with tempfile.TemporaryDirectory() as name:
        directory, mailbox = Path(name), Mailbox()
        migrate(f"sqlite+aiosqlite:///{directory}/empty.db")
        mailbox.start()
        with running_simulator(directory / "simulator.db") as simulator:
            lag = asyncio.run(measure(directory, simulator, mailbox, frozen=frozen))
        mailbox.stop()
    late = sorted(lag.late)
    print(f"{'frozen' if frozen else 'as it comes'}: {len(late)} naps, {PAYMENTS} payments")
    print(
        f"late by: median {statistics.median(late) * 1000:.1f} ms, p99 {late[len(late) * 99 // 100] * 1000:.1f} ms, "
        f"worst {late[-1] * 1000:.0f} ms"
    )
    longest = sorted(lag.collecting, reverse=True)[:3]
    print(f"collections: {len(lag.collecting)}, longest {', '.join(f'{each * 1000:.0f} ms' for each in longest)}")


if __name__ == "__main__":
    main()
