"""The customer bounds what a renewal charges by itself: above the limit the order waits, and they are told once."""

from datetime import timedelta
from typing import Any

import pytest

from models import tables
from models.money import Money
from policies.consents import renewal_text
from tests.acceptance.renewing import CHARGE, EXPIRY, LAST, NOTICE, Renewing, renewing
from tests.acceptance.test_refused_choices import invalid
from tests.acceptance.test_renewal_obstacles import operate
from tests.factories import make_order
from tests.harness.calendar import comes, pass_days
from tests.harness.evidence import money_taken
from tests.harness.journeys import euros, pay_with_registered
from tests.harness.product import Product
from tests.harness.refusals import open_desk, unchanged

ONE_DAY = timedelta(days=1)


async def bound(scene: Renewing, **more: Any) -> Any:
    """Set the renewal of the scene's service, on with its account, and return the answer."""
    choice = {"serviceId": scene.service.id, "enabled": True, "accountId": scene.account.id}
    return await (await scene.client()).run("set_auto_renewal", **choice | more)


async def raise_price(product: Product, *, net_cents: int) -> None:
    [price] = await product.rows(tables.Price)
    await product.change(price, net_cents=net_cents)


def limit_in(answer: Any) -> Any:
    return answer["service"]["autoRenewal"]["maximumPrice"]


async def test_a_limit_is_shown_agreed_to_and_lifted(product: Product) -> None:
    scene = await renewing(product)

    answers = [
        await bound(scene, **maximum)
        for maximum in (
            {"maximumPrice": euros(40_00)},
            {"maximumPrice": euros(40_00)},
            {},  # left out: it stays
            {"maximumPrice": None},
            {"maximumPrice": euros(50_00)},
        )
    ]

    assert [(each["effect"], limit_in(each)) for each in answers] == [
        ("IMMEDIATE", euros(40_00)),
        ("UNCHANGED", euros(40_00)),
        ("UNCHANGED", euros(40_00)),
        ("IMMEDIATE", None),
        ("IMMEDIATE", euros(50_00)),
    ]
    texts = {
        limit: renewal_text(
            locale="it", service=scene.service.label, term_years=1, maximum=Money(limit) if limit else None
        )
        for limit in (40_00, None, 50_00)
    }
    consents = sorted(await product.rows(tables.Consent), key=lambda consent: consent.id)
    assert sorted(consent.text for consent in consents) == sorted(texts.values())
    assert scene.letters() == []  # it was on, and still is
    assert (await scene.seen())["autoRenewal"]["maximumPrice"] == euros(50_00)


async def test_switched_off_and_on_again_there_is_no_limit_unless_one_is_set(product: Product) -> None:
    scene = await renewing(product)
    await bound(scene, maximumPrice=euros(40_00))

    off = await bound(scene, enabled=False, accountId=None)
    again = await bound(scene)

    assert (limit_in(off), limit_in(again)) == (None, None)


async def test_switched_on_again_by_a_payment_there_is_no_limit_either(product: Product) -> None:
    scene = await renewing(product)
    await bound(scene, maximumPrice=euros(40_00))
    await bound(scene, enabled=False, accountId=None)
    order, *lines = make_order(scene.customer, renews=scene.service)
    await product.save(order, *lines)

    await pay_with_registered(await scene.client(), order, scene.account)

    renewal = (await scene.seen())["autoRenewal"]
    assert (renewal["status"], renewal["maximumPrice"]) == ("ON", None)


async def test_a_limit_stays_when_a_payment_moves_the_renewal_to_another_account(product: Product) -> None:
    scene = await renewing(product)
    await bound(scene, maximumPrice=euros(40_00))
    order, *lines = make_order(scene.customer, renews=scene.service)
    await product.save(order, *lines)

    await pay_with_registered(await scene.client(), order, scene.other_account)

    renewal = (await scene.seen())["autoRenewal"]
    assert (renewal["account"]["id"], renewal["maximumPrice"]) == (scene.other_account.id, euros(40_00))


