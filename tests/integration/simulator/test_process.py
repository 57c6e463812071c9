"""The real process: what survives a restart, and connections that really break."""

from pathlib import Path

import httpx2
import pytest

from tests.harness.simulator import running_simulator
from tests.integration.simulator.driving import Merchant, capture_of, stored


async def test_state_survives_a_restart(tmp_path: Path) -> None:
    database = tmp_path / "var" / "simulator.db"
    with running_simulator(database) as simulator:
        async with httpx2.AsyncClient(base_url=simulator.url) as http:
            merchant = Merchant(http)
            await merchant.sign_in()
            token = await merchant.register("pays@payer.example")
            created = await merchant.create(key="create")
            captured = await merchant.capture(created.json()["id"], stored(token), key="capture")
            await merchant.control("/clock", {"advance_seconds": 60})

    with running_simulator(database) as simulator:
        async with httpx2.AsyncClient(base_url=simulator.url) as http:
            again = Merchant(http)
            again.bearer = merchant.bearer
            replayed = await again.capture(created.json()["id"], stored(token), key="capture")
            account = await again.get(f"/v3/vault/payment-tokens/{token}")
            calls = await again.calls()

    assert (replayed.status_code, replayed.json()) == (200, captured.json())
    assert account.status_code == 200
    assert [call["path"] for call in calls][:2] == ["/v1/oauth2/token", "/v2/checkout/orders"]


async def test_broken_connection_carries_no_answer(tmp_path: Path) -> None:
    with running_simulator(tmp_path / "simulator.db") as simulator:
        async with httpx2.AsyncClient(base_url=simulator.url) as http:
            merchant = Merchant(http)
            await merchant.sign_in()
            token = await merchant.register("answer-lost@payer.example")
            await merchant.control("/faults", {"kind": "down"})

            with pytest.raises(httpx2.RemoteProtocolError):
                await merchant.create(key="create")
            created = await merchant.create(key="create")
            with pytest.raises(httpx2.RemoteProtocolError):
                await merchant.capture(created.json()["id"], stored(token), key="capture")
            replayed = await merchant.capture(created.json()["id"], stored(token), key="capture")
            calls = await merchant.calls()

    assert created.status_code == 201
    assert (replayed.status_code, capture_of(replayed)["status"]) == (200, "COMPLETED")
    assert [call["status"] for call in calls] == [200, None, 201, None, 200]
