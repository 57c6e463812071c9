"""Who has given an order up and then wants the renewal after all has it, with a notice and at the planned day."""

from datetime import timedelta

from models import tables
from tests.acceptance.renewing import CHARGE, EXPIRY, NOTICE, Renewing, renewing
from tests.acceptance.test_renewal_price_guard import bound
from tests.factories import make_order
from tests.harness.calendar import comes, pass_days
from tests.harness.evidence import money_taken
from tests.harness.journeys import euros
from tests.harness.product import Product

ONE_DAY = timedelta(days=1)
LATER = NOTICE + 3 * ONE_DAY


async def given_up_above_the_limit(product: Product) -> Renewing:
    """Let the price be above the limit on the day of the notice, and the customer give the order up."""
    scene = await renewing(product)
    await bound(scene, maximumPrice=euros(20_00))
    await scene.announced()
    await (await scene.client()).run("cancel_order", orderId=(await scene.order_row()).id)
    return scene


async def test_an_order_of_ones_own_is_given_up_for_automatic_renewal(product: Product) -> None:
    scene = await renewing(product)
    await bound(scene, enabled=False, accountId=None)
    own, *lines = make_order(scene.customer, renews=scene.service)
    await product.save(own, *lines)
    refused = await bound(scene)

    await (await scene.client()).run("cancel_order", orderId=own.id)
    await bound(scene)
    await pass_days(product, since=NOTICE, until=CHARGE)

    assert refused["__typename"] == "AutoRenewalNotAllowedError"
    assert sorted(scene.letters()) == ["activated", "deactivated", "notice", "paid"]
    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")


async def test_switched_off_and_on_again_it_is_announced_at_once_and_charged_as_planned(product: Product) -> None:
    scene = await given_up_above_the_limit(product)
    await comes(product, LATER)

    await bound(scene, enabled=False, accountId=None)
    await bound(scene)
    [coming] = await scene.upcoming()
    await pass_days(product, since=LATER, until=EXPIRY)

    assert (coming["chargeOn"], coming["amount"]["gross"]["amount"]) == ("2026-03-01", "36.60")
    assert sorted(scene.letters()) == ["above", "activated", "deactivated", "notice", "paid"]
    assert "\nAddebito: 1º marzo 2026, 7 giorni prima della scadenza\n" in product.mailbox.text("Attivazione")
    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")
    assert sorted(order.status for order in await product.rows(tables.Order)) == ["CANCELED", "PAID"]


async def test_begun_anew_and_declined_for_good_it_is_told_again(product: Product) -> None:
    scene = await given_up_above_the_limit(product)
    await scene.behave("declined")
    await bound(scene, enabled=False, accountId=None)

    await bound(scene)
    await pass_days(product, since=LATER, until=EXPIRY)

    assert sorted(scene.letters()) == ["above", "activated", "deactivated", "failed", "notice"]
    assert await money_taken(product) == []


async def test_given_up_and_left_on_it_promises_nothing_for_this_expiry(product: Product) -> None:
    scene = await given_up_above_the_limit(product)

    lifted = await bound(scene, maximumPrice=None)
    moved = await bound(scene, accountId=scene.other_account.id)
    renewal = (await scene.seen())["autoRenewal"]
    await pass_days(product, since=LATER, until=EXPIRY)

    assert (lifted["effect"], moved["effect"]) == ("IMMEDIATE", "IMMEDIATE")
    assert (renewal["status"], renewal["nextCharge"], renewal["preview"]) == ("ON", None, None)
    assert sorted(scene.letters()) == ["above", "activated"]
    text = product.mailbox.text("Attivazione")
    assert "attivo per le scadenze successive. Alla prossima, 8 marzo 2026, non addebitiamo nulla" in text
    assert "Addebito:" not in text
    assert await money_taken(product) == []
