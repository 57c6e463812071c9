"""A charge that PayPal refuses: tried again on the days of the calendar, or left to the customer, who is told once."""

from typing import Any

import pytest

from tests.acceptance.renewing import CHARGE, EXPIRY, LAST, RENEWED, SECOND, THIRD, Renewing, renewing
from tests.harness.calendar import automatic_payments, comes
from tests.harness.evidence import money_taken
from tests.harness.journeys import pay_with_new, pay_with_registered
from tests.harness.product import Product

ONCE = [("COMPLETED", "36.60")]


async def declined(product: Product, *, payer: str = "declined", until: Any = CHARGE) -> Renewing:
    """Let the days of the calendar come on which a renewal is announced, charged and retried, up to one of them."""
    scene = await renewing(product, payer=payer)
    await scene.announced()
    for day in (CHARGE, SECOND, THIRD, LAST):
        if day <= until:
            await comes(product, day)
    return scene


async def test_declined_declined_then_paid(product: Product) -> None:
    scene = await declined(product, until=SECOND)
    unpaid = await scene.order()
    before = await scene.flag()
    [coming] = await scene.upcoming()
    last = await (await scene.client()).payment((await automatic_payments(product))[-1].id)
    await scene.behave("pays")

    await comes(product, THIRD)

    assert before == ("RETRYING", scene.account.id, "2026-03-08")
    assert (coming["chargeOn"], coming["retryOn"]) == ("2026-03-05", ["2026-03-07"])
    assert coming["amount"]["gross"] == {"amount": "36.60", "currency": "EUR"}
    assert last["outcome"]["code"] == "FUNDING_DECLINED"
    assert last["outcome"]["nextAttemptOn"] == "2026-03-05"
    assert (unpaid["status"], unpaid["paymentBlocks"]) == ("AWAITING_PAYMENT", [])
    assert await scene.charges() == ["FAILED", "FAILED", "SUCCEEDED"]
    assert await money_taken(product) == ONCE
    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")
    assert (await scene.order())["status"] == "PAID"
    assert scene.letters() == ["notice", "paid"]


async def test_each_retry_is_a_new_payment_with_new_request_ids(product: Product) -> None:
    await declined(product, until=LAST)

    payments = await automatic_payments(product)
    ids = {
        call["request_id"]
        for call in product.simulator.calls("/v2/checkout/orders")
        if call["path"].endswith("/capture")
    }
    assert [payment.status for payment in payments] == ["FAILED"] * 4
    assert len({payment.order_id for payment in payments}) == 1
    assert len(ids) == 4


async def test_declined_for_good_the_order_is_paid_by_hand_and_the_renewal_keeps_its_account(product: Product) -> None:
    scene = await declined(product, until=LAST)
    order = await scene.order()
    told = scene.letters()
    coming = await scene.upcoming()
    last = await (await scene.client()).payment((await automatic_payments(product))[-1].id)

    by_hand = await pay_with_registered(await scene.client(), await scene.order_row(), scene.other_account)

    assert told == ["notice", "failed"]
    assert (coming, last["outcome"]["nextAttemptOn"]) == ([], None)
    assert (order["status"], order["paymentBlocks"]) == ("AWAITING_PAYMENT", [])
    assert by_hand["payment"]["status"] == "SUCCEEDED"
    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")
    await product.mails(3)
    assert scene.letters()[2:] == ["paid"]


async def test_a_new_account_that_pays_by_hand_does_not_take_the_renewal_over(product: Product) -> None:
    scene = await declined(product, payer="needs-action")

    await pay_with_new(await scene.client(), await scene.order_row())
    await comes(product, SECOND)

    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")
    assert scene.letters() == ["notice", "failed", "paid"]
    assert await scene.charges() == ["FAILED"]


@pytest.mark.parametrize(
    ("payer", "attempts", "code"),
    [("needs-action", 1, "APPROVAL_REFUSED"), ("locked", 2, "ACCOUNT_RESTRICTED"), ("refused", 2, "OTHER")],
)
async def test_what_only_the_customer_can_lift_is_not_tried_for_ever(
    product: Product, payer: str, attempts: int, code: str
) -> None:
    scene = await declined(product, payer=payer, until=LAST)

    payments = await automatic_payments(product)
    assert [payment.failure_code for payment in payments] == [code] * attempts
    assert await scene.flag() == ("ON", scene.account.id, "2026-03-08")
    assert scene.letters() == ["notice", "failed"]
    assert (await scene.order())["status"] == "AWAITING_PAYMENT"


