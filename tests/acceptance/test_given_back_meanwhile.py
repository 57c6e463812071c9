"""What a person gives back in PayPal's dashboard before we know of it: the way out of a payment being verified."""

import asyncio

from tests.acceptance.conftest import Launch
from tests.acceptance.test_books import attempt_of, differences, reconcile
from tests.harness.elsewhere import refund_elsewhere
from tests.harness.evidence import reached
from tests.harness.journeys import pay_with_registered, start
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk

QUICK = {"watch_first_seconds": 0.1, "watch_ceiling_seconds": 0.2}


async def payable_again(product: Product, desk: Desk, payment_id: str) -> None:
    """The payment has failed, the refund is known and told once, and the order can be paid."""
    failed = await reached(product, desk.client, payment_id, "FAILED")
    assert (failed["outcome"]["advice"], failed["order"]["status"]) == ("RETRY_NOW", "AWAITING_PAYMENT")
    assert [(each["status"], each["reason"]) for each in failed["refunds"]] == [("COMPLETED", "AT_PAYPAL")]
    assert await product.mails(1) == [f"Rimborso per l'ordine {desk.order.number}"]
    assert (await start(desk.client, desk.order))["__typename"] == "StartPaymentPayload"
    assert differences(await reconcile(product)) == []


async def give_back(product: Product, payment_id: str) -> None:
    """Give the money of the payment back in PayPal's dashboard."""
    attempt = await attempt_of(product, payment_id)
    order = await asyncio.to_thread(product.simulator.order, str(attempt.paypal_order_id))
    [capture] = order["purchase_units"][0]["payments"]["captures"]
    await refund_elsewhere(product, capture["id"])


async def test_a_payment_whose_answer_was_lost_and_whose_money_went_back_does_not_hold_its_order(
    launch: Launch,
) -> None:
    async with launch(**QUICK, paypal_retry_seconds=()) as product:
        desk = await open_desk(product)
        product.simulator.fail("lost_answer", pattern="*/capture")
        product.simulator.fail("down", pattern="/v2/checkout/orders/*", times=500)
        answer = await pay_with_registered(desk.client, desk.order, desk.account)
        await give_back(product, answer["payment"]["id"])
        product.simulator.recover()

        await payable_again(product, desk, answer["payment"]["id"])


async def test_a_sum_that_was_not_asked_is_settled_by_giving_it_back_in_the_dashboard(launch: Launch) -> None:
    async with launch(**QUICK) as product:
        desk = await open_desk(product, payer="other-amount")
        answer = await pay_with_registered(desk.client, desk.order, desk.account)
        assert answer["payment"]["status"] == "VERIFYING"

        await give_back(product, answer["payment"]["id"])

        await payable_again(product, desk, answer["payment"]["id"])
