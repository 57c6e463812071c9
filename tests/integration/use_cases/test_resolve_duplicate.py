"""PayPal has seen a payment with the number of this order: found, it is adopted; proved absent, another id is tried."""

from datetime import timedelta
from typing import Any

import pytest

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PayPalOrder
from models import enums, tables
from models.enums import EventSource, OrderStatus, PaymentStatus, ProviderFailureKind
from tests.factories import NOW, make_attempt, make_event, make_payment, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH, Scene
from use_cases.resolve_duplicate import Sighting, opened_attempts, resolve_duplicate

LATER = NOW + timedelta(minutes=1)
UNAVAILABLE = PayPalFailure(kind=ProviderFailureKind.UNAVAILABLE)
LAPSED = PayPalFailure(kind=ProviderFailureKind.RESOURCE_MISSING)


class Rivals(Scene):
    """A payment of the order that ended, and a second one whose invoice id PayPal has refused."""

    def __init__(self) -> None:
        super().__init__(PaymentStatus.EXPIRED)
        self.second = make_payment(self.order, account=self.account, status=PaymentStatus.PROCESSING)
        self.refused = make_attempt(self.second)

    async def begin(self, books: Books, *, attempted: bool = True, **attempt: Any) -> None:
        await super().begin(books, attempted=attempted, **attempt)
        await store(books.database, self.second, make_event(self.second), self.refused)

    def resolving(self, *, paypal: PayPalOrder | None = None, failure: PayPalFailure | None = None) -> dict[str, Any]:
        """Return the arguments when PayPal says this about the first payment's attempt."""
        return {
            "attempt_id": self.refused.id,
            "sightings": [Sighting(attempt_id=self.attempt.id, paypal=paypal, failure=failure)],
            "source": EventSource.PAYPAL_REPLY,
            "watch": WATCH,
        }


def about_itself(scene: Scene, own: Sighting) -> dict[str, Any]:
    """Return the arguments when the only attempt there is has been refused."""
    return {
        "attempt_id": scene.attempt.id,
        "sightings": [own],
        "source": EventSource.PAYPAL_REPLY,
        "watch": WATCH,
        "now": NOW,
    }


async def resolve_twice(books: Books, rivals: Rivals, **seen: Any) -> None:
    """Resolve it, and once more after a crash: that changes nothing."""
    await books.apply(resolve_duplicate, **rivals.resolving(**seen), now=NOW)
    once = await books.snapshot()
    await books.apply(resolve_duplicate, **rivals.resolving(**seen), now=LATER)
    assert await books.snapshot() == once


async def test_the_attempts_that_opened_an_order_at_paypal_are_those_to_look_at(books: Books) -> None:
    rivals = Rivals()
    await rivals.begin(books)
    unopened = make_attempt(rivals.second, number=2, paypal_order_id=None)
    await store(books.database, unopened)

    suspects = await books.apply(opened_attempts, attempt_id=rivals.refused.id)

    assert suspects == [(each.id, each.paypal_order_id) for each in (rivals.attempt, rivals.refused)]


async def test_money_that_the_refused_attempt_itself_took_before_an_outage_is_its_success(books: Books) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books)
    own = Sighting(attempt_id=scene.attempt.id, paypal=scene.answer("COMPLETED"), failure=None)

    status = await books.apply(resolve_duplicate, **about_itself(scene, own))

    assert status is PaymentStatus.SUCCEEDED
    assert (await books.row(scene.attempt)).capture_id == "CAPTURE-1"
    assert len(await books.rows(tables.PaymentAttempt)) == 1


@pytest.mark.parametrize("capture_status", ["PENDING", None])
async def test_an_attempt_that_may_have_taken_the_money_waits_for_paypal_to_tell(
    books: Books, capture_status: str | None
) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books)
    held = scene.answer(capture_status) if capture_status else None
    own = Sighting(attempt_id=scene.attempt.id, paypal=held, failure=None if held else UNAVAILABLE)

    status = await books.apply(resolve_duplicate, **about_itself(scene, own))

    assert status is PaymentStatus.VERIFYING
    assert len(await books.rows(tables.PaymentAttempt)) == 1
    assert list(books.owed) == [f"look-{scene.attempt.id}-1"]


async def test_money_found_pays_the_order_and_the_second_payment_owes_nothing(books: Books) -> None:
    rivals = Rivals()
    await rivals.begin(books)

    await resolve_twice(books, rivals, paypal=rivals.answer("COMPLETED"))

    first, second = await books.row(rivals.payment), await books.row(rivals.second)
    assert (first.status, first.capture_id) == ("SUCCEEDED", "CAPTURE-1")
    assert (second.status, second.failure_code, second.failure_advice) == ("FAILED", "ORDER_ALREADY_PAID", "NO_ACTION")
    assert (await books.row(rivals.order)).status is OrderStatus.PAID
    assert await books.rows(tables.Refund) == []
    assert "PAYMENT_FAILED" not in [mail.kind for mail in await books.rows(tables.Email)]


