"""What an operator may give back: of money that was taken, and never more than is left of it."""

from typing import Any

import pytest

from models import enums, tables
from models.enums import OrderStatus, PaymentStatus, RefundReason, RefundStatus
from models.money import Money
from policies.payment_transitions import FINAL
from policies.refunds import RefundBlock
from tests.factories import NOW, make_refund, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import Scene
from use_cases.refund_payment import RefundRefused, UnknownPayment, refund_payment

NOTE = "Ci scusiamo per il disguido."


async def paid(books: Books, *refunds: dict[str, Any]) -> Scene:
    """Store a paid order of 36.60 and refunds of its payment."""
    scene = Scene(PaymentStatus.SUCCEEDED)
    scene.order.status, scene.order.paid_at = OrderStatus.PAID, NOW
    await scene.begin(books)
    await store(books.database, *(make_refund(scene.payment, **values) for values in refunds))
    return scene


def ended(cents: int, status: RefundStatus = RefundStatus.COMPLETED, **values: Any) -> dict[str, Any]:
    known = f"REFUND-{cents}" if status is RefundStatus.COMPLETED else None
    return {"amount_cents": cents, "status": status, "ended_at": NOW, "paypal_refund_id": known, **values}


async def ask(books: Books, scene: Scene, *, cents: int | None = None) -> Any:
    return await books.apply(refund_payment, payment_id=scene.payment.id, cents=cents, note=NOTE, now=NOW)


async def refused(books: Books, scene: Scene, *, cents: int | None = None) -> tuple[RefundBlock, Money]:
    """Ask, witness that nothing changes, and return why and what would be left."""
    before = await books.snapshot()
    with pytest.raises(RefundRefused) as raised:
        await ask(books, scene, cents=cents)
    assert await books.snapshot() == before
    return raised.value.block, raised.value.left


async def test_the_refund_its_request_id_and_its_work_are_stored_together(books: Books) -> None:
    scene = await paid(books)

    refund = await ask(books, scene)

    [row] = await books.rows(tables.Refund)
    assert (row.id, row.request_id, row.capture_id) == (refund.id, refund.id, scene.payment.capture_id)
    assert (row.amount_cents, row.reason, row.status, row.note) == (3660, "OPERATOR", "REQUESTED", NOTE)
    assert books.owed == {f"refund-{refund.id}": (enums.Job.REFUND_PAYMENT, None)}
    event = (await books.events(scene.payment))[-1]
    assert (event.source, event.status, event.note) == (
        "OPERATOR",
        "SUCCEEDED",
        f"Refund {refund.id} of 36.60 EUR asked for.",
    )
    assert await books.rows(tables.Email) == []


async def test_without_a_sum_all_that_is_left_is_given_back(books: Books) -> None:
    scene = await paid(books, ended(1000), ended(500, RefundStatus.FAILED))

    refund = await ask(books, scene)

    assert refund.amount_cents == 2660


@pytest.mark.parametrize(("cents", "allowed"), [(1, True), (2660, True), (2661, False), (3660, False)])
async def test_never_more_than_is_left(books: Books, cents: int, allowed: bool) -> None:
    scene = await paid(books, ended(1000))

    if allowed:
        assert (await ask(books, scene, cents=cents)).amount_cents == cents
    else:
        assert await refused(books, scene, cents=cents) == (RefundBlock.MORE_THAN_LEFT, Money(2660))


async def test_what_paypal_has_accepted_is_not_left_either(books: Books) -> None:
    scene = await paid(books, {"amount_cents": 3660, "status": RefundStatus.PENDING, "paypal_refund_id": "REFUND-1"})

    assert await refused(books, scene) == (RefundBlock.NOTHING_LEFT, Money(0))


async def test_while_a_request_is_unanswered_no_other_is_made(books: Books) -> None:
    scene = await paid(books, {"amount_cents": 1})

    assert await refused(books, scene, cents=1) == (RefundBlock.BEING_ASKED, Money(3659))


@pytest.mark.parametrize("status", sorted(set(PaymentStatus) - {PaymentStatus.SUCCEEDED}))
async def test_of_a_payment_that_took_no_money_nothing_is_given_back(books: Books, status: PaymentStatus) -> None:
    scene = Scene(status)
    await scene.begin(books)

    block = RefundBlock.HELD if status is PaymentStatus.PENDING else RefundBlock.NOTHING_TAKEN
    assert await refused(books, scene) == (block, Money(0))


@pytest.mark.parametrize("status", sorted(FINAL - {PaymentStatus.SUCCEEDED}))
async def test_money_that_paid_no_order_and_was_refused_once_is_asked_for_anew(
    books: Books, status: PaymentStatus
) -> None:
    scene = Scene(status)
    await scene.begin(books, capture_id="CAPTURE-1")
    unwanted = ended(3660, RefundStatus.FAILED, capture_id="CAPTURE-1", reason=RefundReason.ORDER_PAID_TWICE)
    await store(books.database, make_refund(scene.payment, **unwanted))

    refund = await ask(books, scene)

    assert (refund.capture_id, refund.amount_cents, refund.reason) == ("CAPTURE-1", 3660, RefundReason.OPERATOR)


async def test_an_unknown_payment_is_named(books: Books) -> None:
    with pytest.raises(UnknownPayment):
        await books.apply(refund_payment, payment_id="pay_unknown", cents=None, note=NOTE, now=NOW)
