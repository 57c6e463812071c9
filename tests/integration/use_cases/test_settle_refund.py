"""What a call or a look about a refund has brought: applied once, asked again, or an operator is called."""

from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateways.paypal import messages
from gateways.paypal.errors import PayPalFailure
from models import enums, tables
from models.enums import EventSource, OrderStatus, PaymentStatus, ProviderFailureKind, RefundReason, RefundStatus
from models.money import Money
from policies.refunds import UNWANTED, may_ask_again
from tests.factories import NOW, make_refund, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH, Scene
from use_cases.settle_refund import read_refund, settle_refund

LATER = NOW + timedelta(minutes=1)
FINAL_KINDS = [kind for kind in ProviderFailureKind if not may_ask_again(kind)]
OPEN_KINDS = [kind for kind in ProviderFailureKind if may_ask_again(kind)]


async def asked(books: Books, **values: Any) -> tuple[Scene, tables.Refund]:
    """Store a paid order of 36.60 and a refund of all of it that an operator has asked for."""
    scene = Scene(PaymentStatus.SUCCEEDED)
    scene.order.status, scene.order.paid_at = OrderStatus.PAID, NOW
    refund = make_refund(scene.payment, **values)
    await scene.begin(books)
    await store(books.database, refund)
    return scene, refund


def settling(refund: tables.Refund, *, status: str | None = None, failure: Any = None) -> dict[str, Any]:
    answer = messages.Refund(id="REFUND-1", status=status, amount=Money(3660), custom_id=refund.id) if status else None
    return {
        "refund_id": refund.id,
        "answer": answer,
        "failure": PayPalFailure(kind=failure, issue="SOME_ISSUE") if failure else None,
        "source": EventSource.PAYPAL_REPLY,
        "watch": WATCH,
    }


async def test_what_is_asked_of_paypal_was_stored_before(books: Books) -> None:
    _, refund = await asked(books, note="Ci scusiamo.")

    facts = await books.apply(read_refund, refund_id=refund.id)

    assert facts is not None
    assert facts.model_dump(exclude={"amount"}) == {
        "refund_id": refund.id,
        "capture_id": refund.capture_id,
        "note": "Ci scusiamo.",
        "request_id": refund.id,
        "paypal_refund_id": None,
        "looks": 0,
    }
    assert facts.amount == Money(3660)


async def test_nothing_is_asked_about_a_refund_that_has_ended(books: Books) -> None:
    _, refund = await asked(books, status=RefundStatus.COMPLETED, paypal_refund_id="REFUND-1", ended_at=NOW)

    assert await books.apply(read_refund, refund_id=refund.id) is None


async def test_an_answer_is_applied_once(books: Books) -> None:
    scene, refund = await asked(books)
    first = await books.apply(settle_refund, **settling(refund, status="COMPLETED"), now=NOW)
    once = await books.snapshot()

    second = await books.apply(settle_refund, **settling(refund, status="COMPLETED"), now=LATER)

    assert (first, second) == (RefundStatus.COMPLETED, RefundStatus.COMPLETED)
    assert await books.snapshot() == once
    assert (await books.row(scene.order)).status is OrderStatus.REFUNDED
    assert [job for job, _ in books.owed.values()] == [enums.Job.SEND_EMAIL]


async def test_a_pending_refund_is_looked_at_until_it_has_ended(books: Books) -> None:
    _, refund = await asked(books)

    await books.apply(settle_refund, **settling(refund, status="PENDING"), now=NOW)
    await books.apply(settle_refund, **settling(refund, status="PENDING"), now=LATER)
    looks = [delay for key, (_, delay) in books.owed.items() if key.startswith("refund-")]
    await books.apply(settle_refund, **settling(refund, status="COMPLETED"), now=LATER)

    assert looks == [None, timedelta(seconds=40), timedelta(seconds=80)]  # the first is for whoever else reports it
    assert (await books.row(refund)).status is RefundStatus.COMPLETED


@pytest.mark.parametrize("kind", OPEN_KINDS)
async def test_a_call_without_an_answer_is_repeated_under_the_same_request_id(
    books: Books, kind: ProviderFailureKind
) -> None:
    _, refund = await asked(books)

    await books.apply(settle_refund, **settling(refund, failure=kind), now=NOW)

    row = await books.row(refund)
    assert (row.status, row.request_id, row.looks) == (RefundStatus.REQUESTED, refund.id, 1)
    assert books.owed == {f"refund-{refund.id}-1": (enums.Job.REFUND_PAYMENT, timedelta(seconds=20))}


@pytest.mark.parametrize("kind", FINAL_KINDS)
async def test_a_refusal_ends_the_refund_once_and_calls_an_operator(books: Books, kind: ProviderFailureKind) -> None:
    scene, refund = await asked(books)
    with capture_logs() as logs:
        await books.apply(settle_refund, **settling(refund, failure=kind), now=NOW)
    once = await books.snapshot()

    await books.apply(settle_refund, **settling(refund, failure=kind), now=LATER)

    row = await books.row(refund)
    assert await books.snapshot() == once
    assert (row.status, row.failure_issue, row.ended_at) == (RefundStatus.FAILED, "SOME_ISSUE", NOW)
    assert [(entry["event"], entry["issue"]) for entry in logs if entry["log_level"] == "error"] == [
        ("refund.refused", "SOME_ISSUE")
    ]
    assert [event.note for event in await books.events(scene.payment)][1:] == [
        "Refund of 36.60 EUR: FAILED (SOME_ISSUE)."
    ]
    assert (books.owed, await books.rows(tables.Email)) == ({}, [])
    assert (await books.row(scene.order)).status is OrderStatus.PAID


@pytest.mark.parametrize("reason", RefundReason)
async def test_of_a_refusal_hears_whoever_paid_what_nobody_owed(books: Books, reason: RefundReason) -> None:
    scene, refund = await asked(books, reason=reason)

    await books.apply(settle_refund, **settling(refund, failure=FINAL_KINDS[0]), now=NOW)

    told = [(mail.kind, mail.recipient, mail.facts["amount"]) for mail in await books.rows(tables.Email)]
    expected = ("REFUND_FAILED", scene.customer.email, {"cents": 3660, "currency": "EUR"})
    assert told == ([expected] if reason in UNWANTED else [])


@pytest.mark.parametrize("kind", ProviderFailureKind)
async def test_a_refund_that_paypal_has_is_not_ended_by_a_look_that_fails(
    books: Books, kind: ProviderFailureKind
) -> None:
    _, refund = await asked(books, status=RefundStatus.PENDING, paypal_refund_id="REFUND-1")

    await books.apply(settle_refund, **settling(refund, failure=kind), now=NOW)

    assert (await books.row(refund)).status is RefundStatus.PENDING
    assert list(books.owed) == [f"refund-{refund.id}-1"]
