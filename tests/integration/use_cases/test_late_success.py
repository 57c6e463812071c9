"""Money that PayPal has taken for a payment nobody waits for: it pays the order, or is given back, once."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateways.paypal.errors import PayPalFailure
from models import enums, tables
from models.database import Session
from models.enums import EventSource, OrderStatus, PaymentStatus, ProviderFailureKind, RefundReason
from policies.payment_transitions import CANCELABLE, FINAL
from tests.factories import NOW, make_attempt, make_event, make_payment, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH, Scene, settling
from use_cases.accept_capture import accept_capture
from use_cases.settle_payment import settle_payment

LATER = NOW + timedelta(minutes=1)
ENDED = sorted(FINAL - {PaymentStatus.SUCCEEDED})
UNDER_WAY = [PaymentStatus.PROCESSING, PaymentStatus.VERIFYING, PaymentStatus.PENDING]


async def look(books: Books, scene: Scene, **values: Any) -> None:
    """Apply what a look at the scene's attempt has seen: money taken, unless told otherwise."""
    seen = settling(scene, paypal=scene.answer("COMPLETED")) | {"source": EventSource.RECONCILER}
    await books.apply(settle_payment, **seen | values)


async def add_payment(books: Books, scene: Scene, status: PaymentStatus, **values: Any) -> tables.Payment:
    """Store another payment of the scene's order."""
    other = make_payment(scene.order, account=scene.account, status=status, **values)
    await store(books.database, other, make_event(other), make_attempt(other))
    return other


def gist(rows: Sequence[tables.Refund]) -> list[tuple[str, int, str, str]]:
    return [(row.capture_id, row.amount_cents, row.reason, row.status) for row in rows]


@pytest.mark.parametrize("status", ENDED)
@pytest.mark.parametrize("source", [EventSource.RECONCILER, EventSource.PAYPAL_WEBHOOK])
async def test_a_late_success_pays_the_order_with_all_that_follows(
    books: Books, status: PaymentStatus, source: EventSource
) -> None:
    scene = Scene(status)
    await scene.begin(books)

    await look(books, scene, source=source, now=LATER)
    once = await books.snapshot()
    await look(books, scene, now=LATER + timedelta(hours=1))

    payment, order = await books.row(scene.payment), await books.row(scene.order)
    assert await books.snapshot() == once
    assert (payment.status, payment.capture_id, payment.ended_at) == ("SUCCEEDED", "CAPTURE-1", LATER)
    assert (payment.failure_code, payment.failure_advice, payment.canceled_by) == (None, None, None)
    assert (order.status, order.paid_at) == (OrderStatus.PAID, LATER)
    assert (await books.row(scene.service)).expires_on.isoformat() == "2027-03-08"
    assert sorted(mail.kind for mail in await books.rows(tables.Email)) == ["PAYMENT_CONFIRMATION", "RENEWAL_ACTIVATED"]
    assert [event.source for event in await books.events(scene.payment)] == ["CUSTOMER", source]
    assert await books.rows(tables.Refund) == []


@pytest.mark.parametrize("other_status", sorted(CANCELABLE))
async def test_another_payment_that_has_moved_no_money_is_given_up(books: Books, other_status: PaymentStatus) -> None:
    scene = Scene(PaymentStatus.EXPIRED)
    await scene.begin(books)
    other = await add_payment(books, scene, other_status)

    await look(books, scene)

    stood_down = await books.row(other)
    [_, event] = await books.events(other)
    assert (stood_down.status, stood_down.canceled_by) == ("CANCELED", "RECONCILER")
    assert (event.source, event.note) == (
        "RECONCILER",
        f"The order was paid by {scene.payment.id}, whose success came late.",
    )
    assert (await books.row(scene.payment)).status is PaymentStatus.SUCCEEDED


@pytest.mark.parametrize("other_status", UNDER_WAY)
async def test_another_payment_that_is_at_paypal_is_left_to_find_out(books: Books, other_status: PaymentStatus) -> None:
    scene = Scene(PaymentStatus.CANCELED)
    await scene.begin(books)
    other = await add_payment(books, scene, other_status)

    await look(books, scene)

    assert (await books.row(other)).status is other_status
    assert (await books.row(scene.payment)).status is PaymentStatus.SUCCEEDED


