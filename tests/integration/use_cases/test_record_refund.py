"""What PayPal says about a refund is applied once, whoever reports it and in whatever order the reports come."""

from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateways.paypal import messages
from models import enums, tables
from models.enums import EventSource, OrderStatus, PaymentStatus, RefundReason, RefundStatus
from models.money import Money
from tests.factories import NOW, make_attempt, make_refund, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import Scene
from use_cases.record_refund import record_refund

LATER = NOW + timedelta(minutes=1)


def said(status: str, *, cents: int = 3660, id: str = "REFUND-1", custom_id: str | None = None) -> messages.Refund:
    return messages.Refund(id=id, status=status, amount=Money(cents), custom_id=custom_id)


async def paid_scene(books: Books) -> Scene:
    """Store a paid order of 36.60."""
    scene = Scene(PaymentStatus.SUCCEEDED)
    scene.order.status, scene.order.paid_at = OrderStatus.PAID, NOW
    await scene.begin(books)
    return scene


async def report(books: Books, scene: Scene, refund: messages.Refund, **values: Any) -> None:
    known: dict[str, Any] = {"capture_id": scene.payment.capture_id, "source": EventSource.PAYPAL_WEBHOOK, "now": NOW}
    await books.apply(record_refund, refund=refund, **known | values)


async def refunds(books: Books) -> list[tables.Refund]:
    return list(await books.rows(tables.Refund))


async def test_a_refund_made_at_paypal_gets_a_row_a_mail_a_line_and_closes_the_order(books: Books) -> None:
    scene = await paid_scene(books)

    await report(books, scene, said("COMPLETED"))

    [row] = await refunds(books)
    assert (row.reason, row.status, row.amount_cents) == (RefundReason.AT_PAYPAL, RefundStatus.COMPLETED, 3660)
    assert (row.paypal_refund_id, row.request_id, row.ended_at) == ("REFUND-1", None, NOW)
    assert (await books.row(scene.order)).status is OrderStatus.REFUNDED
    assert (await books.row(scene.payment)).status is PaymentStatus.SUCCEEDED
    [_, event] = await books.events(scene.payment)
    assert (event.status, event.source) == ("SUCCEEDED", "PAYPAL_WEBHOOK")
    assert event.note == "Refund of 36.60 EUR: COMPLETED."
    [email] = await books.rows(tables.Email)
    assert (email.kind, email.facts["reason"], email.facts["refund_id"]) == (
        "PAYMENT_REFUNDED",
        "AT_PAYPAL",
        "REFUND-1",
    )


@pytest.mark.parametrize("status", ["COMPLETED", "PENDING", "FAILED", "CANCELLED", "A_WORD_OF_TOMORROW"])
async def test_a_report_that_comes_twice_counts_once(books: Books, status: str) -> None:
    scene = await paid_scene(books)
    await report(books, scene, said(status))
    once = await books.snapshot()

    await report(books, scene, said(status), source=EventSource.RECONCILER, now=LATER)

    assert await books.snapshot() == once
    assert len(once["refunds"]) == 1


async def test_a_webhook_that_overtakes_the_answer_to_our_call_finds_the_row_that_asked(books: Books) -> None:
    scene = await paid_scene(books)
    asked = make_refund(scene.payment)
    await store(books.database, asked)
    await report(books, scene, said("COMPLETED", custom_id=asked.id))
    once = await books.snapshot()

    await report(books, scene, said("COMPLETED", custom_id=asked.id), source=EventSource.PAYPAL_REPLY, now=LATER)

    assert await books.snapshot() == once
    [row] = await refunds(books)
    assert (row.id, row.reason, row.status, row.paypal_refund_id) == (
        asked.id,
        RefundReason.OPERATOR,
        RefundStatus.COMPLETED,
        "REFUND-1",
    )
    assert len(once["emails"]) == 1


async def test_a_report_without_our_reference_is_the_answer_to_the_request_of_that_sum(books: Books) -> None:
    scene = await paid_scene(books)
    asked = make_refund(scene.payment, amount_cents=1000)
    await store(books.database, asked)

    await report(books, scene, said("COMPLETED", cents=1000))
    await report(books, scene, said("COMPLETED", cents=1000, custom_id=asked.id))

    [row] = await refunds(books)
    assert (row.id, row.paypal_refund_id) == (asked.id, "REFUND-1")


