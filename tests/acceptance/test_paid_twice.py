"""PayPal took the money of one order twice, or of one that cannot be paid: what nobody owes is given back, once."""

from datetime import date, timedelta
from typing import Any

import pytest

from models import enums, tables
from tests.acceptance.conftest import Launch
from tests.harness.evidence import correspondence, history, money_taken, reached
from tests.harness.journeys import go_to_paypal, pay_with_registered, start
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk

EXPIRY = date.today() + timedelta(days=200)  # PayPal's events are told by the clock on the wall
PAYER = "pays@payer.example"


async def desk_today(product: Product, **more: Any) -> Desk:
    return await open_desk(product, service={"expires_on": EXPIRY}, **more)


async def abandoned(product: Product, desk: Desk) -> tuple[str, str]:
    """Go to PayPal and give the payment up here; return the ids of the payment and of the order at PayPal."""
    payment_id, _ = await go_to_paypal(desk.client, desk.order)
    await desk.client.run("cancel_payment", paymentId=payment_id)
    [attempt] = [each for each in await product.rows(tables.PaymentAttempt) if each.payment_id == payment_id]
    return payment_id, str(attempt.paypal_order_id)


async def given_back(product: Product, payment_id: str) -> tables.Refund:
    """Wait for the one refund of the payment to be completed."""

    async def completed() -> list[tables.Refund]:
        rows = [row for row in await product.rows(tables.Refund) if row.payment_id == payment_id]
        return [row for row in rows if row.status is enums.RefundStatus.COMPLETED]

    [refund] = await product.until(completed)
    assert isinstance(refund, tables.Refund)
    return refund


async def test_money_that_comes_for_an_order_paid_already_is_given_back_and_told(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, paypal_order_id = await abandoned(product, desk)
        winner = await pay_with_registered(desk.client, desk.order, desk.account)
        await product.mails(2)

        capture_id = product.simulator.capture_late(paypal_order_id, payer_email=PAYER)
        refund = await given_back(product, payment_id)

        assert (refund.capture_id, refund.amount_cents, refund.reason) == (capture_id, 3660, "ORDER_PAID_TWICE")
        assert sorted(await money_taken(product)) == [("COMPLETED", "36.60"), ("REFUNDED", "36.60")]
        seen = await desk.client.payment(payment_id)
        assert (seen["status"], seen["outcome"]["by"]) == ("CANCELED", "CUSTOMER")
        assert [(each["status"], each["reason"]) for each in seen["refunds"]] == [("COMPLETED", "ORDER_PAID_TWICE")]
        assert [event["note"] for event in seen["history"][-2:]] == [
            f"PayPal took 36.60 EUR; given back by {refund.id}: ORDER_PAID_TWICE.",
            "Refund of 36.60 EUR: COMPLETED.",
        ]
        paid = await desk.client.payment(winner["payment"]["id"])
        assert (paid["status"], paid["order"]["status"], paid["refunds"]) == ("SUCCEEDED", "PAID", [])
        told = f"Rimborso per l'ordine {desk.order.number}"
        assert (told, desk.customer.email) in await correspondence(product, 3)
        assert "L'ordine era già pagato" in product.mailbox.text("Rimborso")
        assert "Account PayPal: p•••@payer.example\n" in product.mailbox.text("Rimborso")


async def test_a_held_payment_let_go_after_a_late_success_fails_and_is_given_back(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product, payer="review")
        late_id, paypal_order_id = await abandoned(product, desk)
        held = await pay_with_registered(desk.client, desk.order, desk.account)
        held_id = held["payment"]["id"]

        product.simulator.capture_late(paypal_order_id, payer_email=PAYER)
        await reached(product, desk.client, late_id, "SUCCEEDED")
        meanwhile = (await desk.client.payment(held_id))["status"]
        [held_attempt] = [each for each in await product.rows(tables.PaymentAttempt) if each.payment_id == held_id]
        product.simulator.release(held_attempt.paypal_order_id, "COMPLETED")
        refund = await given_back(product, held_id)

        ended = await desk.client.payment(held_id)
        assert (meanwhile, refund.reason) == ("PENDING", "ORDER_PAID_TWICE")
        assert (ended["status"], ended["outcome"]["code"], ended["outcome"]["advice"]) == (
            "FAILED",
            "ORDER_ALREADY_PAID",
            "NO_ACTION",
        )
        assert ended["outcome"]["message"].startswith("L'ordine risulta già pagato: non devi fare nulla.")
        assert ended["order"]["status"] == "PAID"
        subjects = [subject for subject, _ in await correspondence(product, 3)]
        assert "Conferma pagamento" in subjects
        assert not [subject for subject in subjects if subject.startswith("Pagamento non riuscito")]


async def test_money_that_comes_for_a_canceled_order_is_given_back(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, paypal_order_id = await abandoned(product, desk)
        await desk.client.run("cancel_order", orderId=desk.order.id)

        product.simulator.capture_late(paypal_order_id, payer_email=PAYER)
        refund = await given_back(product, payment_id)

        seen = await desk.client.payment(payment_id)
        assert (refund.reason, seen["status"], seen["order"]["status"]) == (
            "ORDER_NOT_PAYABLE",
            "CANCELED",
            "CANCELED",
        )
        assert [subject for subject, _ in await correspondence(product, 1)] == [
            f"Rimborso per l'ordine {desk.order.number}"
        ]
        assert await money_taken(product) == [("REFUNDED", "36.60")]


async def test_a_late_success_ends_a_payment_in_another_tab(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        late_id, paypal_order_id = await abandoned(product, desk)
        other_id, _ = await go_to_paypal(desk.client, desk.order)

        product.simulator.capture_late(paypal_order_id, payer_email=PAYER)
        await reached(product, desk.client, late_id, "SUCCEEDED")

        other = await desk.client.payment(other_id)
        assert history(other)[-1] == ("CANCELED", "RECONCILER")
        assert (await start(desk.client, desk.order))["__typename"] == "OrderNotPayableError"
        assert await money_taken(product) == [("COMPLETED", "36.60")]


@pytest.mark.parametrize(
    ("decision", "subject"),
    [("COMPLETED", "Rimborso per l'ordine {number}"), ("FAILED", "Rimborso non riuscito per l'ordine {number}")],
)
async def test_a_refund_that_paypal_holds_is_followed_to_its_end_and_told_as_it_ends(
    inform: Launch, decision: str, subject: str
) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, paypal_order_id = await abandoned(product, desk)
        await pay_with_registered(desk.client, desk.order, desk.account)
        await product.mails(2)
        product.simulator.capture_late(paypal_order_id, payer_email="refund-waits@payer.example")

        async def pending() -> str | None:
            rows = await product.rows(tables.Refund)
            return rows[0].paypal_refund_id if rows and rows[0].status == "PENDING" else None

        paypal_refund_id = await product.until(pending)
        told = await product.mails(2)
        product.simulator.release_refund(paypal_refund_id, decision)

        async def decided() -> bool:
            return bool((await product.rows(tables.Refund))[0].status == decision)

        await product.until(decided)
        [refunded] = set(await product.mails(3)) - set(told)
        assert refunded == subject.format(number=desk.order.number)
        notes = [event["note"] for event in (await desk.client.payment(payment_id))["history"]]
        assert notes[-2:] == ["Refund of 36.60 EUR: PENDING.", f"Refund of 36.60 EUR: {decision}."]
