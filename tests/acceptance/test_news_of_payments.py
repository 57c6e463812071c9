"""PayPal tells what happens there: payments end though nobody comes back, and whatever comes twice counts once."""

import asyncio
from datetime import date, timedelta
from typing import Any

import httpx2
import pytest

from models import tables
from tests.acceptance.conftest import Launch
from tests.harness.evidence import accounts, history, money_taken, reached, renewals
from tests.harness.journeys import go_to_paypal, pay_with_new, pay_with_registered
from tests.harness.news import all_handled, event, post, signed, tell
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk

CONFIRMED = "Conferma pagamento"
EXPIRY = date.today() + timedelta(days=200)
PAID_UNTIL = EXPIRY.replace(year=EXPIRY.year + 1).isoformat()


async def desk_today(product: Product, **more: Any) -> Desk:
    """Open a desk whose service is in force by the clock on the wall."""
    return await open_desk(product, service={"expires_on": EXPIRY}, **more)


async def approve_and_close_the_tab(approve_url: str, *, payer: str = "pays") -> str:
    """Approve on PayPal's pages without following the way back; return it."""
    browser = Browser()
    await browser.open(approve_url)
    await browser.press("Accedi", email=f"{payer}@payer.example", password="secret")
    await browser.press("Accetta e continua", follow=False)
    return browser.url


async def paypal_order_id(product: Product, payment_id: str) -> str:
    [attempt] = [each for each in await product.rows(tables.PaymentAttempt) if each.payment_id == payment_id]
    return str(attempt.paypal_order_id)


async def paid_once(product: Product, desk: Desk, payment_id: str) -> dict[str, Any]:
    """See that the order was paid by one capture, and its owner told once of each thing; return the payment."""
    payment = await reached(product, desk.client, payment_id, "SUCCEEDED")
    assert payment["order"]["status"] == "PAID"
    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert await product.mails(2) == [
        f"Attivazione rinnovo automatico per il servizio {desk.service.label}",
        CONFIRMED,
    ]
    assert (await renewals(desk.client))[desk.service.label][0] == "ON"
    assert (await renewals(desk.client))[desk.service.label][2] == PAID_UNTIL
    return payment


async def test_an_approval_pays_although_the_payer_never_comes_back(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)

        await approve_and_close_the_tab(approve_url)

        payment = await paid_once(product, desk, payment_id)
        assert history(payment)[-2:] == [("PROCESSING", "PAYPAL_WEBHOOK"), ("SUCCEEDED", "PAYPAL_WEBHOOK")]
        assert len(await accounts(desk.client)) == 2


