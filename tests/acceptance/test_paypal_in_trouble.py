"""PayPal is down, slow or confused, or its answer gets lost: nobody pays twice, and what was paid is found out."""

import asyncio
from typing import Any

import pytest
from structlog.testing import capture_logs

from models import tables
from tests.acceptance.conftest import Launch
from tests.harness.evidence import correspondence, history, money_taken, paypal_calls, reached, renewals
from tests.harness.journeys import confirm, pay_with_new, pay_with_registered, start
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk

CREATE, CAPTURE = "/v2/checkout/orders", "*/capture"
PATIENT = {"confirm_patience_seconds": 0.3}
CALLS_PER_STEP = 3  # one, and two repetitions
ONCE = [("COMPLETED", "36.60")]
NO_ANSWERS = ["html_503", "html_200", "empty", "truncated", "internal_error"]


async def paid_once(product: Product, desk: Desk, payment_id: str) -> None:
    """The order is paid, renewal is on, both mails have arrived, and the money was taken once."""
    payment = await reached(product, desk.client, payment_id, "SUCCEEDED")
    assert payment["order"]["status"] == "PAID"
    assert await money_taken(product) == ONCE
    assert await renewals(desk.client) == {desk.service.label: ("ON", desk.account.id, "2027-03-08")}
    assert len(await correspondence(product, 2)) == 2


async def request_ids(product: Product) -> list[str | None]:
    """Return the request ids of all captures asked for."""
    return [call["request_id"] for call in await asyncio.to_thread(product.simulator.captures)]


def errors(logs: list[Any]) -> list[str]:
    """Return the events that were logged as errors."""
    return [str(entry["event"]) for entry in logs if entry["log_level"] == "error"]


@pytest.mark.parametrize("kind", ["down", "html_503", "rate_limited"])
@pytest.mark.watched
async def test_a_payment_that_paypal_cannot_open_waits_for_procedi_again_and_is_then_paid_once(
    product: Product, kind: str
) -> None:
    desk = await open_desk(product)
    product.simulator.fail(kind, pattern=CREATE, times=CALLS_PER_STEP)

    refused = await pay_with_registered(desk.client, desk.order, desk.account)
    stored = await money_taken(product)
    again = await confirm(desk.client, refused["stillOpen"]["id"], desk.order)

    payment_id = again["payment"]["id"]
    assert (refused["__typename"], refused["code"]) == ("ProviderUnavailableError", "PROVIDER_UNAVAILABLE")
    assert refused["stillOpen"] == {"id": payment_id, "status": "AWAITING_CONFIRMATION"}
    assert (refused["retryable"], refused["retryAfterSeconds"], stored) == (True, 1, [])
    assert (again["replayed"], again["payment"]["status"]) == (False, "SUCCEEDED")
    await paid_once(product, desk, payment_id)
    assert sorted(attempt.number for attempt in await product.rows(tables.PaymentAttempt)) == [1, 2]


async def test_a_short_disturbance_at_the_opening_is_not_even_noticed(product: Product) -> None:
    desk = await open_desk(product)
    product.simulator.fail("rate_limited", pattern=CREATE, times=CALLS_PER_STEP - 1, seconds=0)

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    assert answer["payment"]["status"] == "SUCCEEDED"
    await paid_once(product, desk, answer["payment"]["id"])
    assert [status for _, path, _, status in await paypal_calls(product) if path == CREATE] == [429, 429, 201]


@pytest.mark.parametrize("kind", NO_ANSWERS)
@pytest.mark.parametrize("pattern", [CREATE, CAPTURE], ids=["create", "capture"])
async def test_an_answer_that_is_none_is_asked_for_again_under_the_same_request_id(
    product: Product, pattern: str, kind: str
) -> None:
    desk = await open_desk(product)
    product.simulator.fail(kind, pattern=pattern)

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    assert answer["payment"]["status"] == "SUCCEEDED"
    await paid_once(product, desk, answer["payment"]["id"])
    creates = [request_id for _, path, request_id, _ in await paypal_calls(product) if path == CREATE]
    captures = await request_ids(product)
    assert (len(creates), len(captures)) == ((2, 1) if pattern == CREATE else (1, 2))
    assert (len(set(creates)), len(set(captures))) == (1, 1)


