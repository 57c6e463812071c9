"""Approvals announced too early, too late or again: only a new approval is captured, and no try is wasted."""

from tests.acceptance.conftest import Launch
from tests.acceptance.test_news_of_payments import (
    approve_and_close_the_tab,
    desk_today,
    paid_once,
    paypal_order_id,
)
from tests.harness.evidence import history, money_taken, reached
from tests.harness.journeys import go_to_paypal
from tests.harness.news import all_handled, tell
from tests.harness.pages import Browser


async def test_the_announcement_of_an_approval_that_was_declined_captures_nothing_and_the_next_one_pays(
    inform: Launch,
) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        product.simulator.webhook_mode(hold=True)
        await Browser().sign_in_and_accept(approve_url, payer="declined-once")
        await reached(product, desk.client, payment_id, "AWAITING_APPROVAL", steps=6)
        tried = len(product.simulator.captures())

        product.simulator.webhook_mode()
        product.simulator.flush()
        await all_handled(product, events=1)
        after_the_old_news = (len(product.simulator.captures()), (await desk.client.payment(payment_id))["status"])
        await approve_and_close_the_tab(approve_url, payer="declined-once")

        assert (tried, after_the_old_news) == (1, (1, "AWAITING_APPROVAL"))
        payment = await paid_once(product, desk, payment_id)
        assert history(payment)[-2:] == [("PROCESSING", "PAYPAL_WEBHOOK"), ("SUCCEEDED", "PAYPAL_WEBHOOK")]
        assert [call["status"] for call in product.simulator.captures()] == [422, 201]


async def test_an_approval_announced_before_the_order_shows_it_is_captured_when_it_does(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        before = await desk.client.payment(payment_id)

        early = await tell(product, "CHECKOUT.ORDER.APPROVED", {"id": await paypal_order_id(product, payment_id)})
        await all_handled(product, events=1)
        untouched = (await desk.client.payment(payment_id), product.simulator.captures(), await money_taken(product))
        await approve_and_close_the_tab(approve_url)

        assert (early.status_code, untouched) == (200, (before, [], []))
        await paid_once(product, desk, payment_id)
        assert [call["status"] for call in product.simulator.captures()] == [201]


async def test_a_capture_refused_because_paypal_does_not_know_the_approval_yet_is_made_at_the_next_announcement(
    inform: Launch,
) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        product.simulator.fail("refused", pattern="/v2/checkout/orders/*/capture", issue="ORDER_NOT_APPROVED")
        await approve_and_close_the_tab(approve_url)
        await all_handled(product, events=1)
        waiting = await reached(product, desk.client, payment_id, "AWAITING_APPROVAL", steps=6)
        too_early = await money_taken(product)

        again = await tell(product, "CHECKOUT.ORDER.APPROVED", {"id": await paypal_order_id(product, payment_id)})

        assert (too_early, again.status_code) == ([], 200)
        assert waiting["nextAction"]["redirectUrl"] == approve_url
        await paid_once(product, desk, payment_id)
        refused, made = product.simulator.captures()
        assert (refused["status"], made["status"]) == (422, 201)
