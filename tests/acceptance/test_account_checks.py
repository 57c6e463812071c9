"""Long before a charge the product asks PayPal whether it still has the account, should no news have come of it."""

import asyncio
from datetime import date, timedelta

from models import tables
from tests.acceptance.renewing import Renewing, renewing
from tests.factories import TODAY
from tests.harness.calendar import comes
from tests.harness.product import Product

LOST = "Il tuo account PayPal non può più essere usato per il rinnovo automatico"
NEXT_TURN = TODAY + timedelta(days=30)


async def watched(product: Product) -> Renewing:
    """Store a service that renews in a year's time, its account due to be checked today."""
    scene = await renewing(product, payer="pays")
    await product.change(scene.account, check_on=TODAY)
    await product.change(scene.other_account, check_on=TODAY)
    return scene


def questions(product: Product) -> list[tuple[str, int]]:
    calls = product.simulator.calls("/v3/vault/payment-tokens")
    return [(call["path"].rpartition("/")[2], call["status"]) for call in calls]


async def due(product: Product, account: tables.PayPalAccount) -> date:
    found: date = (await product.row(account)).check_on
    return found


async def test_only_the_account_that_a_renewal_depends_on_is_asked_about_once_in_its_turn(product: Product) -> None:
    scene = await watched(product)

    for days in range(31):
        await comes(product, TODAY + timedelta(days=days))

    assert questions(product) == [(scene.account.payment_token, 200)] * 2
    assert await due(product, scene.account) == NEXT_TURN + timedelta(days=30)
    assert scene.letters() == []


async def test_an_account_revoked_without_any_news_is_told_of_months_before_the_charge(product: Product) -> None:
    scene = await watched(product)
    await comes(product, TODAY)
    await asyncio.to_thread(product.simulator.revoke, scene.account.payment_token or "")

    await comes(product, NEXT_TURN - timedelta(days=1))
    before = [await scene.flag(), list(product.mailbox.subjects)]
    await comes(product, NEXT_TURN)
    await comes(product, NEXT_TURN + timedelta(days=1))

    assert before == [("ON", scene.account.id, "2026-03-08"), []]
    assert await scene.flag() == ("ACCOUNT_LOST", scene.account.id, "2026-03-08")
    assert await product.mails(1) == [LOST]
    assert f"- {scene.service.label}\n" in product.mailbox.text(LOST)
    assert (await product.row(scene.account)).status == "REVOKED"


async def test_revoked_in_march_it_is_told_in_march_and_in_november_nothing_is_charged(product: Product) -> None:
    march, november = date(2025, 3, 20), date(2025, 11, 1)
    scene = await renewing(product, expires_on=november + timedelta(days=7))
    await comes(product, march)
    await asyncio.to_thread(product.simulator.revoke, scene.account.payment_token or "")
    await product.change(scene.account, check_on=march + timedelta(days=7))  # its turn comes a week later

    await comes(product, date(2025, 3, 27))
    told = list(product.mailbox.subjects)
    [planned] = [(await scene.seen())["autoRenewal"]["nextCharge"]]
    for day in (date(2025, 10, 2), november, november + timedelta(days=7)):
        await comes(product, day)

    assert told == [LOST]
    assert planned["chargeOn"] == "2025-11-01"  # until when another account must be there
    assert await scene.charges() == []
    assert await scene.flag() == ("ACCOUNT_LOST", scene.account.id, "2025-11-08")
    assert (await scene.order())["status"] == "AWAITING_PAYMENT"
    assert scene.letters() == [LOST, "warning", "failed"]


async def test_while_paypal_does_not_answer_the_account_stays_and_is_asked_about_the_next_day(product: Product) -> None:
    scene = await watched(product)
    product.simulator.fail("html_503", pattern="/v3/vault/payment-tokens/*", times=3)

    await comes(product, TODAY)
    unanswered = [await scene.flag(), await due(product, scene.account)]
    await comes(product, TODAY + timedelta(days=1))

    assert unanswered == [("ON", scene.account.id, "2026-03-08"), TODAY + timedelta(days=1)]
    assert [status for _, status in questions(product)] == [503, 503, 503, 200]
    assert await due(product, scene.account) == NEXT_TURN + timedelta(days=1)