async def test_returns_and_webhooks_at_the_same_instant_capture_once(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        product.simulator.webhook_mode(hold=True)
        way_back = await approve_and_close_the_tab(approve_url)
        resource = {"id": await paypal_order_id(product, payment_id), "status": "APPROVED"}
        letters = [await signed(product, event("CHECKOUT.ORDER.APPROVED", resource)) for _ in range(8)]

        async with httpx2.AsyncClient(timeout=30) as browser:
            answers = await asyncio.gather(
                *(browser.get(way_back) for _ in range(8)), *(post(product, letter) for letter in letters)
            )

        assert [answer.status_code for answer in answers] == [303] * 8 + [200] * 8
        await all_handled(product, events=8)
        payment = await paid_once(product, desk, payment_id)
        assert [status for status, _ in history(payment)].count("PROCESSING") == 2  # the confirmation, and one claim
        assert len(product.simulator.captures()) == 1


async def test_the_same_event_twice_within_seventy_milliseconds_is_one_event(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        product.simulator.webhook_mode(drop=True)
        await approve_and_close_the_tab(approve_url)
        body = event("CHECKOUT.ORDER.APPROVED", {"id": await paypal_order_id(product, payment_id)})
        first, second = await signed(product, body), await signed(product, body)

        one = asyncio.create_task(post(product, first))
        await asyncio.sleep(0.07)
        other = await post(product, second)

        answers = [((await one).status_code, (await one).json()), (other.status_code, other.json())]
        assert sorted(answers, key=str) == [(200, {"code": "KNOWN"}), (200, {"code": "TAKEN"})]
        await all_handled(product, events=1)
        await paid_once(product, desk, payment_id)


async def test_every_event_thrice_is_as_good_as_once(inform: Launch) -> None:
    async with inform() as product:
        product.simulator.webhook_mode(duplicate=2)
        desk = await desk_today(product)

        payment_id = await pay_with_new(desk.client, desk.order)

        await paid_once(product, desk, payment_id)
        await product.until(lambda: len(delivered(product)) == 9)
        kinds = [row.event_type for row in await all_handled(product, events=3)]
        assert sorted(kinds) == [
            "CHECKOUT.ORDER.APPROVED",
            "PAYMENT.CAPTURE.COMPLETED",
            "VAULT.PAYMENT-TOKEN.CREATED",
        ]
        await paid_once(product, desk, payment_id)


def delivered(product: Product) -> list[dict[str, Any]]:
    return [each for each in product.simulator.deliveries() if each["status"] == "DELIVERED"]


async def test_events_that_overtake_the_answer_to_our_own_call_change_nothing(inform: Launch) -> None:
    async with inform() as product:
        product.simulator.webhook_mode(before_answer=True)
        desk = await desk_today(product)

        answer = await pay_with_registered(desk.client, desk.order, desk.account)

        payment = await paid_once(product, desk, answer["payment"]["id"])
        assert history(payment)[-1] == ("SUCCEEDED", "PAYPAL_REPLY")
        await all_handled(product, events=1)


async def test_events_in_the_opposite_order_lead_to_the_same_end(inform: Launch) -> None:
    async with inform() as product:
        product.simulator.webhook_mode(hold=True)
        desk = await desk_today(product)
        payment_id = await pay_with_new(desk.client, desk.order)
        await paid_once(product, desk, payment_id)
        before = await desk.client.payment(payment_id)

        flushed = product.simulator.flush(reverse=True)

        assert [each["event_type"] for each in flushed][-1] == "CHECKOUT.ORDER.APPROVED"
        await all_handled(product, events=len(flushed))
        await paid_once(product, desk, payment_id)
        assert await desk.client.payment(payment_id) == before


@pytest.mark.parametrize(("decision", "status", "mails"), [("COMPLETED", "SUCCEEDED", 2), ("DENIED", "FAILED", 0)])
async def test_a_held_payment_ends_as_soon_as_paypal_has_decided(
    inform: Launch, decision: str, status: str, mails: int
) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id = await pay_with_new(desk.client, desk.order, payer="review")
        await reached(product, desk.client, payment_id, "PENDING")

        product.simulator.release(await paypal_order_id(product, payment_id), decision)

        payment = await reached(product, desk.client, payment_id, status)
        assert history(payment)[-1] == (status, "PAYPAL_WEBHOOK")
        assert len([each for each in await product.rows(tables.Email) if each.kind != "PAYMENT_FAILED"]) == mails
        assert payment["order"]["status"] == ("PAID" if status == "SUCCEEDED" else "AWAITING_PAYMENT")


async def test_an_approval_that_lapsed_uncaptured_ends_the_payment_and_leaves_the_order_payable(
    inform: Launch,
) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        product.simulator.webhook_mode(drop=True)
        await approve_and_close_the_tab(approve_url)
        product.simulator.webhook_mode()

        product.simulator.lapse(await paypal_order_id(product, payment_id))

        payment = await reached(product, desk.client, payment_id, "EXPIRED")
        assert payment["order"]["status"] == "AWAITING_PAYMENT"
        assert (await money_taken(product), await product.mails(0)) == ([], [])


async def test_an_event_for_a_payment_that_has_ended_is_taken_and_changes_nothing(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, _ = await go_to_paypal(desk.client, desk.order)
        await desk.client.run("cancel_payment", paymentId=payment_id)
        before = await desk.client.payment(payment_id)

        answer = await tell(product, "CHECKOUT.ORDER.APPROVED", {"id": await paypal_order_id(product, payment_id)})

        assert answer.status_code == 200
        await all_handled(product, events=1)
        assert await desk.client.payment(payment_id) == before
        assert product.simulator.captures() == []