@pytest.mark.parametrize("status", ENDED)
async def test_money_for_an_order_that_another_payment_has_paid_is_given_back(
    books: Books, status: PaymentStatus
) -> None:
    scene = Scene(status, registers=True)
    scene.order.status, scene.order.paid_at = OrderStatus.PAID, NOW
    await scene.begin(books)
    winner = await add_payment(books, scene, PaymentStatus.SUCCEEDED)

    await look(books, scene)
    once = await books.snapshot()
    await look(books, scene, source=EventSource.PAYPAL_WEBHOOK, now=LATER)

    [refund] = await books.rows(tables.Refund)
    payment = await books.row(scene.payment)
    assert await books.snapshot() == once
    assert gist([refund]) == [("CAPTURE-1", 3660, RefundReason.ORDER_PAID_TWICE, "REQUESTED")]
    assert (refund.payment_id, refund.request_id) == (scene.payment.id, refund.id)
    assert books.owed == {f"refund-{refund.id}": (enums.Job.REFUND_PAYMENT, None)}
    assert (payment.status, payment.payer_email) == (status, "m•••@example.com")
    assert [event.note for event in await books.events(scene.payment)][1:] == [
        f"PayPal took 36.60 EUR; given back by {refund.id}: ORDER_PAID_TWICE."
    ]
    assert (await books.row(winner)).status is PaymentStatus.SUCCEEDED
    assert await books.rows(tables.Email) == []  # the payer is told once PayPal has accepted the refund


@pytest.mark.parametrize("status", UNDER_WAY)
async def test_an_open_payment_that_comes_second_fails_and_its_money_is_given_back(
    books: Books, status: PaymentStatus
) -> None:
    scene = Scene(status)
    scene.order.status, scene.order.paid_at = OrderStatus.PAID, NOW
    await scene.begin(books)
    await add_payment(books, scene, PaymentStatus.SUCCEEDED)

    await look(books, scene)

    payment = await books.row(scene.payment)
    assert (payment.status, payment.failure_code, payment.failure_advice) == (
        "FAILED",
        "ORDER_ALREADY_PAID",
        "NO_ACTION",
    )
    assert gist(await books.rows(tables.Refund)) == [("CAPTURE-1", 3660, RefundReason.ORDER_PAID_TWICE, "REQUESTED")]
    assert (await books.row(scene.service)).expires_on == scene.service.expires_on


async def test_a_second_capture_of_the_same_payment_is_given_back(books: Books) -> None:
    scene = Scene(PaymentStatus.SUCCEEDED)
    scene.order.status, scene.order.paid_at = OrderStatus.PAID, NOW
    await scene.begin(books, capture_id=None)
    await store(books.database, make_attempt(scene.payment, number=2))

    await look(books, scene)

    assert (await books.row(scene.payment)).capture_id == scene.payment.capture_id
    assert gist(await books.rows(tables.Refund)) == [("CAPTURE-1", 3660, RefundReason.ORDER_PAID_TWICE, "REQUESTED")]


@pytest.mark.parametrize("late", [False, True])
async def test_money_for_an_order_that_cannot_be_paid_any_more_is_given_back(books: Books, late: bool) -> None:
    scene = Scene(PaymentStatus.EXPIRED if late else PaymentStatus.PROCESSING)
    scene.service.status = enums.ServiceStatus.CANCELED
    await scene.begin(books)

    await look(books, scene)

    payment = await books.row(scene.payment)
    assert gist(await books.rows(tables.Refund)) == [("CAPTURE-1", 3660, RefundReason.ORDER_NOT_PAYABLE, "REQUESTED")]
    assert (payment.status, payment.failure_code) == (
        ("EXPIRED", None) if late else ("FAILED", enums.PaymentFailureCode.ORDER_NOT_PAYABLE)
    )
    assert (await books.row(scene.order)).status is OrderStatus.AWAITING_PAYMENT


async def test_money_for_an_order_that_was_canceled_is_given_back(books: Books) -> None:
    scene = Scene(PaymentStatus.CANCELED)
    scene.order.status = OrderStatus.CANCELED
    await scene.begin(books)

    await look(books, scene)

    assert gist(await books.rows(tables.Refund)) == [("CAPTURE-1", 3660, RefundReason.ORDER_NOT_PAYABLE, "REQUESTED")]
    assert (await books.row(scene.order)).status is OrderStatus.CANCELED


