"""PayPal answers what we do not expect: new words, other shapes, a gateway's page. It is sorted, logged, survived."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from structlog.testing import capture_logs

from models import tables
from models.enums import Job
from tests.acceptance.conftest import Launch
from tests.harness.between import Answer, Between, Json, between
from tests.harness.evidence import correspondence, history, money_taken, paypal_calls, reached, renewals
from tests.harness.journeys import pay_with_new, pay_with_registered, start
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk
from tests.harness.simulator import Simulator

CREATE, CAPTURE, READ = "/v2/checkout/orders", "/v2/checkout/orders/*/capture", "/v2/checkout/orders/*"
ONCE = [("COMPLETED", "36.60")]
SORTED = {"paypal.refused", "paypal.unreadable"}
PAGE = b"<html><h1>502 Bad Gateway</h1></html>"


@dataclass(frozen=True)
class Scene:
    """A running product whose way to PayPal leads past somebody who changes answers."""

    product: Product
    paypal: Between
    desk: Desk


Play = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture
def play(launch: Launch, simulator: Simulator) -> Play:
    @asynccontextmanager
    async def playing(**settings: Any) -> AsyncIterator[Scene]:
        async with (
            between(simulator) as paypal,
            launch(paypal_base_url=paypal.url, **settings) as product,
        ):
            yield Scene(product, paypal, await open_desk(product))

    return playing


async def nothing_happened(scene: Scene) -> None:
    """The order awaits its payment, renewal is off, and nobody was told anything."""
    order = (await scene.desk.client.run("order", number=scene.desk.order.number))["order"]
    assert order["status"] == "AWAITING_PAYMENT"
    assert await renewals(scene.desk.client) == {scene.desk.service.label: ("OFF", None, "2026-03-08")}
    assert await scene.product.mails(0) == []


def errors(logs: list[Any]) -> list[tuple[str, str | None]]:
    return [(entry["event"], entry.get("issue")) for entry in logs if entry["log_level"] == "error"]


def capture_of(order: Json) -> Json:
    [capture] = order["purchase_units"][0]["payments"]["captures"]
    found: Json = capture
    return found


def wants_to_see_the_payer(scene: Scene, path: str, status: int) -> Answer:
    order_id = path.split("/")[-2]
    page = f"{scene.paypal.simulator.url}/checkoutnow?token={order_id}"
    links = [{"rel": "payer-action", "href": page, "method": "GET"}]
    return Answer(status, {"id": order_id, "status": "PAYER_ACTION_REQUIRED", "links": links})


@pytest.mark.parametrize("status", [200, 201])
@pytest.mark.watched
async def test_a_charge_answered_with_a_wish_to_see_the_payer_is_no_payment(play: Play, status: int) -> None:
    async with play() as scene:
        desk = scene.desk
        scene.paypal.change("POST", CREATE, lambda order: order.update(status="PAYER_ACTION_REQUIRED"), status=status)
        scene.paypal.instead("POST", CAPTURE, lambda path: wants_to_see_the_payer(scene, path, status))

        answer = await pay_with_registered(desk.client, desk.order, desk.account)
        action = answer["payment"]["nextAction"]
        await nothing_happened(scene)
        taken = await money_taken(scene.product)
        await Browser().sign_in_and_accept(action["redirectUrl"], payer="pays")

        assert (answer["payment"]["status"], action["__typename"], taken) == (
            "AWAITING_APPROVAL",
            "ApproveOnPayPalAction",
            [],
        )
        await reached(scene.product, desk.client, answer["payment"]["id"], "SUCCEEDED")
        assert await money_taken(scene.product) == ONCE
        [attempt] = await scene.product.rows(tables.PaymentAttempt)
        keys = [key for _, path, key, _ in await paypal_calls(scene.product) if path.endswith("/capture")]
        assert keys == [f"{attempt.id}-capture-2"]


async def test_a_charge_that_names_no_page_for_its_payer_ends_unpaid(play: Play) -> None:
    async with play() as scene:
        desk = scene.desk
        scene.paypal.change("POST", CREATE, lambda order: order.update(links=[]))
        scene.paypal.instead(
            "POST", CAPTURE, Answer(201, {"id": "5O190127TN364715T", "status": "PAYER_ACTION_REQUIRED"})
        )

        answer = await pay_with_registered(desk.client, desk.order, desk.account)

        assert (answer["payment"]["status"], answer["payment"]["outcome"]["code"]) == ("FAILED", "APPROVAL_REFUSED")
        await nothing_happened(scene)
        assert (await start(desk.client, desk.order))["resumed"] is False


async def test_an_unknown_word_for_a_capture_is_neither_payment_nor_failure_until_a_known_one_comes(play: Play) -> None:
    async with play() as scene:
        desk = scene.desk
        scene.paypal.change("POST", CAPTURE, lambda order: capture_of(order).update(status="TAKEN_ASIDE"))

        with capture_logs() as logs:
            answer = await pay_with_registered(desk.client, desk.order, desk.account)
        refused = await start(desk.client, desk.order)

        assert (answer["payment"]["status"], answer["order"]["status"]) == ("VERIFYING", "AWAITING_PAYMENT")
        assert [block["code"] for block in refused["blocks"]] == ["PAYMENT_BEING_VERIFIED"]
        assert errors(logs) == [("payment.capture_suspicious", None)]
        paid = await reached(scene.product, desk.client, answer["payment"]["id"], "SUCCEEDED")
        assert history(paid)[-2:] == [("VERIFYING", "PAYPAL_REPLY"), ("SUCCEEDED", "RECONCILER")]
        assert await money_taken(scene.product) == ONCE
        assert len(await correspondence(scene.product, 2)) == 2


async def test_an_unknown_word_for_the_order_or_the_account_hides_no_payment(play: Play) -> None:
    async with play() as scene:
        desk = scene.desk

        def change(order: Json) -> None:
            order["status"], order["news"] = "FROZEN", {"of": ["tomorrow"]}
            order["payment_source"]["paypal"]["account_status"] = "GOLDEN"

        scene.paypal.change("POST", CAPTURE, change)

        answer = await pay_with_registered(desk.client, desk.order, desk.account)

        assert answer["payment"]["status"] == "SUCCEEDED"
        assert await money_taken(scene.product) == ONCE


async def test_an_unknown_word_for_keeping_the_account_enables_no_renewal_until_it_is_kept(play: Play) -> None:
    async with play() as scene:
        desk = scene.desk

        def park(order: Json) -> None:
            order["payment_source"]["paypal"]["attributes"]["vault"]["status"] = "PARKED"

        scene.paypal.change("POST", CAPTURE, park)

        payment_id = await pay_with_new(desk.client, desk.order)
        paid = await reached(scene.product, desk.client, payment_id, "SUCCEEDED")
        at_first = await new_account(scene)
        async with scene.product.app_database.write() as session:
            await session.later(Job.FINISH_REGISTRATION, "somebody-looks", at_first.id, payment_id, 1)
        await scene.product.until(lambda: became_active(scene))

        assert (paid["order"]["status"], at_first.status, at_first.payment_token) == ("PAID", "PENDING_APPROVAL", None)
        assert (await renewals(desk.client))[desk.service.label][0] == "ON"


async def new_account(scene: Scene) -> tables.PayPalAccount:
    """Return the account that the payment registers."""
    [new] = [each for each in await scene.product.rows(tables.PayPalAccount) if each.id != scene.desk.account.id]
    found: tables.PayPalAccount = new
    return found


async def became_active(scene: Scene) -> bool:
    new = await new_account(scene)
    return new.status == "ACTIVE" and new.payment_token is not None


@pytest.mark.parametrize("pattern", [CREATE, CAPTURE], ids=["create", "capture"])
async def test_an_unknown_issue_ends_the_attempt_and_calls_a_person(play: Play, pattern: str) -> None:
    async with play() as scene:
        desk = scene.desk
        refusal: Json = {
            "name": "UNPROCESSABLE_ENTITY",
            "message": "…",
            "debug_id": "f1",
            "details": [{"issue": "NEW"}],
        }
        scene.paypal.instead("POST", pattern, Answer(422, refusal))

        with capture_logs() as logs:
            answer = await pay_with_registered(desk.client, desk.order, desk.account)

        failed = answer["payment"]["outcome"]
        assert (answer["payment"]["status"], failed["code"], failed["advice"]) == (
            "FAILED",
            "PROVIDER_ERROR",
            "CONTACT_US",
        )
        assert errors(logs) == [("paypal.refused_us", "NEW")]
        await nothing_happened(scene)
        assert await money_taken(scene.product) == []


@pytest.mark.parametrize("pattern", [CREATE, CAPTURE], ids=["create", "capture"])
@pytest.mark.parametrize(
    "nonsense",
    [
        Answer(502, PAGE),
        Answer(404, PAGE),
        Answer(403, PAGE),
        Answer(422, b""),
        Answer(201, {"id": 5}),
        Answer(302, PAGE),
    ],
    ids=lambda answer: f"{answer.status}-{str(answer.body)[:12]}",
)
async def test_what_is_no_answer_of_paypals_is_asked_for_again_under_the_same_request_id(
    play: Play, pattern: str, nonsense: Answer
) -> None:
    async with play() as scene:
        desk = scene.desk
        scene.paypal.instead("POST", pattern, nonsense)

        with capture_logs() as logs:
            answer = await pay_with_registered(desk.client, desk.order, desk.account)

        [attempt] = await scene.product.rows(tables.PaymentAttempt)
        assert (answer["payment"]["status"], errors(logs)) == ("SUCCEEDED", [])
        assert next(entry["event"] for entry in logs if entry["log_level"] == "warning") in SORTED
        keys = [key for method, _, key, _ in await paypal_calls(scene.product) if method == "POST"]
        assert keys == [attempt.create_request_id, attempt.capture_request_id]
        assert await money_taken(scene.product) == ONCE
