"""Two readings of one specification meet: the product's check of a delivery, and the simulator's signature."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
from cryptography.x509.verification import Store

from gateways.paypal.certificates import Certificates, read_certificates
from gateways.paypal.client import PayPalClient
from gateways.paypal.webhooks import Delivery, DeliveryRefused, OfflineProof, OnlineProof, WebhookVerifier
from tests.harness.simulation import URL, WEBHOOK_ID, SignedWebhook, Simulation, simulation
from tests.integration.simulator.driving import Clock
from tests.integration.simulator.test_in_process import client_of, paid


@asynccontextmanager
async def verifier(
    simulator: Simulation, client: PayPalClient, clock: Clock, kind: str
) -> AsyncIterator[WebhookVerifier]:
    roots = Store(read_certificates((await simulator.trusted_root()).encode()))
    certificates = Certificates(base_url=URL, roots=roots, clock=clock, transport=simulator.transport)
    proof = OfflineProof(certificates=certificates) if kind == "offline" else OnlineProof(paypal=client)
    checking = WebhookVerifier(webhook_id=WEBHOOK_ID, certificates=certificates, proof=proof, clock=clock)
    yield checking
    await checking.aclose()


def delivered(webhook: SignedWebhook, *, body: bytes | None = None) -> Delivery:
    return Delivery.read(httpx2.Headers(webhook.headers), webhook.body if body is None else body)


@pytest.mark.parametrize("kind", ["offline", "online"])
async def test_product_believes_the_simulators_deliveries_byte_for_byte(clock: Clock, kind: str) -> None:
    async with simulation(clock) as simulator, client_of(simulator, clock) as client:
        await paid(simulator, client)
        webhooks = await simulator.pull()
        async with verifier(simulator, client, clock, kind) as checking:
            for webhook in webhooks:
                await checking.verify(delivered(webhook))
                encoded_again = json.dumps(json.loads(webhook.body)).encode()
                with pytest.raises(DeliveryRefused):
                    await checking.verify(delivered(webhook, body=encoded_again))

    assert len(webhooks) == 2


@pytest.mark.parametrize("kind", ["offline", "online"])
@pytest.mark.parametrize("certificate", ["expired", "foreign", "misnamed"])
async def test_product_refuses_what_a_bad_certificate_proves(clock: Clock, kind: str, certificate: str) -> None:
    async with simulation(clock) as simulator, client_of(simulator, clock) as client:
        await simulator.ask("POST", "/webhooks/mode", {"certificate": certificate})
        await paid(simulator, client)
        webhook, *_ = await simulator.pull()
        async with verifier(simulator, client, clock, kind) as checking:
            with pytest.raises(DeliveryRefused):
                await checking.verify(delivered(webhook))
