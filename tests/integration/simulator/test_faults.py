"""Failures on demand."""

import json
import time

import httpx2
import pytest

from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings
from tests.integration.simulator.driving import BASE, Clock, Merchant, stored


@pytest.mark.parametrize(
    ("kind", "status", "content_type"),
    [
        ("down", 503, "text/html"),
        ("html_503", 503, "text/html"),
        ("html_200", 200, "text/html"),
        ("unauthorized", 401, "application/json"),
        ("rate_limited", 429, "application/json"),
        ("internal_error", 500, "application/json"),
        ("refused", 422, "application/json"),
    ],
)
async def test_fault_replaces_the_answer_and_nothing_is_done(
    merchant: Merchant, kind: str, status: int, content_type: str
) -> None:
    await merchant.control("/faults", {"kind": kind, "method": "POST", "path_prefix": "/v2/checkout/orders"})

    spoilt = await merchant.create(key="k")
    proper = await merchant.create(key="k")

    assert (spoilt.status_code, spoilt.headers["content-type"].split(";")[0]) == (status, content_type)
    assert proper.status_code == 201


@pytest.mark.parametrize("kind", ["html_503", "internal_error", "empty", "down"])
async def test_fault_after_processing_hides_what_was_done(merchant: Merchant, kind: str) -> None:
    await merchant.control("/faults", {"kind": kind, "pattern": "/v2/checkout/*", "after_processing": True})

    await merchant.create(key="k")
    replay = await merchant.create(key="k")

    assert (replay.status_code, replay.json()["status"]) == (200, "CREATED")


async def test_lost_answer_hides_a_capture(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    order_id = (await merchant.create()).json()["id"]
    await merchant.control("/faults", {"kind": "lost_answer", "pattern": "*/capture"})

    lost = await merchant.capture(order_id, stored(token))

    assert lost.status_code == 503
    assert (await merchant.get(f"/v2/checkout/orders/{order_id}")).json()["status"] == "COMPLETED"


async def test_retry_after_is_what_was_asked(merchant: Merchant) -> None:
    await merchant.control("/faults", {"kind": "rate_limited", "seconds": 7})

    answer = await merchant.create()

    assert (answer.status_code, answer.headers["retry-after"]) == (429, "7")


async def test_slow_answer_is_proper_but_late(merchant: Merchant) -> None:
    await merchant.control("/faults", {"kind": "slow", "seconds": 0.2})
    began = time.monotonic()

    answer = await merchant.create()

    assert answer.status_code == 201
    assert time.monotonic() - began >= 0.2


async def test_fault_lasts_as_many_times_as_asked(merchant: Merchant) -> None:
    await merchant.control("/faults", {"kind": "internal_error", "times": 2})

    statuses = [(await merchant.create()).status_code for _ in range(3)]

    assert statuses == [500, 500, 201]


async def test_fault_concerns_only_what_it_names(merchant: Merchant) -> None:
    await merchant.control("/faults", {"kind": "internal_error", "method": "GET", "pattern": "/v2/checkout/orders/*"})

    created = await merchant.create()
    read = await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")

    assert (created.status_code, read.status_code) == (201, 500)


async def test_token_request_can_fail_too(merchant: Merchant) -> None:
    await merchant.control("/faults", {"kind": "html_503", "path_prefix": "/v1/oauth2"})

    answer = await merchant.http.post("/v1/oauth2/token")

    assert answer.status_code == 503


async def test_faults_can_be_cleared(merchant: Merchant) -> None:
    await merchant.control("/faults", {"kind": "down", "times": 100})

    await merchant.http.delete("/simulator/faults")

    assert (await merchant.create()).status_code == 201


async def test_truncated_answer_is_not_json(settings: SimulatorSettings, clock: Clock) -> None:
    transport = httpx2.ASGITransport(app=create_simulator(settings, clock))  # no check against the specification
    async with httpx2.AsyncClient(transport=transport, base_url=BASE) as http:
        merchant = Merchant(http)
        await merchant.sign_in()
        await merchant.control("/faults", {"kind": "truncated"})

        truncated = await merchant.create(key="k")
        replay = await merchant.create(key="k")

    assert (truncated.status_code, truncated.headers["content-type"]) == (201, "application/json")
    with pytest.raises(json.JSONDecodeError):
        truncated.json()
    assert replay.json()["status"] == "CREATED"
