"""An operator switches off new payments by PayPal: customers are told, and renewals that charge themselves go on."""

from collections.abc import AsyncIterator

import pytest

from tests.acceptance.conftest import Launch
from tests.acceptance.renewing import CHARGE, renewing
from tests.harness.calendar import comes
from tests.harness.evidence import money_taken
from tests.harness.journeys import begin, confirm, start
from tests.harness.product import Product
from tests.harness.refusals import open_desk

CLOSED = {
    "code": "PAYMENTS_CLOSED",
    "message": "Al momento non è possibile pagare con PayPal. Riprova più tardi.",
}


@pytest.fixture
async def closed(launch: Launch) -> AsyncIterator[Product]:
    """The product, with new payments switched off."""
    async with launch(paypal_new_payments=False) as product:
        yield product


async def test_no_payment_begins_and_the_order_says_why(closed: Product) -> None:
    desk = await open_desk(closed)
    before = await closed.snapshot()

    refused = await start(desk.client, desk.order)

    assert (refused["__typename"], refused["code"]) == ("OrderNotPayableError", "ORDER_NOT_PAYABLE")
    assert refused["retryable"] is True
    assert [block["code"] for block in refused["blocks"]] == ["PAYMENTS_CLOSED"]
    assert await closed.snapshot() == before
    shown = (await desk.client.run("order", number=desk.order.number))["order"]
    assert (shown["paymentMethods"], shown["paymentBlocks"]) == ([], [CLOSED])


async def test_a_payment_begun_before_is_not_confirmed(launch: Launch) -> None:
    async with launch() as product:
        desk = await open_desk(product)
        payment_id = await begin(desk.client, desk.order)
        await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)

    async with launch(paypal_new_payments=False) as product:
        client = await product.signed_in(desk.customer)
        before = await product.snapshot()
        refused = await confirm(client, payment_id, desk.order)

        assert (refused["__typename"], refused["code"]) == ("OrderNotPayableError", "ORDER_NOT_PAYABLE")
        assert await product.snapshot() == before


async def test_renewals_charge_themselves_all_the_same(closed: Product) -> None:
    scene = await renewing(closed)
    await scene.announced()

    await comes(closed, CHARGE)

    assert await scene.charges() == ["SUCCEEDED"]
    assert await money_taken(closed) == [("COMPLETED", "36.60")]
    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")
