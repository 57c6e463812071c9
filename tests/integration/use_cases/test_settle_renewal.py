"""How the charge of a renewal ends, and what becomes of the renewal; each end reported twice counts once."""

from datetime import date
from typing import Any

import pytest

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PayPalOrder
from models import enums, tables
from models.enums import (
    AutoRenewalStatus,
    EmailKind,
    EventSource,
    PaymentStatus,
    PayPalAccountStatus,
    ProviderFailureKind,
    RenewalObstacle,
)
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.renewal_scene import CHARGE_DAY, EXPIRY, RenewalScene, morning
from tests.integration.use_cases.scene import WATCH
from use_cases.cancel_order import cancel_order
from use_cases.record_paypal_order import abandon_opening
from use_cases.settle_payment import settle_payment

SECOND, THIRD, LAST = date(2026, 6, 25), date(2026, 6, 27), date(2026, 6, 29)
DECLINED = PayPalFailure(kind=ProviderFailureKind.PAYER_MUST_ACT, issue="INSTRUMENT_DECLINED")
REFUSED = PayPalFailure(kind=ProviderFailureKind.PAYER_REFUSED, issue="TRANSACTION_REFUSED")
WANTS_PAYER = PayPalFailure(
    kind=ProviderFailureKind.PAYER_MUST_ACT, issue="PAYER_ACTION_REQUIRED", approve_url="https://paypal.example/a"
)
DEAD = PayPalFailure(kind=ProviderFailureKind.MANDATE_DEAD, issue="TOKEN_ID_NOT_FOUND")
BLOCKED = PayPalFailure(kind=ProviderFailureKind.PAYER_REFUSED, issue="COMPLIANCE_VIOLATION")
NOT_OURS = PayPalFailure(kind=ProviderFailureKind.MERCHANT_MISCONFIGURED, issue="PERMISSION_DENIED")
OUR_BUG = PayPalFailure(kind=ProviderFailureKind.REQUEST_REJECTED, issue="INVALID_PARAMETER_VALUE")
SILENCE = PayPalFailure(kind=ProviderFailureKind.UNAVAILABLE)
LAPSED = PayPalFailure(kind=ProviderFailureKind.RESOURCE_MISSING)


def answered(
    attempt_id: str, day: date, *, failure: PayPalFailure | None = None, paypal: PayPalOrder | None = None
) -> dict[str, Any]:
    return {
        "attempt_id": attempt_id,
        "paypal": paypal,
        "failure": failure,
        "source": EventSource.SCHEDULER,
        "watch": WATCH,
        "now": morning(day),
    }


def captured(attempt_id: str, status: str = "COMPLETED") -> PayPalOrder:
    capture = {
        "id": "CAPTURE-1",
        "status": status,
        "amount": {"currency_code": "EUR", "value": "36.60"},
        "custom_id": attempt_id,
    }
    return PayPalOrder.model_validate(
        {"id": "ORDER-1", "status": "COMPLETED", "purchase_units": [{"payments": {"captures": [capture]}}]}
    )


async def fail(books: Books, scene: RenewalScene, failure: PayPalFailure, day: date = CHARGE_DAY) -> tables.Payment:
    """Charge on the day, let PayPal refuse it, and let another driver report the same once more."""
    payment, attempt_id = await scene.charge(books, day)
    await books.apply(settle_payment, **answered(attempt_id, day, failure=failure))
    once = await books.snapshot()
    if (await books.row(payment)).ended_at:
        await books.apply(settle_payment, **answered(attempt_id, day, failure=failure))
        again = await books.snapshot()
        async with books.database.read() as session:
            attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
        assert attempt.look_due_at is None  # the one thing that the second report settles: no look is owed
        assert {**again, "payment_attempts": ()} == {**once, "payment_attempts": ()}
    ended: tables.Payment = await books.row(payment)
    return ended


async def flag(books: Books, scene: RenewalScene) -> tuple[str, str | None]:
    service = await books.row(scene.service)
    return service.auto_renewal.value, service.renewal_account_id


