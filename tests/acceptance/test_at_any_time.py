"""An unpaid order can be paid whenever its customer likes."""

import pytest

from tests.factories import make_account, make_customer, make_order
from tests.harness.journeys import pay_with_registered
from tests.harness.product import Product


@pytest.mark.parametrize("days", [1, 400, 2000])
async def test_an_order_placed_years_ago_is_paid_all_the_same(product: Product, days: int) -> None:
    customer = make_customer()
    order, *lines = make_order(customer)
    await product.save(customer, order, *lines)
    account = await product.register(make_account(customer))
    product.clock.advance(days=days)
    client = await product.signed_in(customer)

    listed = await client.run("orders_to_pay")
    paid = await pay_with_registered(client, order, account)

    assert [each["paymentBlocks"] for each in listed["orders"]["nodes"]] == [[]]
    assert (paid["payment"]["status"], paid["order"]["status"]) == ("SUCCEEDED", "PAID")
    assert await product.mails(1) == ["Conferma pagamento"]
