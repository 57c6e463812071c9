"""An order that needs no money is not charged: it was paid, or lost its service, while PayPal was busy."""

from typing import Any

import pytest

from models import tables
from models.enums import EventSource, OrderStatus, PaymentStatus, ServiceStatus
from tests.factories import NOW, make_event, make_payment, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH, Scene
from use_cases.claim_payment import claim_payment
from use_cases.record_paypal_order import record_paypal_order

PAID_TWICE = ("FAILED", "ORDER_ALREADY_PAID", "NO_ACTION")
NOT_PAYABLE = ("FAILED", "ORDER_NOT_PAYABLE", "NO_ACTION")


async def paid_by_another(books: Books, scene: Scene, **attempt: Any) -> None:
    """Store the scene, whose order a payment given up before has paid after all."""
    scene.order.status, scene.order.paid_at = OrderStatus.PAID, NOW
    await scene.begin(books, **attempt)
    winner = make_payment(scene.order, account=scene.account, status=PaymentStatus.SUCCEEDED)
    await store(books.database, winner, make_event(winner))


async def without_service(books: Books, scene: Scene, **attempt: Any) -> None:
    """Store the scene, whose service has gone meanwhile."""
    scene.service.status = ServiceStatus.CANCELED
    await scene.begin(books, **attempt)


def claiming(scene: Scene, *, taken: bool) -> dict[str, Any]:
    return {
        "attempt_id": scene.attempt.id,
        "rounds": 0,
        "taken": taken,
        "source": EventSource.RECONCILER,
        "watch": WATCH,
        "now": NOW,
    }


async def outcome(books: Books, scene: Scene) -> tuple[str, str | None, str | None]:
    payment = await books.row(scene.payment)
    return payment.status, payment.failure_code, payment.failure_advice


@pytest.mark.parametrize("status", [PaymentStatus.AWAITING_APPROVAL, PaymentStatus.VERIFYING])
async def test_an_order_paid_meanwhile_is_not_captured_again(books: Books, status: PaymentStatus) -> None:
    scene = Scene(status)
    await paid_by_another(books, scene)

    claimed = await books.apply(claim_payment, **claiming(scene, taken=False))

    assert (claimed, await outcome(books, scene)) == (False, PAID_TWICE)
    assert (books.owed, await books.rows(tables.Email)) == ({}, [])
    assert await books.history(scene.payment) == [status, "FAILED"]


async def test_an_order_whose_service_has_gone_is_not_captured_and_its_customer_is_told(books: Books) -> None:
    scene = Scene(PaymentStatus.VERIFYING)
    await without_service(books, scene)

    claimed = await books.apply(claim_payment, **claiming(scene, taken=False))

    assert (claimed, await outcome(books, scene)) == (False, NOT_PAYABLE)
    assert [mail.kind for mail in await books.rows(tables.Email)] == ["PAYMENT_FAILED"]
    assert (await books.row(scene.order)).status is OrderStatus.AWAITING_PAYMENT


async def test_money_that_paypal_has_taken_for_such_an_order_is_still_settled(books: Books) -> None:
    scene = Scene(PaymentStatus.VERIFYING)
    await paid_by_another(books, scene)

    claimed = await books.apply(claim_payment, **claiming(scene, taken=True))

    assert (claimed, await outcome(books, scene)) == (True, ("PROCESSING", None, None))


@pytest.mark.parametrize("registers", [True, False])
@pytest.mark.parametrize(("begin", "ended"), [(paid_by_another, PAID_TWICE), (without_service, NOT_PAYABLE)])
async def test_an_order_opened_too_late_is_neither_charged_nor_shown_to_the_payer(
    books: Books, begin: Any, ended: tuple[str, str, str], registers: bool
) -> None:
    scene = Scene(PaymentStatus.PROCESSING, registers=registers)
    await begin(books, scene, paypal_order_id=None)

    chargeable = await books.apply(
        record_paypal_order, attempt_id=scene.attempt.id, paypal=scene.answer(None), watch=WATCH, now=NOW
    )

    attempt = await books.row(scene.attempt)
    assert (chargeable, await outcome(books, scene)) == (False, ended)
    assert (attempt.paypal_order_id, attempt.approve_url) == ("PAYPAL-ORDER", None)
    assert books.owed == {}
