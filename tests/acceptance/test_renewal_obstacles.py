"""A renewal that must not be charged is not, and an operator sees why; a fault of ours stops all charges at once."""

from datetime import timedelta

import pytest

from models import tables
from tests.acceptance.renewing import CHARGE, EXPIRY, NOTICE, renewing
from tests.harness.calendar import comes, make_round
from tests.harness.commands import command
from tests.harness.evidence import money_taken
from tests.harness.product import Product

ONE_DAY = timedelta(days=1)
ONCE = [("COMPLETED", "36.60")]


async def operate(product: Product, *arguments: str) -> list[str]:
    """Run the operator's command beside the running product, and return the lines it prints."""
    finished = await command(product, "app.operate", *arguments)
    assert finished.status == 0
    return finished.said.splitlines()


async def test_without_a_notice_nothing_is_charged_and_an_operator_sees_why(product: Product) -> None:
    scene = await renewing(product)

    await comes(product, CHARGE)  # nobody was there on the day of the notice

    assert (await scene.charges(), await money_taken(product)) == ([], [])
    order = await scene.order()
    assert order["status"] == "AWAITING_PAYMENT"
    assert scene.letters() == ["failed"]
    [line] = await operate(product, "renewals", "--days", "100000")
    assert line == (
        f"2026-03-01 05:00 UTC  {scene.service.id}  expiry 2026-03-08  NOTICE_MISSING, order {order['number']}"
    )


async def test_a_notice_that_never_left_charges_nothing(product: Product) -> None:
    scene = await renewing(product)
    product.mailbox.refusal = "550 No such user"  # the holder's reference address is gone
    await scene.announced()
    product.mailbox.refusal = None

    await comes(product, CHARGE)

    order = await scene.order()
    assert (await scene.charges(), order["status"]) == ([], "AWAITING_PAYMENT")
    [line] = await operate(product, "renewals", "--days", "100000")
    assert line == (
        f"2026-03-01 05:00 UTC  {scene.service.id}  expiry 2026-03-08  NOTICE_MISSING, order {order['number']}"
    )


async def test_a_notice_of_a_price_that_is_not_listed_waits_and_an_operator_sees_it(product: Product) -> None:
    scene = await renewing(product)
    [price] = await product.rows(tables.Price)
    await product.change(price, term_years=2)

    await scene.announced()
    seen = await operate(product, "renewals", "--days", "100000")
    await product.change(price, term_years=1)
    await comes(product, NOTICE + timedelta(days=1))
    await comes(product, CHARGE)

    assert [line.split("  ")[3] for line in seen] == ["PRICE_MISSING, tried again on 2026-03-01"]
    assert scene.letters() == ["notice", "paid"]


@pytest.mark.watched
async def test_an_account_of_ours_that_is_not_allowed_pauses_everything_until_an_operator_lifts_it(
    product: Product,
) -> None:
    first = await renewing(product)
    await first.announced()
    product.simulator.fail("unauthorized", pattern="/v2*", times=1000)  # as if our agreement with PayPal had ended

    await comes(product, CHARGE)
    paused = await operate(product, "renewals", "--days", "0")
    second = await renewing(product, priced=False, expires_on=EXPIRY + ONE_DAY)
    await product.change(second.service, look_on=NOTICE)
    await make_round(product)
    product.clock.advance(days=1)
    await make_round(product)
    meanwhile = len(await second.charges())  # the first is asked about again at the same time
    product.simulator.recover()
    lifted = await operate(product, "resume-renewals", "--by", "anna")
    await product.until(first.is_renewed)
    await product.until(second.is_renewed)

    assert [line.partition(": ")[2] for line in paused if line.startswith("PAUSED")] == ["invalid_token"]
    assert meanwhile == 1
    assert lifted == ["The calendar makes up for what was due."]
    assert await money_taken(product) == ONCE * 2
    assert await operate(product, "resume-renewals", "--by", "anna") == ["They were not paused."]


async def test_an_operator_can_pause_before_anything_has_failed(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()

    paused = await operate(product, "pause-renewals", "--reason", "new contract")
    again = await operate(product, "pause-renewals", "--reason", "another")
    await comes(product, CHARGE)
    before = await scene.charges()
    await operate(product, "resume-renewals", "--by", "anna")
    await product.until(scene.is_renewed)

    assert (paused, again) == (["Renewals are paused."], ["They were paused already."])
    assert before == []
    assert await scene.charges() == ["SUCCEEDED"]