async def test_a_pending_refund_is_announced_once_and_closes_the_order_only_when_completed(books: Books) -> None:
    scene = await paid_scene(books)

    await report(books, scene, said("PENDING"))
    order_meanwhile = (await books.row(scene.order)).status
    await report(books, scene, said("COMPLETED"), now=LATER)
    await report(books, scene, said("PENDING"), now=LATER)  # read before, applied afterwards

    [row] = await refunds(books)
    assert order_meanwhile is OrderStatus.PAID
    assert (row.status, row.ended_at) == (RefundStatus.COMPLETED, LATER)
    assert (await books.row(scene.order)).status is OrderStatus.REFUNDED
    assert len(await books.rows(tables.Email)) == 1
    assert [event.note for event in await books.events(scene.payment)][1:] == [
        "Refund of 36.60 EUR: PENDING.",
        "Refund of 36.60 EUR: COMPLETED.",
    ]


async def test_refunds_that_add_up_to_the_sum_close_the_order(books: Books) -> None:
    scene = await paid_scene(books)

    await report(books, scene, said("COMPLETED", cents=1660, id="REFUND-1"))
    partly = (await books.row(scene.order)).status
    await report(books, scene, said("FAILED", cents=2000, id="REFUND-2"))
    still = (await books.row(scene.order)).status
    await report(books, scene, said("COMPLETED", cents=2000, id="REFUND-3"))

    assert (partly, still) == (OrderStatus.PAID, OrderStatus.PAID)
    assert (await books.row(scene.order)).status is OrderStatus.REFUNDED
    assert {mail.facts["amount"]["cents"] for mail in await books.rows(tables.Email)} == {1660, 2000}


async def test_a_failed_refund_tells_an_operator_and_not_the_customer(books: Books) -> None:
    scene = await paid_scene(books)
    failed = said("FAILED").model_copy(update={"reason": "ECHECK"})

    with capture_logs() as logs:
        await report(books, scene, failed)

    [row] = await refunds(books)
    assert (row.status, row.failure_issue, row.ended_at) == (RefundStatus.FAILED, "ECHECK", NOW)
    assert [(entry["event"], entry["issue"]) for entry in logs if entry["log_level"] == "error"] == [
        ("refund.recorded", "ECHECK")
    ]
    assert await books.rows(tables.Email) == []
    assert (await books.row(scene.order)).status is OrderStatus.PAID


async def test_a_refund_given_back_after_all_is_announced_then(books: Books) -> None:
    scene = await paid_scene(books)

    await report(books, scene, said("FAILED"))
    await report(books, scene, said("COMPLETED"), now=LATER)

    [row] = await refunds(books)
    assert (row.status, row.failure_issue, row.ended_at) == (RefundStatus.COMPLETED, None, LATER)
    assert len(await books.rows(tables.Email)) == 1


async def test_money_given_back_that_came_twice_leaves_the_order_paid(books: Books) -> None:
    scene = await paid_scene(books)
    unwanted = make_refund(scene.payment, capture_id="CAPTURE-2", reason=RefundReason.ORDER_PAID_TWICE)
    taken = make_attempt(scene.payment, number=2, capture_id="CAPTURE-2")
    await store(books.database, unwanted, taken)

    await report(books, scene, said("COMPLETED", custom_id=unwanted.id), capture_id="CAPTURE-2")

    assert (await books.row(unwanted)).status is RefundStatus.COMPLETED
    assert (await books.row(scene.order)).status is OrderStatus.PAID
    [email] = await books.rows(tables.Email)
    assert email.facts["reason"] == enums.RefundReason.ORDER_PAID_TWICE


async def test_the_sum_that_paypal_gave_back_is_the_one_in_the_books(books: Books) -> None:
    scene = await paid_scene(books)
    asked = make_refund(scene.payment)
    await store(books.database, asked)

    with capture_logs() as logs:
        await report(books, scene, said("COMPLETED", cents=3000, custom_id=asked.id))

    [row] = await refunds(books)
    assert row.amount_cents == 3000
    assert [entry["event"] for entry in logs if entry["log_level"] == "error"] == ["refund.sum_differs"]
    assert (await books.row(scene.order)).status is OrderStatus.PAID


async def test_a_refund_of_a_capture_that_we_do_not_know_changes_nothing_and_is_logged(books: Books) -> None:
    scene = await paid_scene(books)
    before = await books.snapshot()

    with capture_logs() as logs:
        await report(books, scene, said("COMPLETED"), capture_id="SOMEBODY-ELSES")

    assert await books.snapshot() == before
    assert [(entry["event"], entry["capture_id"]) for entry in logs] == [("refund.capture_unknown", "SOMEBODY-ELSES")]
