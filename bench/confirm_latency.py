"""What the durable engine adds to a confirmation: `python -m bench.confirm_latency`.

Pays orders one after the other with a registered account, over HTTP, against the simulator, and compares the time of
`confirmPayment` with the time that PayPal's two answers alone take on the same machine in the same run.
"""

import asyncio
import statistics
import tempfile
import time
from pathlib import Path

import httpx2

from app.migrate import migrate
from tests.factories import make_account, make_customer, make_order, make_service
from tests.harness.mailbox import Mailbox
from tests.harness.pages import FRONT_END
from tests.harness.product import Client, Product, running_product
from tests.harness.simulator import Simulator, running_simulator

PAYMENTS = 40


async def time_confirmations(product: Product) -> list[float]:
    """Return the seconds of each confirmPayment."""
    customer = make_customer()
    service, account = make_service(customer), make_account(customer)
    await product.save(customer, service)
    await product.register(account)
    client = await product.signed_in(customer)
    return [await time_confirmation(product, client, customer, account) for _ in range(PAYMENTS)]


async def time_confirmation(product: Product, client: Client, customer: object, account: object) -> float:
    order, *lines = make_order(customer)  # type: ignore[arg-type]
    await product.save(order, *lines)
    start = {"order": {"id": order.id}, "returnUrl": FRONT_END}
    payment_id = (await client.run("start_payment", input=start))["payment"]["id"]
    await client.run("select_registered_account", paymentId=payment_id, accountId=account.id)  # type: ignore[attr-defined]
    amount = {"amount": "36.60", "currency": "EUR"}
    started = time.perf_counter()
    confirmed = await client.run("confirm_payment", input={"paymentId": payment_id, "expectedAmount": amount})
    seconds = time.perf_counter() - started
    assert confirmed["payment"]["status"] == "SUCCEEDED", confirmed
    return seconds


async def time_paypal(simulator: Simulator) -> list[float]:
    """Return the seconds of one read of the simulator, twice, as many times."""
    seconds = []
    async with httpx2.AsyncClient(base_url=simulator.url) as http:
        for _ in range(PAYMENTS):
            started = time.perf_counter()
            await http.get("/simulator/health")
            await http.get("/simulator/health")
            seconds.append(time.perf_counter() - started)
    return seconds


async def measure(directory: Path, simulator: Simulator, mailbox: Mailbox) -> None:
    async with running_product(
        directory, template=directory / "empty.db", simulator=simulator, mailbox=mailbox
    ) as product:
        confirmations, paypal = await time_confirmations(product), await time_paypal(simulator)
    median, twice = statistics.median(confirmations), statistics.median(paypal)
    print(f"confirmPayment: median {median * 1000:.0f} ms, worst {max(confirmations) * 1000:.0f} ms, n = {PAYMENTS}")
    print(f"two bare answers of the simulator: median {twice * 1000:.0f} ms")
    print(f"ratio {median / twice:.1f}")


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        directory, mailbox = Path(name), Mailbox()
        migrate(f"sqlite+aiosqlite:///{directory}/empty.db")
        mailbox.start()
        with running_simulator(directory / "simulator.db") as simulator:
            asyncio.run(measure(directory, simulator, mailbox))
        mailbox.stop()


if __name__ == "__main__":
    main()
