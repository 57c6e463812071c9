"""Every step of a payment may run twice, after a crash or for two drivers; twice has the effect of once."""

from datetime import timedelta

import pytest

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import Vault
from models import enums, tables
from models.database import Session
from models.enums import EventSource, PaymentStatus, ProviderFailureKind
from models.money import Money
from policies.watching import Backoff
from tests.factories import NOW, make_email, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH, Scene, settling
from use_cases.claim_payment import claim_payment, release_lost_claim
from use_cases.confirm_payment import confirm_payment
from use_cases.errors import PaymentStateConflict
from use_cases.finish_registration import finish_registration
from use_cases.payment_states import IllegalTransition, move_payment
from use_cases.record_paypal_order import abandon_opening, record_paypal_order
from use_cases.send_email import Delivery, record_delivery
from use_cases.settle_payment import settle_payment

LATER = NOW + timedelta(minutes=1)


async def test_confirming_twice_begins_one_attempt(books: Books) -> None:
    scene = Scene(PaymentStatus.AWAITING_CONFIRMATION)
    await scene.begin(books, attempted=False)
    confirming = {
        "customer_id": scene.customer.id,
        "payment_id": scene.payment.id,
        "expected": Money(3660),
        "idempotency_key": "key",
        "payments_open": True,
        "watch_after": timedelta(minutes=5),
    }
    first = await books.apply(confirm_payment, **confirming, now=NOW)
    once = await books.snapshot()

    second = await books.apply(confirm_payment, **confirming, now=LATER)
    keyless = await books.apply(confirm_payment, **confirming | {"idempotency_key": None}, now=LATER)

    assert [first.replayed, second.replayed, keyless.replayed] == [False, False, True]
    assert await books.snapshot() == once
    assert len(once["payment_attempts"]) == 1
    assert [job for job, _ in books.owed.values()] == ["ADVANCE_PAYMENT"] * 2


@pytest.mark.parametrize(
    ("registers", "status"), [(False, PaymentStatus.PROCESSING), (True, PaymentStatus.AWAITING_APPROVAL)]
)
async def test_an_order_of_paypal_is_recorded_once(books: Books, registers: bool, status: PaymentStatus) -> None:
    scene = Scene(PaymentStatus.PROCESSING, registers=registers)
    await scene.begin(books, paypal_order_id=None)
    recording = {"attempt_id": scene.attempt.id, "paypal": scene.answer(None), "watch": WATCH}
    await books.apply(record_paypal_order, **recording, now=NOW)
    once = await books.snapshot()

    await books.apply(record_paypal_order, **recording, now=LATER)

    assert await books.snapshot() == once
    assert (await books.row(scene.payment)).status is status
    assert (await books.row(scene.attempt)).paypal_order_id == "PAYPAL-ORDER"


@pytest.mark.parametrize(
    ("registers", "status"), [(False, PaymentStatus.PROCESSING), (True, PaymentStatus.AWAITING_APPROVAL)]
)
async def test_a_worker_given_up_too_early_goes_on_when_paypal_has_opened_its_order(
    books: Books, registers: bool, status: PaymentStatus
) -> None:
    scene = Scene(PaymentStatus.PROCESSING, registers=registers)
    await scene.begin(books, paypal_order_id=None)
    await books.apply(release_lost_claim, attempt_id=scene.attempt.id, watch=WATCH, now=NOW)

    chargeable = await books.apply(
        record_paypal_order, attempt_id=scene.attempt.id, paypal=scene.answer(None), watch=WATCH, now=LATER
    )

    assert chargeable is not registers
    assert await books.history(scene.payment) == ["PROCESSING", "VERIFYING", "PROCESSING", *[status] * registers]
    attempt = await books.row(scene.attempt)
    assert attempt.approve_url == ("https://paypal.example/approve" if registers else None)
    assert attempt.approval_rounds == 0


