"""Our books against PayPal's, as an operator's command compares them: agreement, every kind of difference, silence."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from models import tables
from models.enums import OrderStatus
from tests.harness.commands import Finished, command
from tests.harness.elsewhere import capture_elsewhere, refund_elsewhere
from tests.harness.evidence import reached
from tests.harness.journeys import go_to_paypal, pay_with_registered
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk, unchanged

SINCE = ("--since", "2025-01-01")  # the product of these tests lives in March 2025


async def reconcile(product: Product, *arguments: str, **changes: Any) -> Finished:
    """Compare the books, and witness that nothing is changed by it: no row, no work, no mail."""
    await product.until(product.nothing_owed)
    before = await product.snapshot()
    finished = await command(product, "app.reconcile", *(arguments or SINCE), **changes)
    after = await product.snapshot()
    assert {name for name in before if before[name] != after[name]} <= {"calls"}
    return finished


async def paid(product: Product, **desk: Any) -> tuple[Desk, tables.Payment]:
    """Pay an order of 36.60 and wait for its mails."""
    opened = await open_desk(product, **desk)
    answer = await pay_with_registered(opened.client, opened.order, opened.account)
    await product.mails(2)
    payment_id = answer["payment"]["id"]
    [payment] = [each for each in await product.rows(tables.Payment) if each.id == payment_id]
    return opened, payment


async def attempt_of(product: Product, payment_id: str) -> tables.PaymentAttempt:
    [attempt] = [each for each in await product.rows(tables.PaymentAttempt) if each.payment_id == payment_id]
    found: tables.PaymentAttempt = attempt
    return found


async def abandoned(product: Product, desk: Desk) -> tables.PaymentAttempt:
    """Give a payment up here and approve it at PayPal all the same, which moves no money; wait for its last look."""
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    await desk.client.run("cancel_payment", paymentId=payment_id)
    await Browser().sign_in_and_accept(approve_url, payer="pays")
    return await attempt_of(product, payment_id)


def differences(finished: Finished) -> list[str]:
    return [line.removeprefix("  ! ") for line in finished.said.splitlines() if line.startswith("  ! ")]


AGREED = """\
Our books against PayPal's, since 2025-01-01

order          payment                         order at PayPal     payment here                   taken     given back
{number:<14} {payment:<31} {order:<19} SUCCEEDED                  36.60 EUR      10.00 EUR
1 order at PayPal moved no money, there and here.

                                                our books           PayPal
orders paid                                     36.60 EUR
taken for orders that did not need it            0.00 EUR
money in                                        36.60 EUR        36.60 EUR
money back                                      10.00 EUR        10.00 EUR
kept                                            26.60 EUR        26.60 EUR

2 registered accounts asked about.

