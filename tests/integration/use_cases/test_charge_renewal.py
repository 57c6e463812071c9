"""The claim of a charge: the last moment at which everything is looked at again."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest

from models import enums, tables
from models.enums import AutoRenewalStatus, OrderOrigin, OrderStatus, PayPalAccountStatus, RenewalObstacle
from tests.factories import make_order, make_payment, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.renewal_scene import CHARGE_DAY, EXPIRY, RenewalScene, morning
from use_cases.charge_renewal import claim_renewal_charge
from use_cases.pause_renewals import pause_renewals

ONE_DAY = timedelta(days=1)


async def test_a_charge_is_claimed_once(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    first = await books.apply(claim_renewal_charge, **scene.claiming())
    once = await books.snapshot()

    second = await books.apply(claim_renewal_charge, **scene.claiming())
    tomorrow = await books.apply(claim_renewal_charge, **scene.claiming(CHARGE_DAY + ONE_DAY))

    assert first is not None
    assert (second, tomorrow) == (None, None)
    assert await books.snapshot() == once
    assert [len(once[name]) for name in ("orders", "payments", "payment_attempts")] == [1, 1, 1]


async def test_the_charge_is_an_order_and_a_payment_like_any_other(books: Books) -> None:
    scene = await RenewalScene(term_years=2).begin(books)

    payment, attempt_id = await scene.charge(books)

    async with books.database.read() as session:
        order = await session.get_one(tables.Order, payment.order_id)
        attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    assert (order.kind, order.origin, order.status) == ("RENEWAL", "SCHEDULER", "AWAITING_PAYMENT")
    assert (order.renews_service_id, order.renews_expiry) == (scene.service.id, EXPIRY)
    assert (order.net_cents, order.vat_cents, order.gross_cents) == (30_00, 6_60, 36_60)
    assert (payment.status, payment.initiator, payment.amount_cents) == ("PROCESSING", "AUTOMATIC_RENEWAL", 36_60)
    assert (attempt.create_request_id, attempt.capture_request_id) == (
        f"{attempt_id}-create",
        f"{attempt_id}-capture-1",
    )
    assert await books.history(payment) == ["AWAITING_CONFIRMATION", "PROCESSING"]
    assert books.owed == {f"look-{attempt_id}-1": (enums.Job.ADVANCE_PAYMENT, timedelta(minutes=5))}


async def test_the_account_is_that_of_the_service_and_not_the_customers_default(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    payment, _ = await scene.charge(books)

    assert payment.account_id == scene.account.id
    assert scene.first_account.is_default


async def test_an_account_chosen_after_the_notice_is_the_one_that_is_charged(books: Books) -> None:
    scene = RenewalScene()
    scene.service.renewal_account_id = scene.first_account.id
    await scene.begin(books)

    payment, _ = await scene.charge(books)

    assert scene.notice.account_id == scene.account.id
    assert payment.account_id == scene.first_account.id


async def test_the_price_is_the_one_that_was_announced(books: Books) -> None:
    scene = RenewalScene()
    scene.price.net_cents = 99_00
    await scene.begin(books)

    payment, _ = await scene.charge(books)

    assert payment.amount_cents == 36_60


@pytest.mark.parametrize("flag", [AutoRenewalStatus.OFF, AutoRenewalStatus.PENDING])
async def test_a_flag_that_is_not_on_is_never_charged(books: Books, flag: AutoRenewalStatus) -> None:
    scene = await RenewalScene(auto_renewal=flag).begin(books)
    before = await books.snapshot()

    assert await books.apply(claim_renewal_charge, **scene.claiming()) is None

    assert await books.snapshot() == before


async def test_nothing_is_charged_before_its_day(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    before = await books.snapshot()

    assert await books.apply(claim_renewal_charge, **scene.claiming(CHARGE_DAY - ONE_DAY)) is None

    assert await books.snapshot() == before


async def test_work_owed_for_an_expiry_that_has_been_renewed_charges_nothing(books: Books) -> None:
    scene = RenewalScene()
    await scene.begin(books)
    async with books.database.write() as session:
        (await session.get_one(tables.Service, scene.service.id)).expires_on = date(2027, 6, 30)
    before = await books.snapshot()

    assert await books.apply(claim_renewal_charge, **scene.claiming()) is None

    assert await books.snapshot() == before


async def test_a_day_missed_is_made_up_for(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    payment, _ = await scene.charge(books, EXPIRY)

    assert payment.status == "PROCESSING"


def never_sent(scene: RenewalScene) -> None:
    scene.email.sent_at, scene.email.status = None, enums.EmailStatus.BOUNCED


def sent_too_late(scene: RenewalScene) -> None:
    scene.email.sent_at = scene.notice.stoppable_until


def account_lost(scene: RenewalScene) -> None:
    scene.account.status = PayPalAccountStatus.REVOKED
    scene.service.auto_renewal = AutoRenewalStatus.ACCOUNT_LOST


@pytest.mark.parametrize(
    ("misfortune", "day", "obstacle"),
    [
        (never_sent, CHARGE_DAY, RenewalObstacle.NOTICE_MISSING),
        (sent_too_late, CHARGE_DAY, RenewalObstacle.NOTICE_MISSING),
        (account_lost, CHARGE_DAY, RenewalObstacle.ACCOUNT_LOST),
        (lambda scene: None, EXPIRY + ONE_DAY, RenewalObstacle.TOO_LATE),
    ],
)
async def test_what_cannot_be_charged_is_left_to_the_customer_who_is_told_once(
    books: Books, misfortune: Callable[[RenewalScene], None], day: date, obstacle: RenewalObstacle
) -> None:
    scene = RenewalScene()
    misfortune(scene)
    await scene.begin(books)
    assert await books.apply(claim_renewal_charge, **scene.claiming(day)) is None
    once = await books.snapshot()

    assert await books.apply(claim_renewal_charge, **scene.claiming(day)) is None

    assert await books.snapshot() == once
    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.obstacle_at, renewal.next_attempt_on) == (obstacle, morning(day), None)
    assert len(once["payments"]) == 0
    [email] = await scene.mails(books, enums.EmailKind.RENEWAL_FAILED)
    async with books.database.read() as session:
        order = await session.get_one(tables.Order, renewal.order_id)
    assert (order.status, order.origin) == ("AWAITING_PAYMENT", "SCHEDULER")
    assert (email.facts["obstacle"], email.facts["order_number"]) == (obstacle, order.number)
    service = await books.row(scene.service)
    assert (service.auto_renewal, service.renewal_account_id) == (scene.service.auto_renewal, scene.account.id)


async def test_without_any_notice_the_order_is_opened_at_todays_price(books: Books) -> None:
    scene = RenewalScene()
    scene.price.net_cents = 33_00
    await scene.begin(books, noticed=False)

    assert await books.apply(claim_renewal_charge, **scene.claiming()) is None

    renewal = await scene.progress(books)
    async with books.database.read() as session:
        order = await session.get_one(tables.Order, renewal.order_id)
    assert (renewal.obstacle, order.gross_cents) == (RenewalObstacle.NOTICE_MISSING, 40_26)


async def test_without_notice_and_price_the_renewal_waits_for_an_operator(books: Books) -> None:
    scene = RenewalScene()
    scene.price.valid_to = date(2020, 12, 31)
    await scene.begin(books, noticed=False)

    assert await books.apply(claim_renewal_charge, **scene.claiming()) is None

    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.next_attempt_on) == (RenewalObstacle.PRICE_MISSING, CHARGE_DAY)
    assert await scene.mails(books, enums.EmailKind.RENEWAL_FAILED) == []


async def test_a_suspended_service_is_charged_when_it_is_active_again(books: Books) -> None:
    scene = await RenewalScene(status=enums.ServiceStatus.SUSPENDED).begin(books)
    assert await books.apply(claim_renewal_charge, **scene.claiming()) is None
    seen = await scene.progress(books)
    async with books.database.write() as session:
        (await session.get_one(tables.Service, scene.service.id)).status = enums.ServiceStatus.EXPIRING

    payment, _ = await scene.charge(books, CHARGE_DAY + ONE_DAY)

    assert (seen.obstacle, seen.next_attempt_on) == (RenewalObstacle.SERVICE_NOT_ACTIVE, CHARGE_DAY)
    assert (await scene.progress(books)).obstacle is None
    assert payment.status == "PROCESSING"


async def with_order(books: Books, scene: RenewalScene, **values: Any) -> tables.Order:
    """Store an order that renews the service at its present expiry."""
    order, *lines = make_order(scene.customer, renews=scene.service, **values)
    await store(books.database, order, *lines)
    return order


async def test_an_order_of_the_customers_own_is_never_charged_by_itself(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    own = await with_order(books, scene)

    assert await books.apply(claim_renewal_charge, **scene.claiming()) is None

    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.next_attempt_on) == (RenewalObstacle.OTHER_ORDER, None)
    [email] = await scene.mails(books, enums.EmailKind.RENEWAL_FAILED)
    assert email.facts["order_number"] == own.number


async def test_an_order_of_the_customers_own_that_was_given_up_does_not_stand_in_the_way(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    own = await with_order(books, scene, status=OrderStatus.CANCELED)

    payment, _ = await scene.charge(books)

    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.order_id) == (None, payment.order_id)
    assert payment.order_id != own.id
    assert await scene.mails(books, enums.EmailKind.RENEWAL_FAILED) == []


@pytest.mark.parametrize("status", ["AWAITING_ACCOUNT", "AWAITING_CONFIRMATION", "AWAITING_APPROVAL", "VERIFYING"])
async def test_an_order_that_is_just_being_paid_by_hand_is_not_charged(books: Books, status: str) -> None:
    scene = await RenewalScene().begin(books)
    order = await with_order(books, scene, origin=OrderOrigin.SCHEDULER)
    begun = make_payment(order, status=enums.PaymentStatus(status), created_at=morning(CHARGE_DAY))
    await store(books.database, begun)
    before = await books.snapshot()

    assert await books.apply(claim_renewal_charge, **scene.claiming()) is None

    assert await books.snapshot() == before


async def test_a_charge_whose_outcome_is_unknown_after_the_expiry_is_not_told_as_failed(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    await scene.charge(books)
    once = await books.snapshot()

    assert await books.apply(claim_renewal_charge, **scene.claiming(EXPIRY + ONE_DAY)) is None

    assert await books.snapshot() == once


async def test_a_payment_begun_on_an_earlier_day_and_never_confirmed_gives_way(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    order = await with_order(books, scene, origin=OrderOrigin.SCHEDULER)
    begun = make_payment(order, created_at=morning(CHARGE_DAY - ONE_DAY))
    await store(books.database, begun)

    payment, _ = await scene.charge(books)

    given_up = await books.row(begun)
    assert (given_up.status, given_up.canceled_by) == ("CANCELED", "SCHEDULER")
    assert (payment.order_id, payment.status) == (order.id, "PROCESSING")


async def test_a_pause_keeps_the_charge_due(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    await books.apply(pause_renewals, reason="PERMISSION_DENIED", now=morning(CHARGE_DAY))

    assert await books.apply(claim_renewal_charge, **scene.claiming()) is None

    assert len((await books.snapshot())["orders"]) == 0
    assert (await scene.progress(books)).next_attempt_on == CHARGE_DAY
    assert (await books.row(scene.service)).look_on == CHARGE_DAY


async def test_a_pause_that_outlasts_the_service_leaves_the_renewal_to_the_customer(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    await books.apply(pause_renewals, reason="PERMISSION_DENIED", now=morning(CHARGE_DAY))

    assert await books.apply(claim_renewal_charge, **scene.claiming(EXPIRY)) is None

    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.next_attempt_on) == (RenewalObstacle.CHARGE_FAULTY, None)
    assert len(await scene.mails(books, enums.EmailKind.RENEWAL_FAILED)) == 1