async def test_money_found_of_an_earlier_attempt_is_the_success_of_the_same_payment(books: Books) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books)
    refused = make_attempt(scene.payment, number=2)
    await store(books.database, refused)
    found = Sighting(attempt_id=scene.attempt.id, paypal=scene.answer("COMPLETED"), failure=None)

    status = await books.apply(
        resolve_duplicate,
        attempt_id=refused.id,
        sightings=[found],
        source=EventSource.PAYPAL_REPLY,
        watch=WATCH,
        now=NOW,
    )

    assert status is PaymentStatus.SUCCEEDED
    assert await books.history(scene.payment) == ["PROCESSING", "SUCCEEDED"]


async def test_money_found_that_the_order_cannot_take_is_given_back_and_nothing_is_tried(books: Books) -> None:
    rivals = Rivals()
    rivals.service.status = enums.ServiceStatus.CANCELED
    await rivals.begin(books)

    await resolve_twice(books, rivals, paypal=rivals.answer("COMPLETED"))

    assert [row.reason for row in await books.rows(tables.Refund)] == ["ORDER_NOT_PAYABLE"]
    assert (await books.row(rivals.second)).failure_code == "ORDER_NOT_PAYABLE"


@pytest.mark.parametrize("capture_status", ["PENDING", "PARTIALLY_REFUNDED"])
async def test_money_that_is_held_or_odd_keeps_everybody_from_paying(books: Books, capture_status: str) -> None:
    rivals = Rivals()
    await rivals.begin(books)

    await resolve_twice(books, rivals, paypal=rivals.answer(capture_status))

    assert await books.history(rivals.second) == ["PROCESSING", "VERIFYING"]
    assert books.owed == {f"look-{rivals.refused.id}-1": (enums.Job.ADVANCE_PAYMENT, timedelta(seconds=20))}


async def test_while_paypal_does_not_answer_nobody_pays(books: Books) -> None:
    rivals = Rivals()
    await rivals.begin(books)

    await resolve_twice(books, rivals, failure=UNAVAILABLE)

    assert await books.history(rivals.second) == ["PROCESSING", "VERIFYING"]


@pytest.mark.parametrize("seen", ["nothing captured", "declined", "lapsed", "given back"])
async def test_proved_unpaid_the_payment_begins_anew_with_an_invoice_id_of_its_own(books: Books, seen: str) -> None:
    rivals = Rivals()
    await rivals.begin(books)
    words: dict[str, dict[str, Any]] = {
        "nothing captured": {"paypal": rivals.answer(None)},
        "declined": {"paypal": rivals.answer("DECLINED")},
        "lapsed": {"failure": LAPSED},
        "given back": {"paypal": rivals.answer("REFUNDED")},
    }

    await resolve_twice(books, rivals, **words[seen])

    [new] = [
        each
        for each in await books.rows(tables.PaymentAttempt)
        if each.id not in {rivals.attempt.id, rivals.refused.id}
    ]
    assert (new.payment_id, new.number, new.invoice_id) == (rivals.second.id, 2, f"{rivals.order.number}-3")
    assert (new.create_request_id, new.capture_request_id) == (f"{new.id}-create", f"{new.id}-capture-1")
    assert sorted(books.owed) == [f"confirm-{new.id}", f"look-{new.id}-1"]
    assert await books.history(rivals.second) == ["PROCESSING"]


async def test_money_that_was_given_back_does_not_stand_in_the_way(books: Books) -> None:
    rivals = Rivals()
    await rivals.begin(books, capture_id="CAPTURE-1")

    await resolve_twice(books, rivals, paypal=rivals.answer("REFUNDED"))

    assert len(await books.rows(tables.PaymentAttempt)) == 3


async def test_after_three_invoice_ids_a_person_looks(books: Books) -> None:
    rivals = Rivals()
    await rivals.begin(books)
    further = [make_attempt(rivals.second, number=number) for number in (2, 3)]
    await store(books.database, *further)

    resolving = rivals.resolving(paypal=rivals.answer(None)) | {"attempt_id": further[-1].id}
    await books.apply(resolve_duplicate, **resolving, now=NOW)

    second = await books.row(rivals.second)
    assert (second.status, second.failure_code, second.failure_advice) == ("FAILED", "PROVIDER_ERROR", "CONTACT_US")


async def test_who_comes_when_the_payment_has_gone_on_changes_nothing(books: Books) -> None:
    rivals = Rivals()
    rivals.second.status = PaymentStatus.VERIFYING
    await rivals.begin(books)
    before = await books.snapshot()

    await books.apply(resolve_duplicate, **rivals.resolving(paypal=rivals.answer("COMPLETED")), now=NOW)

    assert await books.snapshot() == before