@pytest.mark.parametrize("status", sorted(set(PaymentStatus) - FINAL))
async def test_money_taken_by_an_earlier_attempt_is_the_success_of_its_payment(
    books: Books, status: PaymentStatus
) -> None:
    scene = Scene(status)
    await scene.begin(books)
    await store(books.database, make_attempt(scene.payment, number=2))

    await look(books, scene)

    assert await books.history(scene.payment) == [status, "SUCCEEDED"]
    assert (await books.row(scene.attempt)).capture_id == "CAPTURE-1"
    assert (await books.row(scene.order)).status is OrderStatus.PAID


@pytest.mark.parametrize("capture_status", [None, "DECLINED"])
@pytest.mark.parametrize("status", sorted(set(PaymentStatus) - FINAL))
async def test_an_earlier_attempt_that_took_nothing_changes_nothing(
    books: Books, status: PaymentStatus, capture_status: str | None
) -> None:
    scene = Scene(status)
    await scene.begin(books)
    await store(books.database, make_attempt(scene.payment, number=2))
    before = await books.snapshot()

    await look(books, scene, paypal=scene.answer(capture_status))

    assert await books.snapshot() == before


@pytest.mark.parametrize("status", ENDED)
async def test_money_that_paypal_holds_is_looked_at_again(books: Books, status: PaymentStatus) -> None:
    scene = Scene(status)
    await scene.begin(books)

    await look(books, scene, paypal=scene.answer("PENDING"))

    assert await books.history(scene.payment) == [status]
    assert books.owed == {f"look-{scene.attempt.id}-1": (enums.Job.ADVANCE_PAYMENT, timedelta(seconds=20))}
    assert (await books.row(scene.attempt)).look_due_at == NOW + timedelta(seconds=20)


@pytest.mark.parametrize("kind", ProviderFailureKind)
async def test_a_look_back_that_paypal_does_not_answer_is_repeated(books: Books, kind: ProviderFailureKind) -> None:
    scene = Scene(PaymentStatus.EXPIRED)
    await scene.begin(books)

    await look(books, scene, paypal=None, failure=PayPalFailure(kind=kind))

    unknown = kind in {"UNAVAILABLE", "MERCHANT_MISCONFIGURED", "ALREADY_DONE"}
    assert list(books.owed) == ([f"look-{scene.attempt.id}-1"] if unknown else [])
    assert await books.history(scene.payment) == ["EXPIRED"]


@pytest.mark.parametrize("difference", [{"custom_id": "att_of_somebody_else"}, {"amount": "36.59"}])
@pytest.mark.parametrize("status", ENDED)
async def test_money_that_is_not_what_was_asked_is_never_a_success_and_calls_an_operator(
    books: Books, status: PaymentStatus, difference: dict[str, str]
) -> None:
    scene = Scene(status)
    await scene.begin(books)
    before = await books.snapshot()

    with capture_logs() as logs:
        await look(books, scene, paypal=scene.answer("COMPLETED", capture=difference))

    assert await books.snapshot() == before
    assert [(entry["event"], entry["log_level"]) for entry in logs] == [("payment.capture_suspicious", "error")]


async def test_money_that_has_paid_the_order_is_never_taken_for_a_second_payment(books: Books) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books)
    await books.apply(accept_again, scene=scene)
    once = await books.snapshot()

    await books.apply(accept_again, scene=scene)

    assert await books.snapshot() == once
    assert once["refunds"] == []


async def accept_again(session: Session, *, scene: Scene) -> None:
    """Accept the scene's capture, whatever is known of it."""
    paypal = scene.answer("COMPLETED")
    assert paypal.capture is not None
    await accept_capture(
        session,
        payment=await session.get_one(tables.Payment, scene.payment.id),
        attempt=await session.get_one(tables.PaymentAttempt, scene.attempt.id),
        paypal=paypal,
        capture=paypal.capture,
        source=EventSource.PAYPAL_REPLY,
        watch=WATCH,
        now=NOW,
    )
