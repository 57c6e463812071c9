"""PayPal as the client meets it: the simulator in the same process."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from gateways.paypal.client import PayPalClient
from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings
from tests.integration.gateways.paypal_simulation import NOON, URL, Simulation, simulation


@pytest.fixture
async def paypal(tmp_path: Path) -> AsyncIterator[Simulation]:
    settings = SimulatorSettings(database=tmp_path / "paypal.db", public_url=URL)
    transport = httpx2.ASGITransport(app=create_simulator(settings, lambda: NOON))
    client = PayPalClient(
        base_url=URL,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        clock=lambda: NOON,
        transport=transport,
    )
    async with httpx2.AsyncClient(base_url=URL, transport=transport) as outside:
        yield simulation(client, outside)
    await client.aclose()
