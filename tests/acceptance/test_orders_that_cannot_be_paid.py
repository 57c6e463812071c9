"""An order that cannot be paid says why before the attempt, and the attempt is refused with the same reasons."""

from typing import Any

import pytest

from models import enums, tables
from models.enums import OrderStatus, PaymentStatus, ServiceStatus
from tests.factories import NOW, Line, make_order
from tests.harness.journeys import RETURN_URL, begin, confirm, start
from tests.harness.product import Product
from tests.harness.refusals import Desk, only_asked, open_desk, payment_in, unchanged

PAID = {"code": "ALREADY_PAID", "message": "L'ordine è già stato pagato."}
CANCELED = {"code": "CANCELED", "message": "L'ordine è stato annullato."}
EXPIRED = {"code": "EXPIRED", "message": "L'ordine è scaduto."}
NOTHING_DUE = {"code": "ZERO_TOTAL", "message": "Non c'è nulla da pagare."}
SERVICE_GONE = {"code": "SERVICE_GONE", "message": "Un servizio dell'ordine è stato cancellato o revocato."}
BEING_VERIFIED = {
    "code": "PAYMENT_BEING_VERIFIED",
    "message": "Stiamo verificando con PayPal un pagamento già inviato: non pagare di nuovo.",
}
STATUSES = [
    pytest.param({"status": OrderStatus.PAID}, [PAID], id="paid"),
    pytest.param({"status": OrderStatus.ACTIVATED}, [PAID], id="paid and activated"),
    pytest.param({"status": OrderStatus.REFUNDED, "paid_at": NOW}, [PAID], id="refunded"),
    pytest.param({"status": OrderStatus.CANCELED}, [CANCELED], id="canceled"),
    pytest.param({"status": OrderStatus.EXPIRED}, [EXPIRED], id="expired"),
    pytest.param({"renews": None, "lines": [Line(net_cents=0)]}, [NOTHING_DUE], id="zero total"),
    pytest.param(
        {"renews": None, "lines": [Line(net_cents=0)], "status": OrderStatus.CANCELED},
        [CANCELED, NOTHING_DUE],
        id="canceled and zero total",
    ),
]


async def assert_not_payable(product: Product, desk: Desk, blocks: list[dict[str, str]], *, retryable: bool) -> None:
    """Check what the order says of itself, and that it is refused by number and by id for just that."""
    by_id = {"order": {"id": desk.order.id}, "returnUrl": RETURN_URL}

    async with (only_asked if blocks == [BEING_VERIFIED] else unchanged)(product):
        shown = (await desk.client.run("order", number=desk.order.number))["order"]
        refused = [await start(desk.client, desk.order), await desk.client.run("start_payment", input=by_id)]

    assert (shown["paymentBlocks"], shown["paymentMethods"]) == (blocks, [])
    assert (
        refused
        == [
            {
                "__typename": "OrderNotPayableError",
                "blocks": blocks,
                "order": {"id": desk.order.id, "status": desk.order.status.value},
                "code": "ORDER_NOT_PAYABLE",
                "message": "Questo ordine non può essere pagato.",
                "retryable": retryable,
            }
        ]
        * 2
    )


@pytest.mark.parametrize(("order", "blocks"), STATUSES)
async def test_an_order_that_is_not_awaiting_payment_is_refused(
    product: Product, order: dict[str, Any], blocks: list[dict[str, str]]
) -> None:
    desk = await open_desk(product, order=order)

    await assert_not_payable(product, desk, blocks, retryable=False)


async def test_an_order_whose_service_was_deleted_is_refused(product: Product) -> None:
    desk = await open_desk(product, service={"status": ServiceStatus.CANCELED})

    await assert_not_payable(product, desk, [SERVICE_GONE], retryable=False)


@pytest.mark.parametrize("status", [PaymentStatus.VERIFYING, PaymentStatus.PENDING])
async def test_an_order_whose_payment_is_undecided_is_refused_for_now(product: Product, status: PaymentStatus) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, status)

    await assert_not_payable(product, desk, [BEING_VERIFIED], retryable=True)

    [listed] = (await desk.client.run("orders_to_pay"))["orders"]["nodes"]
    assert listed["activePayment"] == {"id": payment.id, "status": status.value}


async def test_an_order_that_can_be_paid_has_no_block_and_paypal_as_its_method(product: Product) -> None:
    desk = await open_desk(product)

    shown = (await desk.client.run("order", number=desk.order.number))["order"]

    assert (shown["paymentBlocks"], shown["paymentMethods"]) == ([], ["PAYPAL"])
    assert (await start(desk.client, desk.order))["__typename"] == "StartPaymentPayload"


async def test_only_orders_awaiting_payment_stand_in_the_list_of_orders_to_pay(product: Product) -> None:
    desk = await open_desk(product)
    others = [make_order(desk.customer, status=status) for status in OrderStatus if status != "AWAITING_PAYMENT"]
    await product.save(*(row for rows in others for row in rows))

    listed = (await desk.client.run("orders_to_pay"))["orders"]["nodes"]

    assert [each["number"] for each in listed] == [desk.order.number]


@pytest.mark.parametrize(
    ("changes", "blocks"),
    [
        pytest.param({"status": OrderStatus.CANCELED}, [CANCELED], id="canceled"),
        pytest.param({"status": OrderStatus.PAID, "paid_at": NOW}, [PAID], id="paid otherwise"),
    ],
)
async def test_an_order_that_changed_after_the_payment_began_is_not_charged(
    product: Product, changes: dict[str, Any], blocks: list[dict[str, str]]
) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)
    await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)
    await product.change(desk.order, **changes)

    async with unchanged(product):
        refused = await confirm(desk.client, payment_id, desk.order)

    assert refused == {
        "__typename": "OrderNotPayableError",
        "blocks": blocks,
        "code": "ORDER_NOT_PAYABLE",
        "message": "Questo ordine non può essere pagato.",
        "retryable": False,
    }


async def test_an_order_whose_service_is_deleted_after_the_payment_began_is_not_charged(product: Product) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)
    await desk.client.run("select_new_account", paymentId=payment_id)
    await product.change(desk.service, status=ServiceStatus.CANCELED)

    async with unchanged(product):
        refused = await confirm(desk.client, payment_id, desk.order)

    assert (refused["__typename"], refused["blocks"]) == ("OrderNotPayableError", [SERVICE_GONE])


async def test_a_paid_order_cannot_be_paid_again_by_an_open_tab(product: Product) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)
    await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)
    paid = await confirm(desk.client, payment_id, desk.order)
    await product.mails(2)

    async with unchanged(product):
        again = await start(desk.client, desk.order)
        other = await desk.client.run("select_new_account", paymentId=payment_id)

    assert paid["payment"]["status"] == "SUCCEEDED"
    assert (again["__typename"], again["blocks"], again["order"]["status"]) == (
        "OrderNotPayableError",
        [PAID],
        "PAID",
    )
    assert (other["__typename"], other["payment"]["status"]) == ("PaymentStateError", "SUCCEEDED")
    assert [row.status for row in await product.rows(tables.Payment)] == [enums.PaymentStatus.SUCCEEDED]
