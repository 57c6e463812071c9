"""Money that PayPal takes when nobody waits for it any more: it pays the order, or is given back; it is never lost."""

import asyncio

import pytest
from structlog.testing import capture_logs

from models import tables
from models.enums import ServiceStatus
from tests.acceptance.conftest import Launch
from tests.harness.elsewhere import capture_elsewhere, notify, sell_elsewhere
from tests.harness.evidence import correspondence, history, last_look_over, money_taken, paypal_calls, reached, renewals
from tests.harness.journeys import begin, confirm, go_to_paypal, pay_with_registered, start
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk

HOURS = 3600
CREATE, CAPTURE = "/v2/checkout/orders", "*/capture"


async def attempt_of(product: Product, payment_id: str) -> tables.PaymentAttempt:
    """Return the newest attempt of a payment."""
    attempts = [each for each in await product.rows(tables.PaymentAttempt) if each.payment_id == payment_id]
    newest: tables.PaymentAttempt = max(attempts, key=lambda attempt: attempt.number)
    return newest


async def give_up_and_approve(product: Product, desk: Desk) -> tuple[str, tables.PaymentAttempt]:
    """Cancel a payment here, and approve it on PayPal's page all the same, which moves no money.

    Its last look is over then: from now on only PayPal can tell what happens to it.
    """
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    await desk.client.run("cancel_payment", paymentId=payment_id)
    await product.until(lambda: last_look_over(product, payment_id))
    await Browser().sign_in_and_accept(approve_url, payer="pays")
    return payment_id, await attempt_of(product, payment_id)


async def refunds(product: Product) -> list[tuple[str, str, int]]:
    """Return the refunds in our books: reason, status and cents."""
    return [(row.reason, row.status, row.amount_cents) for row in await product.rows(tables.Refund)]


