"""PayPal is asked before anything new is done with a payment that it has: nobody waits for the next look.

The watch is quiet in these tests: what happens, happens because somebody asked.
"""

import asyncio
from typing import Any

import httpx2
import pytest

from models import tables
from models.enums import PaymentStatus
from tests.acceptance.conftest import Launch
from tests.harness.elsewhere import capture_elsewhere
from tests.harness.evidence import history, money_taken, paypal_calls, reached
from tests.harness.journeys import confirm, euros, go_to_paypal, pay_with_registered, start
from tests.harness.pages import Browser
from tests.harness.product import IMPATIENT, Product
from tests.harness.refusals import Desk, open_desk, payment_in, unchanged

ONCE = [("COMPLETED", "36.60")]
STATE = ["AWAITING_ACCOUNT", "AWAITING_CONFIRMATION", "AWAITING_APPROVAL"]


async def approved_and_left(desk: Desk, *, payer: str = "pays") -> str:
    """Go to PayPal with a new account, accept there, and close the tab; return the payment's id."""
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    browser = Browser()
    await browser.open(approve_url)
    await browser.press("Accedi", email=f"{payer}@payer.example", password="secret")
    await browser.press("Accetta e continua", follow=False)
    return payment_id


async def attempt_of(product: Product, payment_id: str) -> Any:
    [attempt] = [each for each in await product.rows(tables.PaymentAttempt) if each.payment_id == payment_id]
    return attempt


async def unanswered(product: Product, desk: Desk) -> str:
    """Confirm with the registered account; PayPal takes the money and its answer is lost. Return the payment's id."""
    product.simulator.fail("lost_answer", pattern="*/capture")
    product.simulator.fail("down", pattern="*/capture", times=2)
    confirmed = await pay_with_registered(desk.client, desk.order, desk.account)
    payment_id: str = confirmed["payment"]["id"]
    await reached(product, desk.client, payment_id, "VERIFYING")
    return payment_id


async def reads(product: Product) -> int:
    """Return how often PayPal was asked about an order."""
    return len([method for method, *_ in await paypal_calls(product) if method == "GET"])


