"""What becomes of money that PayPal has taken: it pays the order, or it is given back."""

from dataclasses import replace

import pytest

from models.enums import OrderStatus, PaymentStatus, RefundReason, ServiceStatus
from policies.late_success import why_give_back
from policies.order_payability import OrderFacts
from policies.payment_outcomes import BY_REASON

UNPAID = OrderFacts(
    status=OrderStatus.AWAITING_PAYMENT, gross_cents=3660, services=(ServiceStatus.ACTIVE,), open_payment=None
)


def reason(order: OrderFacts, *, taken_cents: int = 3660, late: bool = True) -> RefundReason | None:
    return why_give_back(order, taken_cents=taken_cents, late=late)


@pytest.mark.parametrize("late", [False, True])
def test_the_money_pays_an_unpaid_order(late: bool) -> None:
    assert reason(UNPAID, late=late) is None


@pytest.mark.parametrize("status", [None, *PaymentStatus])
def test_another_payment_that_is_open_does_not_matter(status: PaymentStatus | None) -> None:
    assert reason(replace(UNPAID, open_payment=status)) is None


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.ACTIVATED, OrderStatus.REFUNDED])
def test_money_for_an_order_that_was_paid_is_given_back(status: OrderStatus) -> None:
    assert reason(replace(UNPAID, status=status)) is RefundReason.ORDER_PAID_TWICE


@pytest.mark.parametrize(
    "order",
    [
        replace(UNPAID, status=OrderStatus.CANCELED),
        replace(UNPAID, status=OrderStatus.EXPIRED),
        replace(UNPAID, services=(ServiceStatus.ACTIVE, ServiceStatus.CANCELED)),
        replace(UNPAID, gross_cents=0),
    ],
)
@pytest.mark.parametrize("late", [False, True])
def test_money_for_an_order_that_cannot_be_paid_is_given_back(order: OrderFacts, late: bool) -> None:
    assert reason(order, late=late) is RefundReason.ORDER_NOT_PAYABLE


def test_paid_is_the_stronger_reason() -> None:
    paid_and_gone = replace(UNPAID, status=OrderStatus.PAID, services=(ServiceStatus.CANCELED,))

    assert reason(paid_and_gone) is RefundReason.ORDER_PAID_TWICE


@pytest.mark.parametrize("taken_cents", [3659, 3661])
def test_a_sum_agreed_upon_is_honoured_while_its_payment_is_open_and_not_afterwards(taken_cents: int) -> None:
    assert reason(UNPAID, taken_cents=taken_cents, late=False) is None
    assert reason(UNPAID, taken_cents=taken_cents, late=True) is RefundReason.ORDER_NOT_PAYABLE


def test_every_reason_that_ends_a_payment_is_explained_to_the_customer() -> None:
    assert set(BY_REASON) == set(RefundReason) - {RefundReason.OPERATOR}
    assert {reason for reason, (_, advice) in BY_REASON.items() if advice != "NO_ACTION"} == {RefundReason.AT_PAYPAL}