async def test_a_price_that_is_above_on_the_day_of_the_notice_is_told_then_and_never_charged(product: Product) -> None:
    scene = await renewing(product)
    await bound(scene, maximumPrice=euros(36_60))
    await raise_price(product, net_cents=30_01)

    await scene.announced()
    order, upcoming = await scene.order(), await scene.upcoming()
    await pass_days(product, since=NOTICE + ONE_DAY, until=NOTICE + 2 * ONE_DAY)
    await pass_days(product, since=CHARGE, until=LAST)

    assert (order["status"], order["total"]["gross"]["amount"], upcoming) == ("AWAITING_PAYMENT", "36.61", [])
    assert scene.letters() == ["above"]
    text = product.mailbox.text("Il prezzo supera il tuo limite")
    assert f"\nOrdine: {order['number']}\nImporto: 36,61 €\nIl tuo limite: 36,60 €\n" in text
    assert (await scene.charges(), await money_taken(product)) == ([], [])
    assert await scene.flag() == ("ON", scene.account.id, "2026-03-08")
    [line] = await operate(product, "renewals", "--days", "100000")
    assert line == (
        f"2026-02-06 05:00 UTC  {scene.service.id}  expiry 2026-03-08  PRICE_ABOVE_MAXIMUM, order {order['number']}"
    )


async def test_the_order_above_the_limit_is_paid_by_hand_and_the_limit_stays(product: Product) -> None:
    scene = await renewing(product)
    await bound(scene, maximumPrice=euros(20_00))
    await scene.announced()

    await pay_with_registered(await scene.client(), await scene.order_row(), scene.other_account)
    await pass_days(product, since=CHARGE, until=EXPIRY)

    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")
    assert (await scene.seen())["autoRenewal"]["maximumPrice"] == euros(20_00)


async def test_a_limit_set_after_the_notice_holds_at_the_charge(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    await bound(scene, maximumPrice=euros(36_59))

    await pass_days(product, since=CHARGE, until=LAST)

    assert scene.letters() == ["notice", "above"]
    assert (await scene.charges(), await money_taken(product)) == ([], [])
    assert (await scene.order())["status"] == "AWAITING_PAYMENT"
    assert (await scene.flag())[0] == "ON"


async def test_a_price_at_the_limit_is_charged(product: Product) -> None:
    scene = await renewing(product)
    await bound(scene, maximumPrice=euros(36_60))
    await scene.announced()
    await raise_price(product, net_cents=99_00)  # the price is the notice's

    await comes(product, CHARGE)

    assert scene.letters() == ["notice", "paid"]
    assert await money_taken(product) == [("COMPLETED", "36.60")]


RANGE = "Il limite di prezzo va da 0,01 a 99.999,99 euro."
OUT_OF_PLACE = "Il limite di prezzo si indica attivando il rinnovo."


@pytest.mark.parametrize(
    ("choice", "path", "message"),
    [
        ({"maximumPrice": {"amount": "0.00", "currency": "EUR"}}, ["maximumPrice", "amount"], RANGE),
        ({"maximumPrice": {"amount": "100000.00", "currency": "EUR"}}, ["maximumPrice", "amount"], RANGE),
        (
            {"maximumPrice": {"amount": "40.00", "currency": "USD"}},
            ["maximumPrice", "currency"],
            "I prezzi sono in euro: indica EUR.",
        ),
        ({"maximumPrice": euros(40_00), "enabled": False}, ["maximumPrice"], OUT_OF_PLACE),
    ],
)
async def test_a_sum_that_bounds_nothing_is_refused(
    product: Product, choice: dict[str, Any], path: list[str], message: str
) -> None:
    desk = await open_desk(product)

    async with unchanged(product):
        answer = await desk.client.run("set_auto_renewal", **{"serviceId": desk.service.id, "enabled": True} | choice)

    assert answer == invalid("input", *path, message=message)


async def test_a_sum_of_parts_of_a_cent_is_no_sum(product: Product) -> None:
    desk = await open_desk(product)

    async with unchanged(product):
        answer = await desk.client.send(
            "set_auto_renewal",
            serviceId=desk.service.id,
            enabled=True,
            maximumPrice={"amount": "40.001", "currency": "EUR"},
        )

    assert answer["data"] == {"setAutoRenewal": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]