async def test_a_payment_approved_in_a_closed_tab_is_captured_when_it_is_resumed(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await approved_and_left(desk)

        resumed = await start(desk.client, desk.order)
        paid = await reached(product, desk.client, payment_id, "SUCCEEDED")

        assert (resumed["resumed"], resumed["payment"]["id"]) == (True, payment_id)
        assert history(paid)[-2:] == [("PROCESSING", "RECONCILER"), ("SUCCEEDED", "RECONCILER")]
        assert (paid["order"]["status"], await money_taken(product)) == ("PAID", ONCE)


async def test_a_confirmation_repeated_after_a_lost_answer_finds_the_money(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await unanswered(product, desk)

        again = await confirm(desk.client, payment_id, desk.order)
        paid = await reached(product, desk.client, payment_id, "SUCCEEDED")

        assert (again["replayed"], again["payment"]["id"]) == (True, payment_id)
        assert history(paid)[-2:] == [("VERIFYING", "PAYPAL_REPLY"), ("SUCCEEDED", "RECONCILER")]
        assert await money_taken(product) == ONCE


async def test_a_confirmation_refused_for_its_sum_finds_the_money_all_the_same(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await unanswered(product, desk)

        refused = await confirm(desk.client, payment_id, desk.order, expectedAmount=euros(3659))

        assert refused["__typename"] == "AmountChangedError"
        paid = await reached(product, desk.client, payment_id, "SUCCEEDED")
        assert (paid["order"]["status"], await money_taken(product)) == ("PAID", ONCE)


async def test_annulla_e_torna_books_money_that_was_taken_instead_of_giving_the_payment_up(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await approved_and_left(desk)
        attempt = await attempt_of(product, payment_id)
        await capture_elsewhere(product, attempt)

        address = {"attempt": attempt.return_key, "token": attempt.paypal_order_id}
        async with httpx2.AsyncClient() as http:
            back = await http.get(f"{product.url}/paypal/cancel", params=address)

        paid = await desk.client.payment(payment_id)
        assert (back.status_code, paid["status"], paid["order"]["status"]) == (303, "SUCCEEDED", "PAID")


async def test_an_order_whose_payment_is_being_verified_is_refused_and_looked_into_at_once(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await unanswered(product, desk)

        refused = await start(desk.client, desk.order)
        await reached(product, desk.client, payment_id, "SUCCEEDED")
        again = await start(desk.client, desk.order)

        assert [block["code"] for block in refused["blocks"]] == ["PAYMENT_BEING_VERIFIED"]
        assert [block["code"] for block in again["blocks"]] == ["ALREADY_PAID"]
        assert await money_taken(product) == ONCE


async def test_a_capture_that_never_happened_is_asked_for_again_when_the_customer_comes_back(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        product.simulator.fail("down", pattern="*/capture", times=3)
        confirmed = await pay_with_registered(desk.client, desk.order, desk.account)
        payment_id = confirmed["payment"]["id"]
        await reached(product, desk.client, payment_id, "VERIFYING")

        await confirm(desk.client, payment_id, desk.order)

        await reached(product, desk.client, payment_id, "SUCCEEDED")
        requests = {call["request_id"] for call in await asyncio.to_thread(product.simulator.captures)}
        assert (len(requests), await money_taken(product)) == (1, ONCE)


async def test_a_payment_whose_driver_is_silent_is_settled_once_the_customer_asks(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await approved_and_left(desk)
        await capture_elsewhere(product, await attempt_of(product, payment_id))
        [payment] = await product.rows(tables.Payment)
        await product.change(payment, status=PaymentStatus.PROCESSING)

        await start(desk.client, desk.order)
        early = (await desk.client.payment(payment_id))["status"]
        product.clock.advance(seconds=6)
        await start(desk.client, desk.order)

        assert early == "PROCESSING"
        await reached(product, desk.client, payment_id, "SUCCEEDED")
        assert await money_taken(product) == ONCE


async def test_paypal_is_asked_no_more_often_than_every_few_seconds(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id, _ = await go_to_paypal(desk.client, desk.order)

        for _ in range(5):
            await start(desk.client, desk.order)
            await confirm(desk.client, payment_id, desk.order)
        await product.until(lambda: reads(product))
        product.clock.advance(seconds=5)
        await start(desk.client, desk.order)

        async def twice() -> bool:
            return await reads(product) == 2

        await product.until(twice)
        assert (await attempt_of(product, payment_id)).looks == 2  # those that were owed before anybody asked
        assert (await desk.client.payment(payment_id))["status"] == "AWAITING_APPROVAL"


async def test_resuming_after_a_decline_captures_nothing(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        await Browser().sign_in_and_accept(approve_url, payer="declined")
        await reached(product, desk.client, payment_id, "AWAITING_APPROVAL", steps=6)

        await start(desk.client, desk.order)
        await product.until(lambda: reads(product))

        assert len(await asyncio.to_thread(product.simulator.captures)) == 1
        assert (await desk.client.payment(payment_id))["status"] == "AWAITING_APPROVAL"


async def test_a_payment_whose_money_was_taken_cannot_be_given_up_and_is_booked_instead(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await approved_and_left(desk)
        await capture_elsewhere(product, await attempt_of(product, payment_id))

        refused = await desk.client.run("cancel_payment", paymentId=payment_id)

        assert (refused["__typename"], refused["payment"]) == (
            "PaymentStateError",
            {"id": payment_id, "status": "SUCCEEDED"},
        )
        assert refused["allowedIn"] == STATE
        paid = await desk.client.payment(payment_id)
        assert (paid["order"]["status"], await money_taken(product)) == ("PAID", ONCE)
        assert len(await product.mails(2)) == 2


async def test_an_order_whose_money_was_taken_cannot_be_given_up_and_is_paid_instead(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await approved_and_left(desk)
        await capture_elsewhere(product, await attempt_of(product, payment_id))

        refused = await desk.client.run("cancel_order", orderId=desk.order.id)

        assert (refused["__typename"], refused["order"]["status"]) == ("OrderNotCancelableError", "PAID")
        assert ((await desk.client.payment(payment_id))["status"], await money_taken(product)) == ("SUCCEEDED", ONCE)


async def test_money_taken_although_the_answer_was_lost_is_in_the_refusal_to_give_up(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await unanswered(product, desk)

        refused = await desk.client.run("cancel_payment", paymentId=payment_id)

        assert (refused["__typename"], refused["payment"]["status"]) == ("PaymentStateError", "SUCCEEDED")
        assert await money_taken(product) == ONCE


async def test_money_that_paypal_holds_is_asked_about_and_cannot_be_given_up(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product, payer="review")
        confirmed = await pay_with_registered(desk.client, desk.order, desk.account)
        payment_id, before = confirmed["payment"]["id"], await reads(product)

        refused = await desk.client.run("cancel_payment", paymentId=payment_id)

        assert (refused["__typename"], refused["payment"]["status"]) == ("PaymentStateError", "PENDING")
        assert await reads(product) == before + 1


@pytest.mark.parametrize("given_up", ["payment", "order"])
async def test_an_approval_alone_does_not_stand_in_the_way_and_nothing_is_captured(
    launch: Launch, given_up: str
) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id = await approved_and_left(desk)

        if given_up == "payment":
            await desk.client.run("cancel_payment", paymentId=payment_id)
        else:
            await desk.client.run("cancel_order", orderId=desk.order.id)

        payment = await desk.client.payment(payment_id)
        assert (payment["status"], await reads(product)) == ("CANCELED", 1)
        assert payment["order"]["status"] == {"payment": "AWAITING_PAYMENT", "order": "CANCELED"}[given_up]
        assert (await asyncio.to_thread(product.simulator.captures), await money_taken(product)) == ([], [])


@pytest.mark.parametrize("trouble", [("down", 0), ("html_503", 0), ("slow", 6)], ids=lambda trouble: trouble[0])
async def test_a_payment_is_given_up_although_paypal_does_not_answer(launch: Launch, trouble: tuple[str, int]) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id, _ = await go_to_paypal(desk.client, desk.order)
        kind, seconds = trouble
        product.simulator.fail(kind, pattern="/v2/checkout/orders/*", seconds=seconds)
        began = asyncio.get_running_loop().time()

        answer = await desk.client.run("cancel_payment", paymentId=payment_id)

        assert answer["payment"]["status"] == "CANCELED"
        assert asyncio.get_running_loop().time() - began < 5.5
        await product.until(lambda: reads(product))


async def test_nobody_is_asked_about_a_payment_that_paypal_does_not_have(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk, other = await open_desk(product), await open_desk(product)
        payment = await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION)
        theirs = await payment_in(product, other, PaymentStatus.AWAITING_APPROVAL)

        async with unchanged(product):
            foreign = await desk.client.run("cancel_payment", paymentId=theirs.id)
        await start(desk.client, desk.order)
        await desk.client.run("cancel_payment", paymentId=payment.id)

        assert foreign["__typename"] == "NotFoundError"
        assert await paypal_calls(product) == []
