"""A payer who was declined approves once more and closes the tab: PayPal's news completes the payment, and only that.

The events stand in the books as PayPal's genuine deliveries would; who may deliver is shown elsewhere.
"""

import asyncio
from typing import Any

from gateways.paypal.webhooks import WebhookEvent
from models import tables
from tests.harness.elsewhere import capture_elsewhere
from tests.harness.evidence import history, money_taken, paypal_calls, reached
from tests.harness.journeys import go_to_paypal
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk
from use_cases.receive_webhook import receive_webhook

APPROVED, CAPTURED = "CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"
DECLINED_AT = 6  # steps of the history, when the first capture has been declined


async def announced(product: Product, name: str, *, event_type: str = APPROVED, **resource: Any) -> None:
    """Let PayPal have told us something, and wait until it has been handled."""
    body = {"id": name, "event_type": event_type, "resource": resource}
    now = product.clock()
    async with product.app_database.write() as session:
        await receive_webhook(
            session,
            event=WebhookEvent.model_validate(body),
            transmission_id=f"transmission-{name}",
            transmitted_at=now,
            now=now,
        )

    async def handled() -> bool:
        return all(event.handled_at for event in await product.rows(tables.WebhookEvent))

    await product.until(handled)


async def declined_once(product: Product, desk: Desk) -> tuple[str, str, Browser]:
    """Let the payer approve and be declined; return the payment's id, PayPal's order, and the browser."""
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    browser = Browser()
    await browser.sign_in_and_accept(approve_url, payer="declined-once")
    await reached(product, desk.client, payment_id, "AWAITING_APPROVAL", steps=DECLINED_AT)
    [attempt] = await product.rows(tables.PaymentAttempt)
    await browser.open(approve_url)
    return payment_id, attempt.paypal_order_id, browser


async def approve_and_close(browser: Browser) -> None:
    await browser.press("Accedi", email="declined-once@payer.example", password="secret")
    await browser.press("Accetta e continua", follow=False)


async def captures(product: Product) -> int:
    return len(await asyncio.to_thread(product.simulator.captures))


async def test_the_second_approval_is_captured_when_paypal_tells_of_it_though_nobody_returns(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, order_id, browser = await declined_once(product, desk)
    await announced(product, "WH-first", id=order_id)
    await approve_and_close(browser)

    await announced(product, "WH-second", id=order_id)
    paid = await reached(product, desk.client, payment_id, "SUCCEEDED")

    assert history(paid)[DECLINED_AT:] == [("PROCESSING", "PAYPAL_WEBHOOK"), ("SUCCEEDED", "PAYPAL_WEBHOOK")]
    assert (await captures(product), await money_taken(product)) == (2, [("COMPLETED", "36.60")])


async def test_news_of_the_first_approval_that_comes_late_captures_nothing_and_uses_up_no_try(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, order_id, _ = await declined_once(product, desk)
    before = len(await paypal_calls(product))

    await announced(product, "WH-first", id=order_id)
    await announced(product, "WH-first", id=order_id)  # delivered twice

    async def looked_at() -> bool:
        return len(await paypal_calls(product)) > before

    await product.until(looked_at)
    [attempt] = await product.rows(tables.PaymentAttempt)
    assert (await captures(product), attempt.approval_rounds, attempt.declined) == (1, 1, True)
    assert (await desk.client.payment(payment_id))["status"] == "AWAITING_APPROVAL"


async def test_money_taken_after_a_decline_is_booked_when_paypal_tells_of_it(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, _, browser = await declined_once(product, desk)
    await approve_and_close(browser)
    [attempt] = await product.rows(tables.PaymentAttempt)
    capture_id = await capture_elsewhere(product, attempt)

    await announced(product, "WH-capture", event_type=CAPTURED, id=capture_id)

    paid = await reached(product, desk.client, payment_id, "SUCCEEDED")
    assert (paid["order"]["status"], await money_taken(product)) == ("PAID", [("COMPLETED", "36.60")])
