"""A limit chosen beside a payment is staged with the flag, and holds once the payment succeeds."""

from typing import Any

import pytest

from models import tables
from models.money import Money
from policies.consents import renewal_text
from tests.harness.journeys import begin, confirm, euros
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk


async def stage(desk: Desk, payment_id: str, **more: Any) -> Any:
    """Stage the flag of the desk's service and return the limit that will hold."""
    choice = {"serviceId": desk.service.id, "enabled": True, "paymentId": payment_id}
    answer = await desk.client.run("set_auto_renewal", **choice | more)
    [staged] = answer["stagedIn"]["renewalChoices"]
    return staged["maximumPrice"]


async def limit(desk: Desk) -> Any:
    """Return the limit of the service as its owner sees it."""
    [service] = (await desk.client.run("services"))["services"]["nodes"]
    return service["autoRenewal"]["maximumPrice"]


async def pay(desk: Desk, payment_id: str) -> None:
    await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)
    await confirm(desk.client, payment_id, desk.order)


async def test_a_limit_holds_once_the_payment_succeeds_and_is_part_of_the_consent(product: Product) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)

    staged = await stage(desk, payment_id, maximumPrice=euros(40_00))
    before = (await product.row(desk.service)).renewal_maximum_cents
    await pay(desk, payment_id)

    assert (staged, before, await limit(desk)) == (euros(40_00), None, euros(40_00))
    [consent] = [each for each in await product.rows(tables.Consent) if each.kind == "AUTO_RENEWAL"]
    assert consent.text == renewal_text(locale="it", service=desk.service.label, term_years=1, maximum=Money(40_00))


@pytest.mark.parametrize(
    ("choices", "held"),
    [
        pytest.param([{}], 40_00, id="not mentioned, it stays"),
        pytest.param([{"maximumPrice": None}], None, id="lifted"),
        pytest.param([{"maximumPrice": euros(50_00)}], 50_00, id="replaced"),
        pytest.param([{"maximumPrice": euros(50_00)}, {}], 50_00, id="mentioned once"),
        pytest.param([{"maximumPrice": euros(50_00)}, {"maximumPrice": None}], None, id="thought over"),
    ],
)
async def test_beside_a_renewal_that_has_a_limit(
    product: Product, choices: list[dict[str, Any]], held: int | None
) -> None:
    desk = await open_desk(product)
    await product.change(
        desk.service, auto_renewal="ON", renewal_account_id=desk.account.id, renewal_maximum_cents=40_00
    )
    payment_id = await begin(desk.client, desk.order)

    shown = [await stage(desk, payment_id, **choice) for choice in choices][-1]
    untouched = await limit(desk)
    await pay(desk, payment_id)

    expected = euros(held) if held else None
    assert (shown, untouched, await limit(desk)) == (expected, euros(40_00), expected)


async def test_the_flag_removed_shows_no_limit_and_the_payment_leaves_none(product: Product) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)
    await stage(desk, payment_id, maximumPrice=euros(40_00))

    removed = await stage(desk, payment_id, enabled=False)
    await pay(desk, payment_id)

    assert (removed, await limit(desk)) == (None, None)
    assert (await product.row(desk.service)).auto_renewal == "OFF"


async def test_a_payment_that_is_declined_leaves_the_limit_alone(product: Product) -> None:
    desk = await open_desk(product, payer="declined")
    payment_id = await begin(desk.client, desk.order)
    await stage(desk, payment_id, maximumPrice=euros(40_00))

    await pay(desk, payment_id)

    assert (await desk.client.payment(payment_id))["status"] == "FAILED"
    assert (await product.row(desk.service)).renewal_maximum_cents is None
