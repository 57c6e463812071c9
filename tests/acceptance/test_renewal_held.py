"""A charge that PayPal holds beyond the expiry: nobody is told of a failure before there is one."""

import asyncio
from datetime import timedelta

import pytest

from models import tables
from tests.acceptance.renewing import CHARGE, EXPIRY, RENEWED, Renewing, renewing
from tests.harness.calendar import automatic_payments, pass_days
from tests.harness.evidence import money_taken, reached
from tests.harness.product import Product

ONE_DAY = timedelta(days=1)
HELD_UNTIL = EXPIRY + 3 * ONE_DAY


async def held(product: Product) -> tuple[Renewing, str]:
    """Let PayPal hold the charge until days after the expiry; return the scene and the payment's id."""
    scene = await renewing(product, payer="review")
    await scene.announced()
    await pass_days(product, since=CHARGE, until=HELD_UNTIL)
    [payment] = await automatic_payments(product)
    return scene, payment.id


async def decide(product: Product, decision: str) -> None:
    """Let PayPal decide about the only capture."""
    [attempt] = await product.rows(tables.PaymentAttempt)
    await asyncio.to_thread(product.simulator.release, attempt.paypal_order_id, decision)


@pytest.mark.watched
async def test_one_that_is_let_go_after_the_expiry_renews_and_is_confirmed_alone(product: Product) -> None:
    scene, payment_id = await held(product)
    before = scene.letters(), await scene.charges(), await scene.is_renewed()

    await decide(product, "COMPLETED")
    await reached(product, await scene.client(), payment_id, "SUCCEEDED")
    await product.until(product.nothing_owed)

    assert before == (["notice"], ["PENDING"], False)
    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert await scene.flag() == ("ON", scene.account.id, RENEWED.isoformat())
    assert scene.letters() == ["notice", "paid"]


@pytest.mark.watched
async def test_one_that_is_denied_after_the_expiry_is_told_then_and_its_order_can_be_paid(product: Product) -> None:
    scene, payment_id = await held(product)

    await decide(product, "DENIED")
    await reached(product, await scene.client(), payment_id, "FAILED")
    await pass_days(product, since=HELD_UNTIL + ONE_DAY, until=HELD_UNTIL + 2 * ONE_DAY)

    assert await scene.charges() == ["FAILED"]
    assert await scene.flag() == ("ON", scene.account.id, EXPIRY.isoformat())
    assert (await scene.order())["paymentBlocks"] == []
    assert scene.letters() == ["notice", "failed"]
