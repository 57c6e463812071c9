"""Money given back, as a payment shows it."""

from datetime import timedelta

import pytest

from models.enums import RefundReason, RefundStatus
from schema.payments import Payment
from tests.factories import NOW, make_customer, make_order, make_payment, make_refund
from tests.unit.schema.sample import Query, ask, make_context

REFUNDS = "{ payment { refunds { amount { amount currency minorUnits } status reason at } } }"


@pytest.mark.parametrize("ended", [False, True])
async def test_a_payment_shows_what_was_given_back_and_when(ended: bool) -> None:
    order, *_ = make_order(make_customer())
    payment = make_payment(order)
    values = {"status": RefundStatus.COMPLETED, "paypal_refund_id": "R", "ended_at": NOW + timedelta(hours=1)}
    refund = make_refund(payment, reason=RefundReason.ORDER_PAID_TWICE, **values if ended else {})

    data = await ask(
        REFUNDS,
        Query(payment=Payment.from_model(payment)),
        make_context(refunds_of_payment={payment.id: [refund]}),
    )

    assert data["payment"]["refunds"] == [
        {
            "amount": {"amount": "36.60", "currency": "EUR", "minorUnits": 3660},
            "status": "COMPLETED" if ended else "REQUESTED",
            "reason": "ORDER_PAID_TWICE",
            "at": "2025-03-08T10:30:00Z" if ended else "2025-03-08T09:30:00Z",
        }
    ]


async def test_of_a_payment_that_gave_nothing_back_the_list_is_empty() -> None:
    order, *_ = make_order(make_customer())
    payment = make_payment(order)

    data = await ask(
        REFUNDS, Query(payment=Payment.from_model(payment)), make_context(refunds_of_payment={payment.id: []})
    )

    assert data == {"payment": {"refunds": []}}
