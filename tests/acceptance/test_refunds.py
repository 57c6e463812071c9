"""Money is given back once, however often it is asked for: by an operator's command, beside the running product."""

import asyncio
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from models import tables
from models.enums import OrderStatus, PaymentStatus
from tests.harness.commands import Finished, command
from tests.harness.evidence import correspondence, money_taken
from tests.harness.journeys import pay_with_registered, start
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk, payment_in, unchanged

REFUND = "*/refund"
NOTE = "Ci scusiamo per il disguido."


@dataclass(frozen=True, kw_only=True, slots=True)
class Paid:
    """A paid order of 36.60, both its mails sent."""

    desk: Desk
    payment_id: str


async def paid_order(product: Product, **desk: Any) -> Paid:
    opened = await open_desk(product, **desk)
    answer = await pay_with_registered(opened.client, opened.order, opened.account)
    await product.mails(2)
    return Paid(desk=opened, payment_id=answer["payment"]["id"])


async def refund(product: Product, payment_id: str, *arguments: str, **changes: Any) -> Finished:
    return await command(product, "app.refund", payment_id, "--note", NOTE, *arguments, **changes)


async def given_back(product: Product) -> list[tuple[str | None, int]]:
    """Return the refund calls: request id and status of the answer."""
    calls = await asyncio.to_thread(product.simulator.calls, "/v2/payments/captures")
    return [(call["request_id"], call["status"]) for call in calls if call["path"].endswith("/refund")]


async def test_all_of_a_payment_is_given_back_and_its_order_is_refunded(product: Product) -> None:
    paid = await paid_order(product)

    done = await refund(product, paid.payment_id)

    [row] = await product.rows(tables.Refund)
    assert (done.status, done.complained) == (0, "")
    assert done.said == (
        f"36.60 EUR of {paid.payment_id} to be given back: {row.id}.\n"
        f"Given back: PayPal's refund {row.paypal_refund_id}. The payer is told by mail.\n"
    )
    assert (row.reason, row.status, row.amount_cents, row.note) == ("OPERATOR", "COMPLETED", 3660, NOTE)
    assert await given_back(product) == [(row.id, 201)]
    assert await money_taken(product) == [("REFUNDED", "36.60")]
    seen = await paid.desk.client.payment(paid.payment_id)
    assert (seen["status"], seen["order"]["status"], seen["order"]["statusLabel"]) == (
        "SUCCEEDED",
        "REFUNDED",
        "Rimborsato",
    )
    assert seen["refunds"] == [
        {
            "amount": {"amount": "36.60", "currency": "EUR"},
            "status": "COMPLETED",
            "reason": "OPERATOR",
            "at": "2025-03-08T09:30:00Z",
        }
    ]
    assert [(event["source"], event["note"]) for event in seen["history"][-2:]] == [
        ("OPERATOR", f"Refund {row.id} of 36.60 EUR asked for."),
        ("PAYPAL_REPLY", "Refund of 36.60 EUR: COMPLETED."),
    ]
    told = f"Rimborso per l'ordine {paid.desk.order.number}"
    assert (told, paid.desk.customer.email) in await correspondence(product, 3)


async def test_a_refunded_order_cannot_be_paid_again(product: Product) -> None:
    paid = await paid_order(product)
    await refund(product, paid.payment_id)

    refused = await start(paid.desk.client, paid.desk.order)

    assert refused["__typename"] == "OrderNotPayableError"
    assert [block["code"] for block in refused["blocks"]] == ["ALREADY_PAID"]


async def test_parts_are_given_back_until_nothing_is_left(product: Product) -> None:
    paid = await paid_order(product)

    first = await refund(product, paid.payment_id, "--amount", "10.00")
    order_meanwhile = (await product.row(paid.desk.order)).status
    too_much = await refund(product, paid.payment_id, "--amount", "26,61")
    rest = await refund(product, paid.payment_id, "--amount", "26.60")
    nothing_left = await refund(product, paid.payment_id)

    assert [first.status, too_much.status, rest.status, nothing_left.status] == [0, 1, 0, 1]
    assert too_much.complained == "Nothing is given back: that is more than is left (26.60 EUR are left).\n"
    assert nothing_left.complained == (
        "Nothing is given back: all of it has been given back, or is on its way (0.00 EUR are left).\n"
    )
    assert order_meanwhile is OrderStatus.PAID
    assert (await product.row(paid.desk.order)).status is OrderStatus.REFUNDED
    assert sorted(row.amount_cents for row in await product.rows(tables.Refund)) == [1000, 2660]
    assert len(await given_back(product)) == 2
    assert len(await correspondence(product, 4)) == 4


