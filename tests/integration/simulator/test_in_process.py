"""The simulator in the test's own process: the real client pays, the test delivers the webhooks."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from gateways.paypal.client import PayPalClient
from gateways.paypal.messages import OrderRequest, PayPalOrder
from models.money import Money
from tests.harness.simulation import URL, Simulation, simulation
from tests.integration.simulator.driving import START, Clock


@asynccontextmanager
async def client_of(simulator: Simulation, clock: Clock) -> AsyncIterator[PayPalClient]:
    client = PayPalClient(
        base_url=URL,
        client_id="saldo-demo",
        client_secret="saldo-demo-secret",
        clock=clock,
        transport=simulator.transport,
    )
    yield client
    await client.aclose()


async def paid(simulator: Simulation, client: PayPalClient) -> PayPalOrder:
    request = OrderRequest(
        reference="attempt-1", invoice_id="2026/1", description="Ordine", amount=Money(1230, "EUR"), approval=None
    )
    order = await client.create_order(request, request_id="create")
    await simulator.ask("POST", f"/orders/{order.id}/approve", {"payer_email": "pays@payer.example"})
    return await client.capture_order(order.id, request_id="capture")


async def test_payment_and_its_webhooks_without_a_socket(clock: Clock) -> None:
    async with simulation(clock) as simulator, client_of(simulator, clock) as client:
        captured = await paid(simulator, client)
        webhooks = await simulator.pull()

    assert captured.status == "COMPLETED"
    assert [webhook.event_type for webhook in webhooks] == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"]
    assert len({webhook.event_id for webhook in webhooks}) == 2
    assert f"{START:%Y-%m-%dT%H:%M:%SZ}" == webhooks[0].headers["PAYPAL-TRANSMISSION-TIME"]


async def test_simulators_do_not_know_each_other(clock: Clock) -> None:
    async with simulation(clock) as simulator, simulation(clock) as other:
        await simulator.ask("POST", "/payers", {"email": "new@payer.example"})
        payers = await other.ask("GET", "/payers")

        assert await simulator.trusted_root() != await other.trusted_root()

    assert "new@payer.example" not in str(payers)
