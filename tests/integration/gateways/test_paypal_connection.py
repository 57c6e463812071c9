"""The client and the simulator over a real socket: what only a network can do wrong."""

import asyncio
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
import uvicorn

from gateways.paypal.breaker import Breaker
from gateways.paypal.client import PayPalClient
from gateways.paypal.errors import PayPalUnavailable
from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings
from tests.integration.gateways.paypal_simulation import NOON, Simulation, simulation


@pytest.fixture
async def paypal(tmp_path: Path) -> AsyncIterator[Simulation]:
    listening = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listening.getsockname()[1]}"
    settings = SimulatorSettings(database=tmp_path / "paypal.db", public_url=url)
    server = uvicorn.Server(uvicorn.Config(create_simulator(settings, lambda: NOON), log_level="warning"))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    client = PayPalClient(
        base_url=url,
        client_id=settings.client_id,
        client_secret=settings.client_secret,
        clock=lambda: NOON,
        breaker=Breaker(rest_seconds=0.2),
        read_timeout_seconds=0.5,
    )
    async with httpx2.AsyncClient(base_url=url) as outside:
        yield simulation(client, outside)
    await client.aclose()
    server.should_exit = True
    await serving


@pytest.mark.parametrize(("fault", "status"), [("down", "APPROVED"), ("lost_answer", "COMPLETED")])
async def test_a_broken_connection_is_settled_by_the_same_call_again(
    paypal: Simulation, fault: str, status: str
) -> None:
    order = await paypal.approved("pays")
    await paypal.fail(fault, "*/capture")
    with pytest.raises(PayPalUnavailable) as unknown:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")
    assert (unknown.value.sent, unknown.value.status) == (True, None)
    assert await paypal.status(order.id) == status

    captured = await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert captured == await paypal.client.get_order(order.id)
    assert captured.status == "COMPLETED"


async def test_a_payer_whose_answer_is_lost_has_paid(paypal: Simulation) -> None:
    order = await paypal.approved("answer-lost")

    with pytest.raises(PayPalUnavailable) as unknown:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    captured = (await paypal.client.get_order(order.id)).capture
    assert unknown.value.sent is True
    assert captured is not None
    assert captured.status == "COMPLETED"


async def test_an_answer_that_takes_too_long_may_have_been_a_payment(paypal: Simulation) -> None:
    order = await paypal.approved("pays")
    await paypal.fail("slow", "*/capture", seconds=1)

    with pytest.raises(PayPalUnavailable) as unknown:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert unknown.value.sent is True


async def test_no_access_token_means_no_payment(paypal: Simulation) -> None:
    order = await paypal.create(paypal.request(vault=True))
    await paypal.approve(order.id, "pays")
    await paypal.fail("unauthorized", "*/capture")
    await paypal.fail("down", "/v1/oauth2/token")

    with pytest.raises(PayPalUnavailable) as failed:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert failed.value.sent is False
    assert await paypal.status(order.id) == "APPROVED"


async def test_after_an_outage_one_of_fifty_calls_finds_out_for_all(paypal: Simulation) -> None:
    order = await paypal.create()
    path = f"/v2/checkout/orders/{order.id}"
    await paypal.fail("html_503", path, times=5)
    await asyncio.gather(*[paypal.client.get_order(order.id) for _ in range(5)], return_exceptions=True)
    await paypal.fail("slow", path, seconds=0.2)
    await asyncio.sleep(0.2)

    met = await asyncio.gather(*[paypal.client.get_order(order.id) for _ in range(50)], return_exceptions=True)
    afterwards = await asyncio.gather(*[paypal.client.get_order(order.id) for _ in range(50)])

    refused = [each for each in met if isinstance(each, PayPalUnavailable)]
    assert [each for each in met if each not in refused] == [order]
    assert {(each.sent, each.retry_after_seconds) for each in refused} == {(False, 1)}
    assert afterwards == [order] * 50
    assert len(await paypal.calls(path)) == 5 + 1 + 50


async def test_nobody_listening_means_nothing_was_sent() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
    client = PayPalClient(base_url=f"http://127.0.0.1:{port}", client_id="c", client_secret="s", clock=lambda: NOON)

    with pytest.raises(PayPalUnavailable) as failed:
        await client.capture_order("5O190127TN364715T", request_id="attempt-1-capture")

    assert failed.value.sent is False
