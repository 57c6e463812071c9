"""How webhooks reach the merchant: soon, again and again, at least once."""

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path

import httpx2
import pytest

from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings
from tests.harness.simulator import running_simulator
from tests.integration.simulator.driving import (
    BASE,
    HOOK,
    Clock,
    Json,
    Merchant,
    Payer,
    order_body,
    stored,
    vault_of,
    wallet,
)
from tests.integration.simulator.listening import PATIENCE_SECONDS, Listener, listener, until
from tests.integration.simulator.signatures import chain_of, is_signed_with

PAUSE = 60.0  # the first one, by the simulator's clock
DAY = 24 * 3600.0


@pytest.fixture
async def shop() -> AsyncIterator[Listener]:
    async with listener() as listening:
        yield listening


@pytest.fixture
async def http(clock: Clock, shop: Listener) -> AsyncIterator[httpx2.AsyncClient]:
    """The simulator with its courier at work."""
    settings = SimulatorSettings(database=Path(":memory:"), public_url=BASE, webhook_url=shop.url, webhook_id=HOOK)
    app = create_simulator(settings, clock)
    transport = httpx2.ASGITransport(app=app)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


async def charge(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    await merchant.create(order_body(source=stored(token)))


async def deliveries(merchant: Merchant) -> list[Json]:
    return list((await merchant.http.get("/simulator/deliveries")).json()["deliveries"])


async def tried(merchant: Merchant, shop: Listener, times: int) -> Json:
    """Wait until the only delivery has been tried so often, and return it."""
    await shop.has(times)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            [delivery] = await deliveries(merchant)
            if delivery["last_status"] is not None:
                return delivery
            await asyncio.sleep(0.01)


async def test_webhook_arrives_signed(merchant: Merchant, shop: Listener) -> None:
    await charge(merchant)

    [webhook] = await shop.has(1)

    [certificate, *_] = await chain_of(merchant.http, webhook.headers)
    assert is_signed_with(certificate, webhook, webhook_id=HOOK)
    delivery = await tried(merchant, shop, 1)
    assert delivery["id"] == webhook.headers["PAYPAL-TRANSMISSION-ID"]
    assert (delivery["event_id"], delivery["event_type"]) == (webhook.event["id"], "PAYMENT.CAPTURE.COMPLETED")
    assert (delivery["status"], delivery["tries"], delivery["last_status"]) == ("DELIVERED", 1, 200)


async def test_approval_is_announced_before_the_payer_is_back(
    merchant: Merchant, browser: Payer, shop: Listener
) -> None:
    created = await merchant.create(order_body(source=wallet()))

    await browser.approve(created, "pays@payer.example")

    assert shop.event_types == ["CHECKOUT.ORDER.APPROVED"]


async def test_webhook_that_is_not_taken_comes_again(merchant: Merchant, shop: Listener) -> None:
    shop.answers = [503, 404]
    await charge(merchant)
    waiting = await tried(merchant, shop, 1)

    await merchant.control("/clock", {"advance_seconds": PAUSE})
    await tried(merchant, shop, 2)
    await merchant.control("/clock", {"advance_seconds": 2 * PAUSE})
    delivered = await tried(merchant, shop, 3)

    assert (waiting["status"], waiting["last_status"]) == ("WAITING", 503)
    assert (delivered["status"], delivered["last_status"]) == ("DELIVERED", 200)
    first, *others = shop.received
    for other in others:
        assert other.body == first.body
        assert other.headers["PAYPAL-TRANSMISSION-ID"] == first.headers["PAYPAL-TRANSMISSION-ID"]
        assert other.headers["PAYPAL-TRANSMISSION-TIME"] == first.headers["PAYPAL-TRANSMISSION-TIME"]


async def test_next_try_waits_for_its_hour(merchant: Merchant, shop: Listener) -> None:
    shop.answers = [500]
    await charge(merchant)
    await tried(merchant, shop, 1)

    await merchant.control("/clock", {"advance_seconds": PAUSE - 1})

    assert await merchant.pull() == []
    [delivery] = await deliveries(merchant)
    assert (delivery["status"], delivery["tries"]) == ("WAITING", 1)


async def test_twenty_five_tries_in_three_days_and_no_more(merchant: Merchant, shop: Listener, clock: Clock) -> None:
    shop.answers = [500] * 30
    await charge(merchant)
    start = clock.now
    delivery = await tried(merchant, shop, 1)

    while delivery["status"] == "WAITING":
        ahead = (await merchant.control("/clock", {"advance_seconds": 0}))["now"]
        await merchant.control("/clock", {"advance_seconds": 1 + _seconds_between(ahead, delivery["due_at"])})
        delivery = await tried(merchant, shop, delivery["tries"] + 1)

    now = (await merchant.control("/clock", {"advance_seconds": DAY}))["now"]
    assert (delivery["status"], delivery["tries"]) == ("FAILED", 25)
    assert 3 * DAY < _seconds_between(start.isoformat(), now) - DAY < 3.1 * DAY
    assert len(shop.received) == 25


def _seconds_between(earlier: str, later: str) -> float:
    return (datetime.fromisoformat(later) - datetime.fromisoformat(earlier)).total_seconds()


async def test_merchant_who_does_not_answer_keeps_nobody_waiting_for_long(
    merchant: Merchant, browser: Payer, shop: Listener
) -> None:
    shop.is_stuck = True
    created = await merchant.create(order_body(source=wallet()))

    await browser.approve(created, "pays@payer.example")

    assert browser.landed[0] == "https://shop.example/return"
    assert (await deliveries(merchant))[0]["status"] == "WAITING"


async def test_event_is_sent_again_on_demand(merchant: Merchant, shop: Listener) -> None:
    await charge(merchant)
    [first] = list(await shop.has(1))

    resent = await merchant.post(f"/v1/notifications/webhooks-events/{first.event['id']}/resend")

    _, second = await shop.has(2)
    assert (resent.status_code, resent.json()) == (202, first.event)
    assert second.body == first.body
    assert second.headers["PAYPAL-TRANSMISSION-ID"] != first.headers["PAYPAL-TRANSMISSION-ID"]


async def test_answer_can_be_made_to_come_last(merchant: Merchant, shop: Listener) -> None:
    await merchant.control("/webhooks/mode", {"before_answer": True})

    await charge(merchant)

    assert shop.event_types == ["PAYMENT.CAPTURE.COMPLETED"]


async def test_account_is_announced_before_the_answer(merchant: Merchant, browser: Payer, shop: Listener) -> None:
    created = await merchant.create(order_body(source=wallet(vault=True)))
    await browser.approve(created, "vault-first@payer.example")

    answer = await merchant.capture(created.json()["id"])

    assert shop.event_types[-1] == "VAULT.PAYMENT-TOKEN.CREATED"
    vault = vault_of(answer)
    assert vault is not None
    assert vault["status"] == "APPROVED"


async def test_delivery_and_authority_survive_a_restart(tmp_path: Path) -> None:
    database, ca_file = tmp_path / "simulator.db", tmp_path / "trust" / "ca.pem"
    with running_simulator(database, ca_file=ca_file) as simulator:
        root = simulator.trusted_root()
        async with httpx2.AsyncClient(base_url=simulator.url) as http, listener() as gone:
            merchant = Merchant(http)
            await merchant.sign_in()
            gone.answers = [500]
            simulator.subscribe(gone.url, webhook_id=HOOK)
            await charge(merchant)
            [webhook] = await gone.has(1)

    async with listener() as shop:
        with running_simulator(database, ca_file=ca_file, webhook_url=shop.url, webhook_id=HOOK) as simulator:
            simulator.advance(PAUSE)
            [again] = await shop.has(1)
            async with httpx2.AsyncClient(base_url=simulator.url) as http:
                sent_again = {**again.headers, "PAYPAL-CERT-URL": httpx2.URL(again.headers["PAYPAL-CERT-URL"]).path}
                [certificate, *_] = await chain_of(http, sent_again)
            await until(lambda: simulator.deliveries()[0]["status"] == "DELIVERED")
            assert simulator.trusted_root() == root

    assert ca_file.read_text() == root
    assert again.body == webhook.body
    assert is_signed_with(certificate, webhook, webhook_id=HOOK)