No difference.
"""


async def test_books_that_agree_are_printed_with_their_totals(product: Product) -> None:
    desk, payment = await paid(product)
    given_up = await open_desk(product, customer=desk.customer)
    await go_to_paypal(given_up.client, given_up.order)
    await command(product, "app.refund", payment.id, "--amount", "10.00", "--note", "Ci scusiamo.")

    done = await reconcile(product)

    order_id = (await attempt_of(product, payment.id)).paypal_order_id
    assert (done.status, done.complained) == (0, "")
    assert done.said == AGREED.format(number=desk.order.number, payment=payment.id, order=order_id)


async def test_money_taken_behind_our_back_is_found(product: Product) -> None:
    attempt = await abandoned(product, await open_desk(product))
    capture_id = await capture_elsewhere(product, attempt)

    done = await reconcile(product)

    assert done.status == 1
    assert differences(done) == [f"PayPal took 36.60 EUR ({capture_id}, COMPLETED), our books know nothing of it"]
    assert done.said.endswith("\nOne difference.\n")
    assert "money in                                         0.00 EUR        36.60 EUR\n" in done.said


async def test_money_given_back_behind_our_back_is_found(product: Product) -> None:
    _, payment = await paid(product)
    refund = await refund_elsewhere(product, payment.capture_id or "", value="1.20")

    done = await reconcile(product)

    assert done.status == 1
    assert differences(done) == [f"PayPal gave back 1.20 EUR ({refund['id']}), our books know nothing of it"]


async def test_money_that_only_our_books_know_of_is_found(product: Product) -> None:
    desk, payment = await paid(product)
    attempt = await attempt_of(product, payment.id)
    for row in (attempt, payment):
        await product.change(row, capture_id="INVENTED")
    await product.change(desk.order, status=OrderStatus.CANCELED)

    done = await reconcile(product)

    assert done.status == 1
    assert differences(done) == [
        f"the capture is INVENTED here, {payment.capture_id} at PayPal",
        "it has paid its order, the order here is CANCELED",
    ]
    assert done.said.endswith("\n2 differences.\n")


async def test_an_account_that_paypal_charges_no_more_is_found(product: Product) -> None:
    desk = await open_desk(product)
    product.simulator.revoke(desk.account.payment_token or "")

    done = await reconcile(product)

    assert done.status == 1
    assert differences(done) == [f"{desk.account.id}: our books call it chargeable, PayPal has its token no more"]


async def test_a_payment_held_at_paypal_agrees_until_paypal_has_decided(product: Product) -> None:
    desk = await open_desk(product, payer="review")
    answer = await pay_with_registered(desk.client, desk.order, desk.account)
    held = await reconcile(product)
    attempt = await attempt_of(product, answer["payment"]["id"])
    product.simulator.release(attempt.paypal_order_id, "DENIED")

    denied = await reconcile(product)

    assert held.status == 0
    assert (denied.status, differences(denied)) == (1, ["the payment here is PENDING, PayPal has DECLINED"])


@pytest.mark.watched
async def test_what_is_under_way_is_looked_at_twice_before_it_is_called_a_difference(product: Product) -> None:
    desk = await open_desk(product, payer="review")
    answer = await pay_with_registered(desk.client, desk.order, desk.account)
    attempt = await attempt_of(product, answer["payment"]["id"])
    comparing = asyncio.create_task(command(product, "app.reconcile", *SINCE))

    product.simulator.release(attempt.paypal_order_id, "COMPLETED")
    await reached(product, desk.client, answer["payment"]["id"], "SUCCEEDED")

    assert (await comparing).status == 0


@pytest.mark.parametrize("trouble", ["down", "wrong secret"])
async def test_silence_is_told_apart_from_agreement(product: Product, trouble: str) -> None:
    await paid(product)
    changes = {}
    if trouble == "down":
        product.simulator.fail("down", pattern="/v*", times=500)
    else:
        changes["SALDO_PAYPAL_CLIENT_SECRET"] = "not-the-secret"

    done = await reconcile(product, **changes)
    product.simulator.recover()

    assert (done.status, differences(done)) == (2, [])
    assert "PayPal could not be asked about 2 of them:\n" in done.said
    assert done.said.endswith("\nNot everything could be asked.\n")


async def test_only_the_period_is_compared_and_nonsense_is_refused(product: Product, tmp_path: Path) -> None:
    await paid(product)
    missing = tmp_path / "nowhere.db"

    later = await reconcile(product, "--since", "2025-03-09")
    nonsense = await command(product, "app.reconcile", "--since", "ieri")
    nowhere = await command(product, "app.reconcile", SALDO_DATABASE_URL=f"sqlite+aiosqlite:///{missing}")

    assert (later.status, "order at PayPal" in later.said) == (0, False)
    assert (nonsense.status, nowhere.status, missing.exists()) == (2, 2, False)


async def test_the_comparison_leaves_everything_as_it_was(product: Product) -> None:
    await paid(product)

    async with unchanged(product):
        done = await command(
            product, "app.reconcile", "--since", "2099-01-01", SALDO_PAYPAL_BASE_URL="http://127.0.0.1:9"
        )

    assert done.status == 2