async def test_a_success_renews_from_the_old_expiry_and_leaves_the_renewal_alone(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    _, attempt_id = await scene.charge(books)
    await books.apply(settle_payment, **answered(attempt_id, CHARGE_DAY, paypal=captured(attempt_id)))
    once = await books.snapshot()

    await books.apply(settle_payment, **answered(attempt_id, CHARGE_DAY, paypal=captured(attempt_id)))

    assert await books.snapshot() == once
    service, order = await books.row(scene.service), (await scene.progress(books)).order_id
    assert (service.expires_on, service.term_years, service.status) == (date(2027, 6, 30), 1, "ACTIVE")
    assert (service.auto_renewal, service.renewal_account_id) == ("ON", scene.account.id)
    assert service.look_on == CHARGE_DAY  # from the next round on the calendar reckons with the new expiry
    assert (await scene.progress(books)).next_attempt_on is None
    async with books.database.read() as session:
        assert (await session.get_one(tables.Order, order)).status == "PAID"
    assert len(await scene.mails(books, EmailKind.PAYMENT_CONFIRMATION)) == 1
    assert await scene.mails(books, EmailKind.RENEWAL_ACTIVATED) == []
    assert len(once["consents"]) == 0


async def test_a_soft_decline_is_retried_on_every_day_of_the_calendar_as_a_new_payment(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    payments, planned = [], []
    for day in (CHARGE_DAY, SECOND, THIRD, LAST):
        payments.append(await fail(books, scene, DECLINED, day))
        planned.append((await scene.progress(books)).next_attempt_on)

    assert planned == [SECOND, THIRD, LAST, None]
    assert [payment.status for payment in payments] == [PaymentStatus.FAILED] * 4
    assert len({payment.id for payment in payments}) == 4
    assert len({payment.order_id for payment in payments}) == 1
    books_now = await books.snapshot()
    assert len(books_now["payment_attempts"]) == 4
    assert await flag(books, scene) == ("ON", scene.account.id)
    assert (await scene.progress(books)).obstacle is RenewalObstacle.CHARGE_FAILED
    [email] = await scene.mails(books, EmailKind.RENEWAL_FAILED)  # once, although four charges have failed
    assert (email.facts["failure"], email.payment_id) == ("FUNDING_DECLINED", payments[-1].id)


async def test_while_retries_are_left_nobody_is_told_and_the_flag_says_so(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    await fail(books, scene, DECLINED)

    assert await flag(books, scene) == ("RETRYING", scene.account.id)
    assert (await books.row(scene.service)).look_on == SECOND
    assert (await scene.progress(books)).obstacle is None
    assert await scene.mails(books, EmailKind.RENEWAL_FAILED) == []


async def test_a_retry_that_is_paid_puts_the_flag_right(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    await fail(books, scene, DECLINED)
    _, attempt_id = await scene.charge(books, SECOND)

    await books.apply(settle_payment, **answered(attempt_id, SECOND, paypal=captured(attempt_id)))

    assert await flag(books, scene) == ("ON", scene.account.id)
    assert (await books.row(scene.service)).expires_on == date(2027, 6, 30)


async def test_a_capture_that_is_declined_counts_as_a_decline(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    _, attempt_id = await scene.charge(books)

    await books.apply(settle_payment, **answered(attempt_id, CHARGE_DAY, paypal=captured(attempt_id, "DECLINED")))

    assert (await scene.progress(books)).next_attempt_on == SECOND


async def test_a_transaction_refused_is_tried_once_more(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    await fail(books, scene, REFUSED)
    planned = (await scene.progress(books)).next_attempt_on
    await fail(books, scene, REFUSED, SECOND)

    assert planned == SECOND
    assert (await scene.progress(books)).next_attempt_on is None
    assert len(await scene.mails(books, EmailKind.RENEWAL_FAILED)) == 1


@pytest.mark.parametrize(
    ("failure", "code"),
    [(WANTS_PAYER, "APPROVAL_REFUSED"), (BLOCKED, "OTHER")],
)
async def test_what_only_the_payer_can_lift_is_not_tried_again(books: Books, failure: PayPalFailure, code: str) -> None:
    scene = await RenewalScene().begin(books)

    payment = await fail(books, scene, failure)

    assert (payment.status, payment.failure_code) == ("FAILED", code)
    assert (await scene.progress(books)).next_attempt_on is None
    assert await flag(books, scene) == ("ON", scene.account.id)
    [email] = await scene.mails(books, EmailKind.RENEWAL_FAILED)
    assert (email.facts["failure"], email.facts["account_lost"]) == (code, False)


async def test_an_answer_that_sends_the_payer_somewhere_ends_the_charge(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    payment, attempt_id = await scene.charge(books)
    link = {"rel": "payer-action", "href": "https://paypal.example/approve", "method": "GET"}
    waiting = PayPalOrder.model_validate({"id": "ORDER-1", "status": "PAYER_ACTION_REQUIRED", "links": [link]})

    await books.apply(settle_payment, **answered(attempt_id, CHARGE_DAY, paypal=waiting))

    assert ((await books.row(payment)).status, await flag(books, scene)) == ("FAILED", ("ON", scene.account.id))
    assert len(await scene.mails(books, EmailKind.RENEWAL_FAILED)) == 1


async def test_a_dead_mandate_loses_the_account_and_this_renewal(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    await fail(books, scene, DEAD)

    assert (await books.row(scene.account)).status is PayPalAccountStatus.REVOKED
    assert (await books.row(scene.first_account)).status is PayPalAccountStatus.ACTIVE
    assert await flag(books, scene) == ("ACCOUNT_LOST", scene.account.id)
    assert (await scene.progress(books)).next_attempt_on is None
    [email] = await scene.mails(books, EmailKind.RENEWAL_FAILED)
    assert (email.facts["failure"], email.facts["account_lost"]) == ("CONSENT_REVOKED", True)
    assert len(await scene.mails(books, EmailKind.ACCOUNT_LOST)) == 1


async def test_a_bug_of_ours_pauses_all_charges_and_blames_nobody(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    payment = await fail(books, scene, OUR_BUG)

    async with books.database.read() as session:
        [pause] = (await session.execute(tables.Pause.__table__.select())).all()  # type: ignore[attr-defined]
    assert (pause.reason, pause.payment_id, pause.lifted_at) == ("INVALID_PARAMETER_VALUE", payment.id, None)
    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.next_attempt_on) == (RenewalObstacle.CHARGE_FAULTY, CHARGE_DAY)
    assert await flag(books, scene) == ("ON", scene.account.id)
    assert await scene.mails(books, EmailKind.RENEWAL_FAILED) == []


async def test_an_account_of_ours_that_is_refused_pauses_and_keeps_the_charge_open(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    payment = await fail(books, scene, NOT_OURS)

    assert payment.status is PaymentStatus.VERIFYING
    assert len((await books.snapshot())["pauses"]) == 1


@pytest.mark.parametrize("failure", [SILENCE, NOT_OURS])
async def test_an_order_that_paypal_did_not_open_is_asked_for_again_under_the_same_id(
    books: Books, failure: PayPalFailure
) -> None:
    scene = await RenewalScene().begin(books)
    payment, attempt_id = await scene.charge(books)
    abandoning = {
        "attempt_id": attempt_id,
        "failure": failure,
        "source": EventSource.SCHEDULER,
        "watch": WATCH,
        "now": morning(CHARGE_DAY),
    }
    await books.apply(abandon_opening, **abandoning)
    once = await books.snapshot()

    await books.apply(abandon_opening, **abandoning)

    assert await books.snapshot() == once
    assert (await books.row(payment)).status is PaymentStatus.VERIFYING
    assert len(once["payment_attempts"]) == 1
    assert books.owed[f"look-{attempt_id}-2"] == (enums.Job.ADVANCE_PAYMENT, WATCH.after(1))
    assert len(once["pauses"]) == (failure is NOT_OURS)


async def test_an_order_that_paypal_refuses_to_open_pauses_all_charges(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    payment, attempt_id = await scene.charge(books)

    await books.apply(
        abandon_opening,
        attempt_id=attempt_id,
        failure=OUR_BUG,
        source=EventSource.SCHEDULER,
        watch=WATCH,
        now=morning(CHARGE_DAY),
    )

    assert (await books.row(payment)).status is PaymentStatus.FAILED
    assert (await scene.progress(books)).next_attempt_on == CHARGE_DAY
    assert len((await books.snapshot())["pauses"]) == 1


async def test_an_order_that_lapsed_uncaptured_is_opened_anew(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    await fail(books, scene, LAPSED)
    second, _ = await scene.charge(books, date(2026, 6, 24))

    assert len((await books.snapshot())["pauses"]) == 0
    assert second.status is PaymentStatus.PROCESSING


async def test_switched_off_while_the_charge_was_under_way_a_failure_is_told_and_not_retried(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    _, attempt_id = await scene.charge(books)
    async with books.database.write() as session:
        service = await session.get_one(tables.Service, scene.service.id)
        service.auto_renewal, service.renewal_account_id = AutoRenewalStatus.OFF, None

    await books.apply(settle_payment, **answered(attempt_id, CHARGE_DAY, failure=DECLINED))

    assert await flag(books, scene) == ("OFF", None)
    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.next_attempt_on) == (RenewalObstacle.CHARGE_FAILED, None)
    [email] = await scene.mails(books, EmailKind.RENEWAL_FAILED)  # its owner was told that the charge is under way
    assert (email.facts["switched_off"], email.facts["account_lost"]) == (True, False)
    assert email.facts["account"] == scene.account.masked_email


async def test_giving_up_the_order_stops_the_retries(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    await fail(books, scene, DECLINED)
    order_id = (await scene.progress(books)).order_id
    giving_up = {"customer_id": scene.customer.id, "order_id": order_id, "now": morning(SECOND)}
    await books.apply(cancel_order, **giving_up)
    once = await books.snapshot()

    await books.apply(cancel_order, **giving_up)

    assert await books.snapshot() == once
    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.next_attempt_on) == (RenewalObstacle.ORDER_CANCELED, None)
    assert await flag(books, scene) == ("ON", scene.account.id)
    assert (await books.row(scene.service)).expires_on == EXPIRY