async def test_an_order_recorded_before_is_not_charged_again_while_its_outcome_is_unknown(books: Books) -> None:
    scene = Scene(PaymentStatus.VERIFYING)
    await scene.begin(books, paypal_order_id="PAYPAL-ORDER")
    before = await books.snapshot()

    chargeable = await books.apply(
        record_paypal_order, attempt_id=scene.attempt.id, paypal=scene.answer(None), watch=WATCH, now=LATER
    )

    assert (chargeable, await books.snapshot()) == (False, before)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (ProviderFailureKind.UNAVAILABLE, PaymentStatus.AWAITING_CONFIRMATION),
        (ProviderFailureKind.REQUEST_REJECTED, PaymentStatus.FAILED),
    ],
)
async def test_an_opening_is_abandoned_once(books: Books, kind: ProviderFailureKind, status: PaymentStatus) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books, paypal_order_id=None)
    abandoning = {
        "attempt_id": scene.attempt.id,
        "failure": PayPalFailure(kind=kind),
        "source": EventSource.PAYPAL_REPLY,
        "watch": WATCH,
    }
    await books.apply(abandon_opening, **abandoning, now=NOW)
    once = await books.snapshot()

    await books.apply(abandon_opening, **abandoning, now=LATER)

    assert await books.snapshot() == once
    assert (await books.row(scene.payment)).status is status
    assert await books.history(scene.payment) == ["PROCESSING", status]


async def test_an_opening_that_another_worker_has_made_is_not_abandoned(books: Books) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books, paypal_order_id="PAYPAL-ORDER")
    before = await books.snapshot()

    failure = PayPalFailure(kind=ProviderFailureKind.UNAVAILABLE)
    abandoning = {
        "attempt_id": scene.attempt.id,
        "failure": failure,
        "source": EventSource.PAYPAL_REPLY,
        "watch": WATCH,
    }
    await books.apply(abandon_opening, **abandoning, now=NOW)

    assert await books.snapshot() == before


async def test_only_the_first_of_two_drivers_gets_the_claim(books: Books) -> None:
    scene = Scene(PaymentStatus.AWAITING_APPROVAL, registers=True)
    await scene.begin(books)
    claiming = {"attempt_id": scene.attempt.id, "rounds": 0, "taken": False, "watch": WATCH}
    first = await books.apply(claim_payment, **claiming, source=EventSource.CUSTOMER, now=NOW)
    once = await books.snapshot()

    second = await books.apply(claim_payment, **claiming, source=EventSource.RECONCILER, now=LATER)

    assert (first, second) == (True, False)
    assert await books.snapshot() == once
    assert books.owed == {f"look-{scene.attempt.id}-1": (enums.Job.ADVANCE_PAYMENT, WATCH.worker_lost_after)}


async def test_money_taken_counts_once(books: Books) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books)
    paid = settling(scene, paypal=scene.answer("COMPLETED"))
    first = await books.apply(settle_payment, **paid)
    once = await books.snapshot()

    second = await books.apply(settle_payment, **paid | {"now": LATER, "source": EventSource.RECONCILER})

    assert [first, second] == [PaymentStatus.SUCCEEDED, PaymentStatus.SUCCEEDED]
    assert await books.snapshot() == once
    assert (await books.row(scene.service)).expires_on.isoformat() == "2027-03-08"
    assert [len(once[name]) for name in ("emails", "consents", "payment_events")] == [2, 1, 2]


async def test_money_held_is_held_once_and_looked_at_again(books: Books) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books)
    held = settling(scene, paypal=scene.answer("PENDING"))
    await books.apply(settle_payment, **held)
    once = await books.snapshot()

    await books.apply(settle_payment, **held)

    twice = await books.snapshot()
    assert {name for name in once if once[name] != twice[name]} == {"owed", "payment_attempts"}  # the next look
    assert await books.history(scene.payment) == ["PROCESSING", "PENDING"]
    assert (await books.row(scene.attempt)).looks == 2
    assert (await books.row(scene.order)).status is enums.OrderStatus.AWAITING_PAYMENT


async def test_a_decline_ends_the_payment_once(books: Books) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books)
    declined = settling(scene, paypal=scene.answer("DECLINED"))
    await books.apply(settle_payment, **declined)
    once = await books.snapshot()

    await books.apply(settle_payment, **declined)

    assert await books.snapshot() == once
    assert await books.history(scene.payment) == ["PROCESSING", "FAILED"]
    assert (await books.row(scene.order)).status is enums.OrderStatus.AWAITING_PAYMENT


@pytest.mark.parametrize(
    "status", [PaymentStatus.SUCCEEDED, PaymentStatus.FAILED, PaymentStatus.CANCELED, PaymentStatus.EXPIRED]
)
@pytest.mark.parametrize("capture_status", ["DECLINED", "PARTIALLY_REFUNDED", None])
async def test_nothing_but_money_taken_changes_a_payment_that_has_ended(
    books: Books, status: PaymentStatus, capture_status: str | None
) -> None:
    scene = Scene(status)
    await scene.begin(books)
    before = await books.snapshot()

    answered = await books.apply(settle_payment, **settling(scene, paypal=scene.answer(capture_status)))
    failed = await books.apply(
        settle_payment, **settling(scene, failure=PayPalFailure(kind=ProviderFailureKind.MANDATE_DEAD))
    )

    assert answered is failed is status
    assert await books.snapshot() == before


