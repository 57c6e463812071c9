"""The database itself refuses what must never be stored."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError
from sqlmodel import func, select

from models import enums, tables
from models.database import Database
from tests.factories import (
    EXPIRY,
    NOW,
    Line,
    make_account,
    make_attempt,
    make_choice,
    make_customer,
    make_email,
    make_event,
    make_order,
    make_payment,
    make_service,
    store,
)

OPEN = [status for status in enums.PaymentStatus if status.name not in ("SUCCEEDED", "FAILED", "CANCELED", "EXPIRED")]
FINAL = [status for status in enums.PaymentStatus if status not in OPEN]


async def refused(database: Database, *rows: tables.Table) -> str:
    """Return the database's reason for refusing the rows, having made sure that none of them is there."""
    kind = type(rows[-1])
    before = await rows_of(database, kind)

    with pytest.raises(IntegrityError) as refusal:
        await store(database, *rows)

    assert await rows_of(database, kind) == before
    return str(refusal.value.orig)


async def rows_of(database: Database, kind: type[tables.Table]) -> int:
    async with database.read() as session:
        return (await session.exec(select(func.count()).select_from(kind))).one()


@pytest.mark.parametrize("status", OPEN)
async def test_an_order_has_one_open_payment(database: Database, status: enums.PaymentStatus) -> None:
    mario = make_customer()
    order, *lines = make_order(mario)
    await store(database, mario, order, *lines, make_payment(order))

    reason = await refused(database, make_payment(order, status=status))

    assert reason == "UNIQUE constraint failed: payments.order_id"


async def test_an_order_may_have_ended_payments_besides_the_open_one(database: Database) -> None:
    mario = make_customer()
    order, *lines = make_order(mario)

    ended = [make_payment(order, status=status) for status in FINAL for _ in range(2)]
    await store(database, mario, order, *lines, make_payment(order), *ended)

    assert await rows_of(database, tables.Payment) == 9


async def test_a_service_is_renewed_once_per_expiry(database: Database) -> None:
    mario = make_customer()
    pec = make_service(mario)
    order, *lines = make_order(mario, renews=pec)
    await store(database, mario, pec, order, *lines)

    reason = await refused(database, make_order(mario, renews=pec)[0])

    assert reason == "UNIQUE constraint failed: orders.renews_service_id, orders.renews_expiry"


async def test_a_canceled_renewal_order_makes_room_for_another(database: Database) -> None:
    mario = make_customer()
    pec = make_service(mario)
    canceled, *_ = make_order(mario, renews=pec, status=enums.OrderStatus.CANCELED)
    of_the_next_expiry, *_ = make_order(mario, renews=pec, renews_expiry=EXPIRY + timedelta(days=365))

    await store(database, mario, pec, canceled, of_the_next_expiry, make_order(mario, renews=pec)[0])

    assert await rows_of(database, tables.Order) == 3


async def test_a_renewal_order_names_service_and_expiry_together(database: Database) -> None:
    mario = make_customer()
    pec = make_service(mario)

    reason = await refused(database, mario, pec, make_order(mario, renews=pec, renews_expiry=None)[0])

    assert reason == "CHECK constraint failed: ck_orders_renewal_names_service_and_expiry"


async def test_an_order_number_is_unique(database: Database) -> None:
    mario = make_customer()
    await store(database, mario, make_order(mario, number="SAL1")[0])

    reason = await refused(database, make_order(mario, number="SAL1")[0])

    assert reason == "UNIQUE constraint failed: orders.number"


async def test_negative_money_is_refused(database: Database) -> None:
    mario = make_customer()
    refund, *_ = make_order(mario, net_cents=-3000, vat_cents=-660, gross_cents=-3660)

    reason = await refused(database, mario, refund)

    assert reason == "CHECK constraint failed: ck_orders_never_negative"


async def test_the_gross_of_an_order_is_the_sum_of_net_and_vat(database: Database) -> None:
    mario = make_customer()

    reason = await refused(database, mario, make_order(mario, gross_cents=3661)[0])

    assert reason == "CHECK constraint failed: ck_orders_gross_is_the_sum"


