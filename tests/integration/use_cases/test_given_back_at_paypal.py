"""Money that PayPal took and gave back before we heard of either: booked, told, and in nobody's way."""

import pytest

from gateways.paypal.messages import PayPalOrder, Refund
from models import tables
from models.enums import EventSource, OrderStatus, PaymentStatus
from models.money import Money
from tests.factories import NOW, make_attempt, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import Scene, settling
from use_cases.record_refund import record_refund
from use_cases.settle_payment import settle_payment


def returned(scene: Scene, *, amount: str = "36.60") -> PayPalOrder:
    """Return PayPal's order with a capture of that sum that went back as a whole, in two parts."""
    whole = int(amount.replace(".", ""))
    parts = tuple(
        Refund(id=f"REFUND-{cents}", status="COMPLETED", amount=Money(cents)) for cents in (1000, whole - 1000)
    )
    return scene.answer("REFUNDED", capture={"amount": amount}).model_copy(update={"refunds": parts})


@pytest.mark.parametrize("amount", ["36.60", "36.59"])
@pytest.mark.parametrize("status", [PaymentStatus.PROCESSING, PaymentStatus.VERIFYING, PaymentStatus.PENDING])
async def test_it_ends_the_payment_and_leaves_the_order_payable(
    books: Books, status: PaymentStatus, amount: str
) -> None:
    scene = Scene(status)
    await scene.begin(books)
    seen = settling(scene, paypal=returned(scene, amount=amount)) | {"source": EventSource.RECONCILER}

    await books.apply(settle_payment, **seen)
    once = await books.snapshot()
    await books.apply(settle_payment, **seen)

    payment, refunds = await books.row(scene.payment), await books.rows(tables.Refund)
    assert await books.snapshot() == once
    assert (payment.status, payment.failure_code, payment.failure_advice) == ("FAILED", "OTHER", "RETRY_NOW")
    assert (await books.row(scene.attempt)).capture_id == "CAPTURE-1"
    assert sum(refund.amount_cents for refund in refunds) == int(amount.replace(".", ""))
    assert {(refund.status, refund.reason) for refund in refunds} == {("COMPLETED", "AT_PAYPAL")}
    assert (await books.row(scene.order)).status is OrderStatus.AWAITING_PAYMENT
    assert [mail.kind for mail in await books.rows(tables.Email)] == ["PAYMENT_REFUNDED"] * 2
    assert (await books.events(scene.payment))[-1].note == (
        f"PayPal took {amount} EUR; given back by itself before we knew."
    )


async def test_news_of_such_a_refund_that_comes_later_adds_nothing(books: Books) -> None:
    scene = Scene(PaymentStatus.VERIFYING)
    await scene.begin(books)
    await books.apply(settle_payment, **settling(scene, paypal=returned(scene)))
    once = await books.snapshot()

    news = Refund(id="REFUND-1000", status="COMPLETED", amount=Money(1000))
    await books.apply(record_refund, refund=news, capture_id="CAPTURE-1", source=EventSource.PAYPAL_WEBHOOK, now=NOW)

    assert await books.snapshot() == once


@pytest.mark.parametrize("status", [PaymentStatus.CANCELED, PaymentStatus.EXPIRED])
async def test_it_is_booked_for_a_payment_that_has_ended_and_changes_nothing_else(
    books: Books, status: PaymentStatus
) -> None:
    scene = Scene(status)
    await scene.begin(books)

    await books.apply(settle_payment, **settling(scene, paypal=returned(scene)))

    assert (await books.row(scene.payment)).status is status
    assert len(await books.rows(tables.Refund)) == 2


async def test_it_does_not_end_a_payment_that_goes_on_with_a_newer_attempt(books: Books) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books)
    await store(books.database, make_attempt(scene.payment, number=2))

    await books.apply(settle_payment, **settling(scene, paypal=returned(scene)))

    assert (await books.row(scene.payment)).status is PaymentStatus.PROCESSING
    assert len(await books.rows(tables.Refund)) == 2