@pytest.mark.parametrize("looks", [1, 2])
@pytest.mark.parametrize("token", ["token-that-came", None])
async def test_a_registration_is_finished_once(books: Books, token: str | None, looks: int) -> None:
    scene = Scene(PaymentStatus.SUCCEEDED, registers=True)
    scene.account.status, scene.account.payment_token = enums.PayPalAccountStatus.PENDING_APPROVAL, None
    scene.account.is_default = False
    scene.service.auto_renewal = enums.AutoRenewalStatus.PENDING
    scene.service.renewal_account_id = scene.account.id
    await scene.begin(books)
    vault = Vault.model_validate({"status": "VAULTED", "id": token, "customer": {"id": "paypal-customer"}})
    finishing = {
        "account_id": scene.account.id,
        "payment_id": scene.payment.id,
        "vault": vault if token else None,
        "looks": looks,
        "watch": WATCH,
    }
    await books.apply(finish_registration, **finishing, now=NOW)
    once = await books.snapshot()

    await books.apply(finish_registration, **finishing, now=LATER)

    assert await books.snapshot() == once
    renewal = "ON" if token else "PENDING" if looks == 1 else "OFF"
    assert (await books.row(scene.service)).auto_renewal == renewal
    assert len(once["emails"]) == (0 if renewal == "PENDING" else 1)


@pytest.mark.parametrize("delivery", Delivery)
async def test_a_delivery_is_recorded_once(books: Books, delivery: Delivery) -> None:
    scene = Scene(PaymentStatus.SUCCEEDED)
    email = make_email(scene.payment)
    await scene.begin(books)
    await store(books.database, email)
    retry = Backoff(first=timedelta(seconds=15), ceiling=timedelta(minutes=15))
    recording = {"email_id": email.id, "delivery": delivery, "tries": 1, "retry": retry, "now": NOW}
    await books.apply(record_delivery, **recording)
    once = await books.snapshot()

    await books.apply(record_delivery, **recording)

    assert await books.snapshot() == once
    tried_again = {f"email-{email.id}-2": (enums.Job.SEND_EMAIL, timedelta(seconds=30))}
    assert books.owed == (tried_again if delivery is Delivery.UNAVAILABLE else {})


async def move(session: Session, *, seen: tables.Payment, to: PaymentStatus) -> None:
    """Move the payment as a driver does that read it some time ago."""
    session.add(seen)
    await move_payment(session, seen, to=to, source=EventSource.CUSTOMER, now=NOW)


async def test_a_move_outside_the_table_is_a_defect_and_changes_nothing(books: Books) -> None:
    scene = Scene(PaymentStatus.PENDING)
    await scene.begin(books)
    before = await books.snapshot()

    with pytest.raises(IllegalTransition, match="PENDING to CANCELED"):
        await books.apply(move, seen=await books.row(scene.payment), to=PaymentStatus.CANCELED)

    assert await books.snapshot() == before


async def test_who_comes_second_learns_it_and_changes_nothing(books: Books) -> None:
    scene = Scene(PaymentStatus.AWAITING_APPROVAL, registers=True)
    await scene.begin(books)
    seen_by_one, seen_by_another = await books.row(scene.payment), await books.row(scene.payment)
    await books.apply(move, seen=seen_by_one, to=PaymentStatus.PROCESSING)
    before = await books.snapshot()

    with pytest.raises(PaymentStateConflict):
        await books.apply(move, seen=seen_by_another, to=PaymentStatus.EXPIRED)

    assert await books.snapshot() == before


async def test_a_refusal_that_a_second_driver_reports_finds_the_payer_asked_already(books: Books) -> None:
    scene = Scene(PaymentStatus.AWAITING_APPROVAL, registers=True)
    await scene.begin(books, approve_url="https://paypal.example/approve")
    before = await books.snapshot()
    declined = PayPalFailure(kind=ProviderFailureKind.PAYER_MUST_ACT, issue="INSTRUMENT_DECLINED")

    await books.apply(settle_payment, **settling(scene, paypal=None) | {"failure": declined})

    assert await books.snapshot() == before
    assert books.owed == {}