async def test_the_answer_to_a_capture_that_succeeded_is_lost(product: Product) -> None:
    desk = await open_desk(product, payer="answer-lost")

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    [attempt] = await product.rows(tables.PaymentAttempt)
    assert answer["payment"]["status"] == "SUCCEEDED"
    assert await request_ids(product) == [f"{attempt.id}-capture-1"] * 2
    await paid_once(product, desk, answer["payment"]["id"])


async def test_a_slow_paypal_is_waited_for_only_so_long_and_paid_all_the_same(launch: Launch) -> None:
    async with launch(**PATIENT) as product:
        desk = await open_desk(product)
        product.simulator.fail("slow", pattern=CAPTURE, seconds=2)

        answer = await pay_with_registered(desk.client, desk.order, desk.account)
        repeated = await confirm(desk.client, answer["payment"]["id"], desk.order)

        waiting = {"__typename": "WaitAction", "reason": "PROCESSING", "pollAfterMs": 1500}
        assert (answer["payment"]["status"], answer["payment"]["nextAction"]) == ("PROCESSING", waiting)
        assert (repeated["replayed"], repeated["payment"]["nextAction"]) == (True, waiting)
        await paid_once(product, desk, answer["payment"]["id"])
        assert len(await request_ids(product)) == 1


@pytest.mark.watched
@pytest.mark.parametrize("kind", ["down", "lost_answer"])
async def test_an_outage_at_the_capture_keeps_the_order_from_being_paid_again_until_the_truth_is_known(
    product: Product, kind: str
) -> None:
    desk = await open_desk(product)
    product.simulator.fail(kind, pattern=CAPTURE, times=CALLS_PER_STEP)
    product.simulator.fail("down", pattern=f"{CREATE}/*", times=500)

    answer = await pay_with_registered(desk.client, desk.order, desk.account)
    refused = await start(desk.client, desk.order)
    product.simulator.recover()

    assert answer["payment"]["status"] == "VERIFYING"
    assert answer["payment"]["nextAction"] == {
        "__typename": "WaitAction",
        "reason": "OUTCOME_UNKNOWN",
        "pollAfterMs": 1500,
    }
    assert (refused["__typename"], [block["code"] for block in refused["blocks"]]) == (
        "OrderNotPayableError",
        ["PAYMENT_BEING_VERIFIED"],
    )
    await paid_once(product, desk, answer["payment"]["id"])
    assert len(set(await request_ids(product))) == 1


async def test_a_payment_being_verified_can_be_neither_canceled_nor_confirmed_anew(product: Product) -> None:
    desk = await open_desk(product)
    product.simulator.fail("down", pattern=f"{CREATE}/*", times=500)
    answer = await pay_with_registered(desk.client, desk.order, desk.account)
    payment_id = answer["payment"]["id"]

    canceled = await desk.client.run("cancel_payment", paymentId=payment_id)
    given_up = await desk.client.run("cancel_order", orderId=desk.order.id)
    again = await confirm(desk.client, payment_id, desk.order)

    assert (canceled["__typename"], canceled["payment"]["status"]) == ("PaymentStateError", "VERIFYING")
    assert given_up["__typename"] == "OrderNotCancelableError"
    assert (again["replayed"], again["payment"]["status"]) == (True, "VERIFYING")
    assert len(await product.rows(tables.PaymentAttempt)) == 1


@pytest.mark.watched
async def test_credentials_that_stop_working_after_a_lost_answer_do_not_end_the_payment(product: Product) -> None:
    desk = await open_desk(product)
    product.simulator.fail("lost_answer", pattern=CAPTURE)
    product.simulator.fail("unauthorized", pattern=f"{CREATE}/*", times=500)

    with capture_logs() as logs:
        answer = await pay_with_registered(desk.client, desk.order, desk.account)
    refused = await start(desk.client, desk.order)
    product.simulator.recover()

    assert answer["payment"]["status"] == "VERIFYING"
    assert refused["__typename"] == "OrderNotPayableError"
    assert "paypal.refused_us" in errors(logs)
    await paid_once(product, desk, answer["payment"]["id"])


async def test_an_access_token_that_dies_early_is_fetched_again_once(product: Product) -> None:
    desk = await open_desk(product)
    product.simulator.fail("unauthorized", pattern=CAPTURE)

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    calls = await asyncio.to_thread(product.simulator.calls)
    assert answer["payment"]["status"] == "SUCCEEDED"
    assert [call["path"].rpartition("/")[2] for call in calls] == ["token", "orders", "capture", "token", "capture"]
    await paid_once(product, desk, answer["payment"]["id"])