async def test_a_consent_withdrawn_at_paypal_loses_the_account_and_stops(product: Product) -> None:
    scene = await declined(product, payer="revoked", until=LAST)

    [payment] = await automatic_payments(product)
    assert payment.failure_code == "CONSENT_REVOKED"
    assert await scene.flag() == ("ACCOUNT_LOST", scene.account.id, "2026-03-08")
    assert (await product.row(scene.account)).status == "REVOKED"
    assert (await product.row(scene.other_account)).status == "ACTIVE"
    assert [letter for letter in scene.letters() if letter == "failed"] == ["failed"]


async def test_an_order_given_up_is_not_charged_again(product: Product) -> None:
    scene = await declined(product)
    order = await scene.order()

    given_up = await (await scene.client()).run("cancel_order", orderId=order["id"])
    for day in (SECOND, THIRD, LAST, EXPIRY):
        await comes(product, day)

    assert given_up["order"]["status"] == "CANCELED"
    assert await scene.charges() == ["FAILED"]
    assert scene.letters() == ["notice"]
    assert await scene.flag() == ("ON", scene.account.id, "2026-03-08")


async def test_switched_off_between_two_attempts_there_is_no_other(product: Product) -> None:
    scene = await declined(product)

    off = await (await scene.client()).run("set_auto_renewal", serviceId=scene.service.id, enabled=False)
    for day in (SECOND, THIRD, LAST):
        await comes(product, day)

    assert off["effect"] == "IMMEDIATE"
    assert await scene.charges() == ["FAILED"]
    assert await scene.flag() == ("OFF", None, "2026-03-08")


async def test_another_account_chosen_after_a_decline_is_the_one_that_is_tried_next(product: Product) -> None:
    scene = await declined(product)
    client = await scene.client()
    choice = {"serviceId": scene.service.id, "enabled": True, "accountId": scene.other_account.id}

    chosen = await client.run("set_auto_renewal", **choice)
    again = await client.run("set_auto_renewal", **choice)
    between = await scene.flag()
    await comes(product, SECOND)

    assert (chosen["effect"], again["effect"]) == ("IMMEDIATE", "UNCHANGED")
    assert between == ("RETRYING", scene.other_account.id, "2026-03-08")
    mail = product.mailbox.text("Attivazione rinnovo automatico")
    assert "\nAddebito: 3 marzo 2026, nuovo tentativo dopo quello rifiutato\n" in mail
    assert "\nPuoi disattivarlo fino a: 2 marzo 2026" in mail
    assert [payment.account_id for payment in await automatic_payments(product)] == [
        scene.account.id,
        scene.other_account.id,
    ]
    assert await money_taken(product) == ONCE
    assert await scene.flag() == ("ON", scene.other_account.id, "2027-03-08")


@pytest.mark.watched
async def test_an_answer_that_gets_lost_is_asked_for_and_the_money_taken_once(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    product.simulator.fail("lost_answer", pattern="*/capture", times=3)

    await comes(product, CHARGE)
    await product.until(scene.is_renewed)

    [payment] = await automatic_payments(product)
    assert payment.status == "SUCCEEDED"
    assert await money_taken(product) == ONCE
    assert (await product.row(scene.service)).expires_on == RENEWED


@pytest.mark.watched
async def test_paypal_that_cannot_be_reached_is_tried_again_under_the_same_request_ids(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    product.simulator.fail("down", pattern="/v2/checkout/orders", times=4)

    await comes(product, CHARGE)
    await product.until(scene.is_renewed)

    creates = [
        call["request_id"] for call in product.simulator.calls("/v2/checkout/orders") if call["method"] == "POST"
    ]
    assert len(set(creates)) == 2  # one for the order, one for the capture, however often they were asked
    assert await money_taken(product) == ONCE
    assert await scene.charges() == ["SUCCEEDED"]
