"""The database itself refuses refunds that must never be stored."""

from datetime import timedelta
from typing import Any

import pytest

from models import tables
from models.database import Database
from models.enums import PaymentStatus, RefundReason, RefundStatus
from tests.factories import NOW, make_attempt, make_customer, make_order, make_payment, make_refund, store
from tests.integration.models.test_constraints import refused

UNWANTED = [RefundReason.ORDER_PAID_TWICE, RefundReason.ORDER_NOT_PAYABLE]


async def paid(database: Database) -> tables.Payment:
    """Store a payment that has taken 36.60."""
    mario = make_customer()
    order, *lines = make_order(mario)
    payment = make_payment(order, status=PaymentStatus.SUCCEEDED)
    await store(database, mario, order, *lines, payment)
    return payment


@pytest.mark.parametrize("second", UNWANTED)
@pytest.mark.parametrize("first", UNWANTED)
async def test_money_that_nobody_owes_is_given_back_once(
    database: Database, first: RefundReason, second: RefundReason
) -> None:
    payment = await paid(database)
    await store(database, make_refund(payment, reason=first))

    reason = await refused(database, make_refund(payment, reason=second))

    assert reason == "UNIQUE constraint failed: refunds.capture_id"


async def test_an_operator_may_give_a_payment_back_in_parts(database: Database) -> None:
    payment = await paid(database)

    await store(database, *(make_refund(payment, amount_cents=1) for _ in range(3)))


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"amount_cents": 0}, "CHECK constraint failed: ck_refunds_positive"),
        ({"amount_cents": -1}, "CHECK constraint failed: ck_refunds_positive"),
        ({"request_id": None}, "CHECK constraint failed: ck_refunds_ours_has_request_id"),
        (
            {"status": RefundStatus.COMPLETED, "ended_at": NOW},
            "CHECK constraint failed: ck_refunds_completed_has_id",
        ),
        (
            {"status": RefundStatus.COMPLETED, "paypal_refund_id": "R"},
            "CHECK constraint failed: ck_refunds_final_has_instant",
        ),
        ({"ended_at": NOW}, "CHECK constraint failed: ck_refunds_final_has_instant"),
        ({"status": RefundStatus.FAILED}, "CHECK constraint failed: ck_refunds_final_has_instant"),
    ],
)
async def test_a_refund_contradicts_itself_nowhere(database: Database, values: dict[str, Any], reason: str) -> None:
    payment = await paid(database)

    assert await refused(database, make_refund(payment, **values)) == reason


@pytest.mark.parametrize(("column", "value"), [("request_id", "rfd_1"), ("paypal_refund_id", "1JU08902781691411")])
async def test_a_request_and_a_refund_of_paypal_are_one_row(database: Database, column: str, value: str) -> None:
    payment = await paid(database)
    await store(database, make_refund(payment, amount_cents=1, **{column: value}))

    reason = await refused(database, make_refund(payment, amount_cents=2, **{column: value}))

    assert reason == f"UNIQUE constraint failed: refunds.{column}"


async def test_a_capture_belongs_to_one_attempt(database: Database) -> None:
    payment = await paid(database)
    await store(database, make_attempt(payment, created_at=NOW - timedelta(days=1)))

    reason = await refused(database, make_attempt(payment, number=2))

    assert reason == "UNIQUE constraint failed: payment_attempts.capture_id"