async def test_the_gross_of_a_line_is_the_sum_of_net_and_vat(database: Database) -> None:
    mario = make_customer()
    order, *lines = make_order(mario, lines=[Line(net_cents=490)])
    lines[0].gross_cents = 597

    reason = await refused(database, mario, order, *lines)

    assert reason == "CHECK constraint failed: ck_order_lines_gross_is_the_sum"


@pytest.mark.parametrize("status", [enums.OrderStatus.PAID, enums.OrderStatus.ACTIVATED])
async def test_a_paid_order_knows_when(database: Database, status: enums.OrderStatus) -> None:
    mario = make_customer()

    reason = await refused(database, mario, make_order(mario, status=status, paid_at=None)[0])

    assert reason == "CHECK constraint failed: ck_orders_paid_has_instant"


@pytest.mark.parametrize("status", [enums.AutoRenewalStatus.ON, enums.AutoRenewalStatus.RETRYING])
async def test_renewal_is_on_only_with_an_account(database: Database, status: enums.AutoRenewalStatus) -> None:
    mario = make_customer()

    reason = await refused(database, mario, make_service(mario, auto_renewal=status))

    assert reason == "CHECK constraint failed: ck_services_on_has_account"


async def test_unavailable_renewal_is_never_stored(database: Database) -> None:
    mario = make_customer()

    reason = await refused(database, mario, make_service(mario, auto_renewal=enums.AutoRenewalStatus.UNAVAILABLE))

    assert reason == "CHECK constraint failed: ck_services_unavailable_is_derived"


@pytest.mark.parametrize("term_years", [0, 11])
async def test_a_term_is_one_to_ten_years(database: Database, term_years: int) -> None:
    mario = make_customer()

    reason = await refused(database, mario, make_service(mario, term_years=term_years))

    assert reason == "CHECK constraint failed: ck_services_term_within_limits"


async def test_a_limit_beside_a_payment_is_one_that_was_chosen(database: Database) -> None:
    mario = make_customer()
    pec = make_service(mario)
    order, *_ = make_order(mario)
    payment = make_payment(order)
    await store(database, mario, pec, order, payment)

    unchosen = await refused(database, make_choice(payment, pec, maximum_cents=40_00))
    nothing = await refused(database, make_choice(payment, pec, bounded=True, maximum_cents=0))

    assert unchosen == nothing == "CHECK constraint failed: ck_renewal_choices_bounded"


async def test_a_limit_of_nothing_is_no_limit(database: Database) -> None:
    mario = make_customer()

    reason = await refused(database, mario, make_service(mario, renewal_maximum_cents=0))

    assert reason == "CHECK constraint failed: ck_services_renewal_maximum_positive"


async def test_an_active_account_has_a_payment_token(database: Database) -> None:
    mario = make_customer()

    reason = await refused(database, mario, make_account(mario, payment_token=None))

    assert reason == "CHECK constraint failed: ck_paypal_accounts_active_has_token"


async def test_a_payment_token_is_registered_once_per_customer(database: Database) -> None:
    mario, anna = make_customer(), make_customer()
    await store(
        database, mario, anna, make_account(mario, payment_token="8kk"), make_account(anna, payment_token="8kk")
    )

    reason = await refused(database, make_account(mario, payment_token="8kk"))

    assert reason == "UNIQUE constraint failed: paypal_accounts.customer_id, paypal_accounts.payment_token"


async def test_a_customer_has_one_default_account(database: Database) -> None:
    mario = make_customer()
    await store(database, mario, make_account(mario, is_default=True), make_account(mario), make_account(mario))

    reason = await refused(database, make_account(mario, is_default=True))

    assert reason == "UNIQUE constraint failed: paypal_accounts.customer_id"


