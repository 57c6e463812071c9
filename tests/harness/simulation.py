"""PayPal's simulator inside the test's own process: no sockets, the test's clock, webhooks that the test delivers."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings

URL, WEBHOOK_ID = "http://paypal.test", "HOOK0000000000001"


@dataclass(frozen=True, kw_only=True)
class SignedWebhook:
    """A webhook as PayPal would send it, byte for byte; deliver it as often, as late and in what order you like."""

    event_id: str
    event_type: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, kw_only=True)
class Simulation:
    """A simulator with its control desk; its transport is what a client of PayPal talks through."""

    transport: httpx2.ASGITransport
    http: httpx2.AsyncClient  # the control desk, and a payer's browser

    async def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Use the control desk."""
        answer = (await self.http.request(method, f"/simulator{path}", json=body)).raise_for_status()
        read: dict[str, Any] = answer.json()
        return read

    async def pull(self) -> list[SignedWebhook]:
        """Take the webhooks that are due by now, in the order in which PayPal would send them."""
        pulled = (await self.ask("POST", "/deliveries/pull"))["deliveries"]
        return [
            SignedWebhook(
                event_id=each["event_id"],
                event_type=each["event_type"],
                headers=each["headers"],
                body=each["body"].encode(),
            )
            for each in pulled
        ]

    async def trusted_root(self) -> str:
        """Return the certificate, PEM, that a merchant of this simulator must trust."""
        return (await self.http.get("/simulator/ca.pem")).raise_for_status().text


@asynccontextmanager
async def simulation(clock: Callable[[], datetime], **settings: Any) -> AsyncIterator[Simulation]:
    """Open a simulator that remembers nothing beyond the block; `POST /reset` is cheaper than another one."""
    values = {"public_url": URL, "webhook_url": "http://shop.test/webhooks", "webhook_id": WEBHOOK_ID, **settings}
    app = create_simulator(SimulatorSettings(database=Path(":memory:"), **values), clock, sends_webhooks=False)
    transport = httpx2.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url=URL) as http:
        yield Simulation(transport=transport, http=http)