async def test_money_that_paypal_still_holds_is_not_given_back(product: Product) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, PaymentStatus.PENDING)

    async with unchanged(product):
        refused = await refund(product, payment.id)

    assert (refused.status, refused.complained) == (
        1,
        "Nothing is given back: PayPal still holds this money: wait until it has decided (0.00 EUR are left).\n",
    )


async def test_an_unknown_payment_is_refused(product: Product) -> None:
    async with unchanged(product):
        refused = await refund(product, "pay_unknown")

    assert (refused.status, refused.complained) == (1, "There is no payment pay_unknown.\n")


async def test_a_sum_that_is_none_changes_nothing(product: Product) -> None:
    paid = await paid_order(product)

    async with unchanged(product):
        refused = [await refund(product, paid.payment_id, "--amount", wrong) for wrong in ("0", "1.234")]

    assert [(each.status, each.said) for each in refused] == [(1, ""), (2, "")]
    assert refused[0].complained == "Nothing is given back: the sum must be positive (36.60 EUR are left).\n"
    assert "argument --amount: invalid cents value: '1.234'" in refused[1].complained


async def test_without_a_database_nothing_is_made(product: Product, tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.db"

    refused = await refund(product, "pay_any", SALDO_DATABASE_URL=f"sqlite+aiosqlite:///{missing}")

    assert (refused.status, refused.complained) == (2, "There is no database at SALDO_DATABASE_URL.\n")
    assert not missing.exists()


async def test_an_answer_that_is_lost_is_asked_for_again_under_the_same_request_id(product: Product) -> None:
    paid = await paid_order(product)
    product.simulator.fail("lost_answer", pattern=REFUND)

    done = await refund(product, paid.payment_id)

    [row] = await product.rows(tables.Refund)
    assert done.status == 0
    assert [request_id for request_id, _ in await given_back(product)] == [row.id, row.id]
    assert (await money_taken(product), len(await correspondence(product, 3))) == ([("REFUNDED", "36.60")], 3)


@pytest.mark.watched
async def test_an_outage_delays_the_refund_and_does_not_lose_or_double_it(product: Product) -> None:
    paid = await paid_order(product)
    product.simulator.fail("down", pattern=REFUND, times=500)

    unanswered = await refund(product, paid.payment_id, "--wait", "1")
    again = await refund(product, paid.payment_id, "--wait", "1")
    product.simulator.recover()

    assert (unanswered.status, unanswered.said.splitlines()[-1]) == (
        3,
        "Not answered yet. It stays owed, and is asked for until PayPal answers, while the product runs.",
    )
    assert (again.status, "an earlier refund of this payment has not been answered" in again.complained) == (1, True)

    async def completed() -> bool:
        return [row.status for row in await product.rows(tables.Refund)] == ["COMPLETED"]

    await product.until(completed)
    assert len({request_id for request_id, _ in await given_back(product)}) == 1
    assert (await money_taken(product), len(await correspondence(product, 3))) == ([("REFUNDED", "36.60")], 3)


async def test_a_refund_that_paypal_refuses_is_said_and_can_be_asked_for_anew(product: Product) -> None:
    paid = await paid_order(product)
    await asyncio.to_thread(product.simulator.ask, "POST", "/clock", {"advance_seconds": 181 * 24 * 3600})

    refused = await refund(product, paid.payment_id)

    [row] = await product.rows(tables.Refund)
    assert (refused.status, refused.complained) == (
        1,
        "PayPal refuses it: REFUND_TIME_LIMIT_EXCEEDED. Nothing was given back.\n",
    )
    assert (row.status, row.failure_issue) == ("FAILED", "REFUND_TIME_LIMIT_EXCEEDED")
    assert (await product.row(paid.desk.order)).status is OrderStatus.PAID
    assert (await money_taken(product), len(await correspondence(product, 2))) == ([("COMPLETED", "36.60")], 2)
    anew = await refund(product, paid.payment_id)
    assert (anew.status, len(await product.rows(tables.Refund))) == (1, 2)
    assert len({request_id for request_id, _ in await given_back(product)}) == 2