@pytest.mark.watched
async def test_money_taken_for_a_payment_that_was_given_up_pays_the_order(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, attempt = await give_up_and_approve(product, desk)
    capture_id = await capture_elsewhere(product, attempt)
    await notify(product, attempt)

    paid = await reached(product, desk.client, payment_id, "SUCCEEDED")
    await notify(product, attempt, key="again")

    assert history(paid)[-2:] == [("CANCELED", "CUSTOMER"), ("SUCCEEDED", "PAYPAL_WEBHOOK")]
    assert (paid["order"]["status"], paid["outcome"]["payPalReference"]) == ("PAID", capture_id)
    assert [subject for subject, _ in await correspondence(product, 2)] == [
        f"Attivazione rinnovo automatico per il servizio {desk.service.label}",
        "Conferma pagamento",
    ]
    [(_, (status, account_id, expires_on))] = (await renewals(desk.client)).items()
    assert (status, expires_on) == ("ON", "2027-03-08")
    assert account_id in {row.id for row in await product.rows(tables.PayPalAccount)} - {desk.account.id}
    assert await refunds(product) == []


@pytest.mark.watched
async def test_a_payment_begun_meanwhile_is_given_up_for_the_one_that_paid(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, attempt = await give_up_and_approve(product, desk)
    other_id = await begin(desk.client, desk.order)
    await desk.client.run("select_registered_account", paymentId=other_id, accountId=desk.account.id)
    await capture_elsewhere(product, attempt)
    await notify(product, attempt)

    await reached(product, desk.client, payment_id, "SUCCEEDED")
    refused = await confirm(desk.client, other_id, desk.order)

    other = await desk.client.payment(other_id)
    assert (refused["__typename"], other["outcome"]["by"]) == ("PaymentStateError", "RECONCILER")
    assert other["history"][-1]["note"] == f"The order was paid by {payment_id}, whose success came late."
    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert len(await correspondence(product, 2)) == 2


@pytest.mark.watched
async def test_an_approval_of_a_payment_that_has_ended_is_never_captured(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, attempt = await give_up_and_approve(product, desk)
    await notify(product, attempt)

    async def looked() -> bool:
        return ("GET", f"{CREATE}/{attempt.paypal_order_id}") in {call[:2] for call in await paypal_calls(product)}

    await product.until(looked)
    assert (await desk.client.payment(payment_id))["status"] == "CANCELED"
    assert (await money_taken(product), product.simulator.captures()) == ([], [])
    assert (await start(desk.client, desk.order))["resumed"] is False


@pytest.mark.watched
async def test_money_taken_for_an_order_whose_service_has_gone_is_given_back(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, attempt = await give_up_and_approve(product, desk)
    await product.change(desk.service, status=ServiceStatus.CANCELED)
    await capture_elsewhere(product, attempt)
    await notify(product, attempt)

    [(subject, to)] = await correspondence(product, 1)

    assert (subject, to) == (f"Rimborso per l'ordine {desk.order.number}", desk.customer.email)
    assert "non poteva più essere pagato" in product.mailbox.text("Rimborso")
    assert await refunds(product) == [("ORDER_NOT_PAYABLE", "COMPLETED", 3660)]
    assert await money_taken(product) == [("REFUNDED", "36.60")]
    payment = await desk.client.payment(payment_id)
    assert (payment["status"], payment["order"]["status"]) == ("CANCELED", "AWAITING_PAYMENT")
    assert [event["note"] for event in payment["history"][-1:]] == ["Refund of 36.60 EUR: COMPLETED."]


@pytest.mark.watched
async def test_a_second_payment_of_an_order_paid_behind_our_back_finds_the_money_and_takes_none(
    product: Product,
) -> None:
    desk = await open_desk(product)
    payment_id, attempt = await give_up_and_approve(product, desk)
    await capture_elsewhere(product, attempt)

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    failed = await reached(product, desk.client, answer["payment"]["id"], "FAILED")
    assert (failed["outcome"]["code"], failed["outcome"]["advice"]) == ("ORDER_ALREADY_PAID", "NO_ACTION")
    assert failed["order"]["status"] == "PAID"
    assert (await desk.client.payment(payment_id))["status"] == "SUCCEEDED"
    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert len(await correspondence(product, 2)) == 2
    assert await refunds(product) == []


async def test_an_invoice_number_that_somebody_else_has_used_costs_one_more_attempt_and_keeps_its_guard(
    product: Product,
) -> None:
    desk = await open_desk(product)
    await sell_elsewhere(product, invoice_id=desk.order.number, account=desk.account)

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    paid = await reached(product, desk.client, answer["payment"]["id"], "SUCCEEDED")
    assert paid["order"]["status"] == "PAID"
    refused, charged = sorted(await product.rows(tables.PaymentAttempt), key=lambda attempt: attempt.number)
    assert (refused.capture_id, charged.invoice_id) == (None, f"{desk.order.number}-2")
    order = await asyncio.to_thread(product.simulator.order, charged.paypal_order_id)
    assert order["purchase_units"][0]["invoice_id"] == f"{desk.order.number}-2"
    assert len(await correspondence(product, 2)) == 2


@pytest.mark.watched
async def test_an_invoice_number_used_elsewhere_is_tried_again_only_when_paypal_has_told_of_the_earlier_attempts(
    product: Product,
) -> None:
    desk = await open_desk(product)
    first_id, _ = await give_up_and_approve(product, desk)
    await sell_elsewhere(product, invoice_id=desk.order.number, account=desk.account)
    product.simulator.fail(
        "down", pattern=f"{CREATE}/{(await attempt_of(product, first_id)).paypal_order_id}", times=500
    )

    answer = await pay_with_registered(desk.client, desk.order, desk.account)
    waiting = answer["payment"]
    again = await start(desk.client, desk.order)
    attempts = len(await product.rows(tables.PaymentAttempt))
    product.simulator.recover()

    assert (waiting["status"], again["__typename"], attempts) == ("VERIFYING", "OrderNotPayableError", 2)
    await reached(product, desk.client, waiting["id"], "SUCCEEDED")
    assert [status for status, _ in await money_taken(product)].count("COMPLETED") == 2  # ours, and the other program's


@pytest.mark.parametrize("kind", ["lost_answer", "down"])
@pytest.mark.watched
async def test_an_outage_longer_than_paypal_remembers_request_ids_charges_once(launch: Launch, kind: str) -> None:
    async with launch(paypal_retry_seconds=(0.05,)) as product:
        desk = await open_desk(product)
        product.simulator.fail(kind, pattern=CAPTURE, times=2)
        product.simulator.fail("down", pattern=f"{CREATE}/*", times=500)

        answer = await pay_with_registered(desk.client, desk.order, desk.account)
        await asyncio.to_thread(product.simulator.ask, "POST", "/clock", {"advance_seconds": 7 * HOURS})
        product.simulator.recover()

        payment_id, lost = answer["payment"]["id"], kind == "lost_answer"
        ended = await reached(product, desk.client, payment_id, "SUCCEEDED" if lost else "FAILED")
        assert answer["payment"]["status"] == "VERIFYING"
        assert await money_taken(product) == ([("COMPLETED", "36.60")] if lost else [])
        assert ended["order"]["status"] == ("PAID" if lost else "AWAITING_PAYMENT")
        subjects = await product.mails(2 if lost else 1)
        assert ("Conferma pagamento" in subjects) is lost
        assert (f"Pagamento non riuscito per l'ordine {desk.order.number}" in subjects) is not lost


async def test_a_capture_of_another_sum_is_looked_at_less_and_less_often_and_always_loudly(launch: Launch) -> None:
    async with launch(watch_first_seconds=0.1, watch_ceiling_seconds=0.4) as product:
        desk = await open_desk(product, payer="other-amount")

        with capture_logs() as logs:
            answer = await pay_with_registered(desk.client, desk.order, desk.account)
            attempt = await attempt_of(product, answer["payment"]["id"])

            async def looked_at() -> bool:
                return bool((await product.row(attempt)).looks >= 5)

            await product.until(looked_at)

        alerts = [entry for entry in logs if entry["event"] == "payment.capture_suspicious"]
        payment = await desk.client.payment(answer["payment"]["id"])
        assert (payment["status"], payment["order"]["status"]) == ("VERIFYING", "AWAITING_PAYMENT")
        assert len(alerts) >= 4
        assert history(payment)[-1] == ("VERIFYING", "PAYPAL_REPLY")
        assert (await money_taken(product), await product.mails(0)) == ([("COMPLETED", "36.59")], [])
