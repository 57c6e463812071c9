"""Giving up an order ("Annulla") or a payment: only while no money can have moved, final, and harmless twice."""

import asyncio
from typing import Any

import pytest

from models import enums, tables
from models.enums import OrderStatus, PaymentStatus
from policies.payment_transitions import OPEN
from tests.factories import NOW
from tests.harness.evidence import history, last_look_over
from tests.harness.journeys import begin, confirm, start
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.refusals import Desk, only_asked, open_desk, payment_in, unchanged

CANCELABLE = [PaymentStatus.AWAITING_ACCOUNT, PaymentStatus.AWAITING_CONFIRMATION, PaymentStatus.AWAITING_APPROVAL]
AT_PAYPAL = sorted(OPEN - set(CANCELABLE))
TOO_LATE = [status for status in PaymentStatus if status not in {*CANCELABLE, PaymentStatus.CANCELED}]
BY_CUSTOMER = {"__typename": "PaymentCanceled", "at": "2025-03-08T09:30:00Z", "by": "CUSTOMER"}


def not_cancelable(desk: Desk, status: str) -> dict[str, Any]:
    return {
        "__typename": "OrderNotCancelableError",
        "order": {"id": desk.order.id, "status": status},
        "code": "ORDER_NOT_CANCELABLE",
        "message": "Questo ordine non può essere annullato.",
        "retryable": False,
    }


async def test_an_unpaid_order_is_given_up_for_good(product: Product) -> None:
    desk = await open_desk(product)

    answer = await desk.client.run("cancel_order", orderId=desk.order.id)

    assert answer == {
        "__typename": "CancelOrderPayload",
        "order": {
            "id": desk.order.id,
            "number": desk.order.number,
            "status": "CANCELED",
            "statusLabel": "Annullato",
            "paymentBlocks": [{"code": "CANCELED"}],
        },
    }
    async with unchanged(product):
        assert await desk.client.run("cancel_order", orderId=desk.order.id) == answer
        assert (await start(desk.client, desk.order))["__typename"] == "OrderNotPayableError"
        assert (await desk.client.run("orders_to_pay"))["orders"]["nodes"] == []


@pytest.mark.parametrize("selected", [False, True], ids=["only begun", "account chosen"])
async def test_a_payment_not_yet_confirmed_is_given_up_along_with_its_order(product: Product, selected: bool) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)
    if selected:
        await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)

    await desk.client.run("cancel_order", orderId=desk.order.id)

    payment = await desk.client.payment(payment_id)
    assert (payment["status"], payment["outcome"], payment["nextAction"]) == ("CANCELED", BY_CUSTOMER, None)
    assert history(payment) == [
        ("AWAITING_ACCOUNT", "CUSTOMER"),
        *[("AWAITING_CONFIRMATION", "CUSTOMER")] * selected,
        ("CANCELED", "CUSTOMER"),
    ]
    assert payment["history"][-1]["note"] == "The order was canceled."
    async with unchanged(product):
        refused = [
            await confirm(desk.client, payment_id, desk.order),
            await desk.client.run("select_new_account", paymentId=payment_id),
        ]
    assert [(each["__typename"], each["payment"]["status"]) for each in refused] == [
        ("PaymentStateError", "CANCELED")
    ] * 2


async def test_an_order_no_longer_unpaid_cannot_be_given_up(product: Product) -> None:
    settled = [status for status in OrderStatus if status not in {"AWAITING_PAYMENT", "CANCELED"}]
    desks = [await open_desk(product, order={"status": status}) for status in settled]

    async with unchanged(product):
        refused = [await desk.client.run("cancel_order", orderId=desk.order.id) for desk in desks]

    assert refused == [not_cancelable(desk, status.value) for desk, status in zip(desks, settled, strict=True)]


async def test_an_order_whose_payment_may_have_moved_money_cannot_be_given_up(product: Product) -> None:
    desks = [await open_desk(product) for _ in AT_PAYPAL]
    for desk, status in zip(desks, AT_PAYPAL, strict=True):
        await payment_in(product, desk, status)

    async with only_asked(product):
        refused = await asyncio.gather(*(desk.client.run("cancel_order", orderId=desk.order.id) for desk in desks))

    assert refused == [not_cancelable(desk, "AWAITING_PAYMENT") for desk in desks]


async def test_a_payment_that_waits_for_its_approval_is_given_up_along_with_its_order(product: Product) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_APPROVAL)

    answer = await desk.client.run("cancel_order", orderId=desk.order.id)

    given_up = await desk.client.payment(payment.id)
    assert (answer["order"]["status"], given_up["outcome"]) == ("CANCELED", BY_CUSTOMER)
    assert given_up["history"][-1]["note"] == "The order was canceled."


@pytest.mark.parametrize("status", CANCELABLE)
async def test_a_payment_that_moved_no_money_is_given_up_and_the_order_stays_payable(
    product: Product, status: PaymentStatus
) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, status)

    answer = await desk.client.run("cancel_payment", paymentId=payment.id)

    assert answer == {
        "__typename": "CancelPaymentPayload",
        "payment": {"id": payment.id, "status": "CANCELED", "outcome": BY_CUSTOMER},
    }
    stored = await product.row(payment)
    assert (stored.canceled_by, stored.ended_at) == (enums.EventSource.CUSTOMER, NOW)
    async with unchanged(product):
        assert await desk.client.run("cancel_payment", paymentId=payment.id) == answer
    started = await start(desk.client, desk.order)
    assert (started["resumed"], started["payment"]["id"] != payment.id) == (False, True)


async def test_a_payment_that_may_have_moved_money_or_has_ended_cannot_be_given_up(product: Product) -> None:
    desks = [await open_desk(product) for _ in TOO_LATE]
    payments = [await payment_in(product, desk, status) for desk, status in zip(desks, TOO_LATE, strict=True)]

    async with only_asked(product):
        refused = await asyncio.gather(
            *(
                desk.client.run("cancel_payment", paymentId=payment.id)
                for desk, payment in zip(desks, payments, strict=True)
            )
        )

    assert refused == [
        {
            "__typename": "PaymentStateError",
            "allowedIn": ["AWAITING_ACCOUNT", "AWAITING_CONFIRMATION", "AWAITING_APPROVAL"],
            "payment": {"id": payment.id, "status": payment.status.value},
            "code": "PAYMENT_STATE",
            "message": "Il pagamento è in una fase che non consente questa operazione.",
            "retryable": False,
        }
        for payment in payments
    ]


@pytest.mark.watched
async def test_an_approval_given_after_giving_up_takes_no_money(product: Product) -> None:
    desk, browser = await open_desk(product), Browser()
    payment_id = await begin(desk.client, desk.order)
    await desk.client.run("select_new_account", paymentId=payment_id)
    confirmed = await confirm(desk.client, payment_id, desk.order)
    await desk.client.run("cancel_payment", paymentId=payment_id)
    await product.until(lambda: last_look_over(product, payment_id))  # the last look at it; nothing follows
    before = await product.snapshot()

    await browser.sign_in_and_accept(confirmed["payment"]["nextAction"]["redirectUrl"], payer="pays")

    assert browser.at_front_end
    assert await product.snapshot() == before
    assert product.simulator.captures() == []
    assert (await desk.client.payment(payment_id))["outcome"] == BY_CUSTOMER
    assert (await product.row(desk.order)).status is OrderStatus.AWAITING_PAYMENT
    assert len(await product.rows(tables.PayPalAccount)) == 1