@pytest.mark.parametrize("status", [status for status in enums.PayPalAccountStatus if status != "ACTIVE"])
async def test_the_default_is_an_account_that_can_be_charged(
    database: Database, status: enums.PayPalAccountStatus
) -> None:
    mario = make_customer()
    await store(database, mario)

    reason = await refused(database, make_account(mario, is_default=True, status=status))

    assert reason == "CHECK constraint failed: ck_paypal_accounts_default_is_active"


@pytest.mark.parametrize("amount_cents", [0, -1])
async def test_a_payment_is_of_a_positive_amount(database: Database, amount_cents: int) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)

    reason = await refused(database, mario, order, make_payment(order, amount_cents=amount_cents))

    assert reason == "CHECK constraint failed: ck_payments_positive"


@pytest.mark.parametrize("status", FINAL)
async def test_a_final_payment_knows_when_it_ended(database: Database, status: enums.PaymentStatus) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)

    reason = await refused(database, mario, order, make_payment(order, status=status, ended_at=None))

    assert reason == "CHECK constraint failed: ck_payments_final_has_instant"


@pytest.mark.parametrize("status", OPEN)
async def test_an_open_payment_has_not_ended(database: Database, status: enums.PaymentStatus) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)

    reason = await refused(database, mario, order, make_payment(order, status=status, ended_at=NOW))

    assert reason == "CHECK constraint failed: ck_payments_final_has_instant"


async def test_success_has_a_capture(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    succeeded = make_payment(order, status=enums.PaymentStatus.SUCCEEDED, capture_id=None)

    reason = await refused(database, mario, order, succeeded)

    assert reason == "CHECK constraint failed: ck_payments_success_has_capture"


async def test_failure_has_a_code(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    failed = make_payment(order, status=enums.PaymentStatus.FAILED, failure_code=None)

    reason = await refused(database, mario, order, failed)

    assert reason == "CHECK constraint failed: ck_payments_failure_has_code"


async def test_a_capture_pays_once(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    other_order, *_ = make_order(mario)
    status = enums.PaymentStatus.SUCCEEDED
    await store(database, mario, order, other_order, make_payment(order, status=status, capture_id="3C6"))

    reason = await refused(database, make_payment(other_order, status=status, capture_id="3C6"))

    assert reason == "UNIQUE constraint failed: payments.capture_id"


@pytest.mark.parametrize("field", ["paypal_order_id", "return_key", "create_request_id", "capture_request_id"])
async def test_what_names_an_attempt_names_no_other(database: Database, field: str) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    payment = make_payment(order)
    await store(database, mario, order, payment, make_attempt(payment, **{field: "5O1"}))

    reason = await refused(database, make_attempt(payment, number=2, **{field: "5O1"}))

    assert reason == f"UNIQUE constraint failed: payment_attempts.{field}"


async def test_history_has_one_event_per_position(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    payment = make_payment(order)
    await store(database, mario, order, payment, make_event(payment, position=1))

    reason = await refused(database, make_event(payment, position=1))

    assert reason == "UNIQUE constraint failed: payment_events.payment_id, payment_events.position"


async def test_a_mail_is_owed_once(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    payment = make_payment(order, status=enums.PaymentStatus.SUCCEEDED)
    await store(database, mario, order, payment, make_email(payment))

    reason = await refused(database, make_email(payment))

    assert reason == "UNIQUE constraint failed: emails.subject_key"


async def test_a_service_has_one_choice_per_payment(database: Database) -> None:
    mario = make_customer()
    pec = make_service(mario)
    order, *_ = make_order(mario, lines=[pec])
    payment = make_payment(order)
    await store(database, mario, pec, order, payment, make_choice(payment, pec, enabled=True))

    reason = await refused(database, make_choice(payment, pec, enabled=False))

    assert reason == "UNIQUE constraint failed: renewal_choices.payment_id, renewal_choices.service_id"


async def test_a_row_of_nobody_is_refused(database: Database) -> None:
    mario = make_customer()

    reason = await refused(database, make_service(mario))

    assert reason == "FOREIGN KEY constraint failed"