async def test_a_wrong_client_secret_charges_nothing_and_alerts_an_operator(launch: Launch) -> None:
    async with launch(paypal_client_secret="not-the-secret") as product:
        desk = await open_desk(product)

        with capture_logs() as logs:
            refused = await pay_with_registered(desk.client, desk.order, desk.account)

        assert (refused["__typename"], refused["stillOpen"]["status"]) == (
            "ProviderUnavailableError",
            "AWAITING_CONFIRMATION",
        )
        assert errors(logs) == ["paypal.refused_us"]
        assert (await money_taken(product), await product.mails(0)) == ([], [])


@pytest.mark.watched
async def test_a_held_payment_is_not_payable_again_and_paid_once_paypal_lets_it_go(product: Product) -> None:
    desk = await open_desk(product, payer="review")

    answer = await pay_with_registered(desk.client, desk.order, desk.account)
    refused = await start(desk.client, desk.order)
    before = (await product.mails(0), await renewals(desk.client))
    await release(product, "COMPLETED")

    assert (answer["payment"]["status"], answer["payment"]["nextAction"]["reason"]) == ("PENDING", "PAYPAL_REVIEW")
    assert answer["order"]["status"] == "AWAITING_PAYMENT"
    assert [block["code"] for block in refused["blocks"]] == ["PAYMENT_BEING_VERIFIED"]
    assert before == ([], {desk.service.label: ("OFF", None, "2026-03-08")})
    await paid_once(product, desk, answer["payment"]["id"])
    assert len(await request_ids(product)) == 1


@pytest.mark.watched
async def test_a_held_payment_of_a_new_account_registers_it_only_when_it_is_let_go(product: Product) -> None:
    desk = await open_desk(product)

    payment_id = await pay_with_new(desk.client, desk.order, payer="review")
    held = (await desk.client.payment(payment_id))["status"], len(await product.rows(tables.PayPalAccount))
    await release(product, "COMPLETED")

    await reached(product, desk.client, payment_id, "SUCCEEDED")
    [new] = [each for each in await product.rows(tables.PayPalAccount) if each.id != desk.account.id]
    assert held == ("PENDING", 1)
    assert await renewals(desk.client) == {desk.service.label: ("ON", new.id, "2027-03-08")}


@pytest.mark.watched
async def test_a_held_payment_that_paypal_denies_fails_and_its_customer_long_gone_is_told(product: Product) -> None:
    desk = await open_desk(product, payer="review")
    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    await release(product, "DENIED")

    failed = await reached(product, desk.client, answer["payment"]["id"], "FAILED")
    assert (failed["outcome"]["code"], failed["order"]["status"]) == ("FUNDING_DECLINED", "AWAITING_PAYMENT")
    assert await renewals(desk.client) == {desk.service.label: ("OFF", None, "2026-03-08")}
    assert (await start(desk.client, desk.order))["resumed"] is False
    assert await money_taken(product) == [("DECLINED", "36.60")]
    told = [(f"Pagamento non riuscito per l'ordine {desk.order.number}", desk.customer.email)]
    assert await correspondence(product, 1) == told
    assert "Motivo: PayPal non ha potuto addebitare l'importo sul conto.\n" in product.mailbox.text("Pagamento")


async def release(product: Product, status: str) -> None:
    """Let PayPal decide about the capture that it holds."""
    [attempt] = await product.rows(tables.PaymentAttempt)
    await asyncio.to_thread(product.simulator.release, attempt.paypal_order_id, status)


async def test_a_capture_of_another_sum_is_no_payment_and_a_person_is_called(product: Product) -> None:
    desk = await open_desk(product, payer="other-amount")

    with capture_logs() as logs:
        answer = await pay_with_registered(desk.client, desk.order, desk.account)
    refused = await start(desk.client, desk.order)

    payment = await desk.client.payment(answer["payment"]["id"])
    assert (payment["status"], payment["order"]["status"]) == ("VERIFYING", "AWAITING_PAYMENT")
    assert history(payment)[-1] == ("VERIFYING", "PAYPAL_REPLY")
    assert refused["__typename"] == "OrderNotPayableError"
    assert set(errors(logs)) == {"payment.capture_suspicious"}
    assert await renewals(desk.client) == {desk.service.label: ("OFF", None, "2026-03-08")}
    assert (await product.mails(0), await money_taken(product)) == ([], [("COMPLETED", "36.59")])
