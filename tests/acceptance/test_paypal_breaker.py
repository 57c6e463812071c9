"""PayPal gives no answers, or asks for quiet: customers are told at once when to come back, and nobody is charged."""

import asyncio
from time import monotonic
from typing import Any

import pytest
from structlog.testing import capture_logs

from tests.acceptance.conftest import Launch
from tests.harness.evidence import correspondence, history, money_taken, paypal_calls, reached
from tests.harness.journeys import begin, confirm, pay_with_registered
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk

CREATE, CAPTURE = "/v2/checkout/orders", "*/capture"
FAILURES = 3  # as many as the calls of one step: one, and two repetitions
SETTINGS = {"paypal_breaker_failures": FAILURES, "paypal_breaker_seconds": 30}


class Ticks:
    """Seconds that pass only when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


async def health(product: Product) -> tuple[int, Any]:
    response = await product.anonymous().http.get("/health")
    return response.status_code, response.json()


async def ready_to_confirm(desk: Desk) -> str:
    """Choose the registered account and return the payment's id: only "Procedi" is missing."""
    payment_id = await begin(desk.client, desk.order)
    await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)
    return payment_id


async def calls(product: Product) -> int:
    return len(await asyncio.to_thread(product.simulator.calls))


@pytest.mark.parametrize("kind", ["down", "html_503", "internal_error"])
async def test_while_it_is_open_procedi_is_refused_at_once_without_a_call_and_paid_once_afterwards(
    launch: Launch, kind: str
) -> None:
    ticks = Ticks()
    async with launch(ticks=ticks, **SETTINGS) as product:
        desk = await open_desk(product)
        payment_id = await ready_to_confirm(desk)
        product.simulator.fail(kind, pattern=CREATE, times=500)
        closed = await health(product)
        await confirm(desk.client, payment_id, desk.order)
        made = await calls(product)
        ticks.advance(10)

        refused = await confirm(desk.client, payment_id, desk.order)

        assert await calls(product) == made
        assert (refused["__typename"], refused["retryAfterSeconds"]) == ("ProviderUnavailableError", 20)
        assert refused["stillOpen"] == {"id": payment_id, "status": "AWAITING_CONFIRMATION"}
        assert (closed, await health(product)) == (
            (200, {"status": "ok", "paypal": "closed"}),
            (200, {"status": "ok", "paypal": "open"}),
        )
        assert await product.mails(0) == []

        product.simulator.recover()
        ticks.advance(20)
        half_open = await health(product)
        paid = await confirm(desk.client, payment_id, desk.order)

        assert half_open == (200, {"status": "ok", "paypal": "half-open"})
        assert paid["payment"]["status"] == "SUCCEEDED"
        assert (await health(product))[1]["paypal"] == "closed"
        assert await money_taken(product) == [("COMPLETED", "36.60")]
        assert len(await correspondence(product, 2)) == 2


@pytest.mark.watched
async def test_a_payment_confirmed_just_before_an_outage_waits_and_is_paid_once_after_it(launch: Launch) -> None:
    ticks = Ticks()
    async with launch(ticks=ticks, **SETTINGS) as product:
        desk = await open_desk(product)
        product.simulator.fail("lost_answer", pattern=CAPTURE)
        product.simulator.fail("down", pattern=f"{CREATE}/*", times=500)

        answer = await pay_with_registered(desk.client, desk.order, desk.account)
        payment_id = answer["payment"]["id"]
        made = await calls(product)
        with capture_logs() as logs:
            await product.until(lambda: sum(log["event"] == "paypal.not_called" for log in logs) >= 2)
        waiting = await desk.client.payment(payment_id)

        assert (answer["payment"]["status"], waiting["status"]) == ("VERIFYING", "VERIFYING")
        assert await calls(product) == made
        product.simulator.recover()
        ticks.advance(30)
        paid = await reached(product, desk.client, payment_id, "SUCCEEDED")
        assert history(paid)[-1] == ("SUCCEEDED", "RECONCILER")
        assert await money_taken(product) == [("COMPLETED", "36.60")]
        assert len(await correspondence(product, 2)) == 2


async def test_what_paypal_asks_for_is_told_to_the_customer_and_kept(launch: Launch) -> None:
    ticks = Ticks()
    async with launch(ticks=ticks, **SETTINGS) as product:
        desk = await open_desk(product)
        payment_id = await ready_to_confirm(desk)
        product.simulator.fail("rate_limited", pattern=CREATE, seconds=120)

        limited = await confirm(desk.client, payment_id, desk.order)
        ticks.advance(100)
        still = await confirm(desk.client, payment_id, desk.order)
        ticks.advance(20)
        paid = await confirm(desk.client, payment_id, desk.order)

        assert (limited["retryAfterSeconds"], still["retryAfterSeconds"]) == (120, 20)
        assert paid["payment"]["status"] == "SUCCEEDED"
        assert [status for _, path, _, status in await paypal_calls(product) if path == CREATE] == [429, 201]
        assert await money_taken(product) == [("COMPLETED", "36.60")]


async def test_a_short_pause_that_paypal_asks_for_is_made_before_the_repetition(product: Product) -> None:
    desk = await open_desk(product)
    product.simulator.fail("rate_limited", pattern=CREATE, seconds=1)
    began = monotonic()

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    assert answer["payment"]["status"] == "SUCCEEDED"
    assert monotonic() - began >= 1
    assert [status for _, path, _, status in await paypal_calls(product) if path == CREATE] == [429, 201]
