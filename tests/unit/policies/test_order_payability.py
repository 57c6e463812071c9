"""May an order be paid, or given up?"""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import OrderBlockCode as Code
from models.enums import OrderStatus, PaymentStatus, ServiceStatus
from policies.decisions import Decision
from policies.order_payability import STATUS_BLOCKS, OrderFacts, may_cancel, may_pay
from policies.payment_transitions import FINAL

UNPAID = OrderFacts(
    status=OrderStatus.AWAITING_PAYMENT, gross_cents=598, services=(ServiceStatus.EXPIRING,), open_payment=None
)
FACTS = st.builds(
    OrderFacts,
    status=st.sampled_from(OrderStatus),
    gross_cents=st.integers(min_value=0, max_value=3) | st.integers(min_value=0, max_value=10**9),
    services=st.lists(st.sampled_from(ServiceStatus), max_size=4).map(tuple),
    open_payment=st.none() | st.sampled_from(PaymentStatus),
)


def reasons(decision: Decision[Code]) -> list[tuple[Code, bool]]:
    return [(block.code, block.resolvable) for block in decision.blocks]


def test_every_order_status_has_been_decided_about() -> None:
    assert set(STATUS_BLOCKS) == set(OrderStatus)


PAYABLE_BY_STATUS: dict[OrderStatus, list[tuple[Code, bool]]] = {
    OrderStatus.AWAITING_PAYMENT: [],
    OrderStatus.PAID: [(Code.ALREADY_PAID, False)],
    OrderStatus.ACTIVATED: [(Code.ALREADY_PAID, False)],
    OrderStatus.CANCELED: [(Code.CANCELED, False)],
    OrderStatus.EXPIRED: [(Code.EXPIRED, False)],
    OrderStatus.REFUNDED: [(Code.ALREADY_PAID, False)],
}


@pytest.mark.parametrize("status", OrderStatus)
def test_only_an_order_in_attesa_pagamento_can_be_paid(status: OrderStatus) -> None:
    assert reasons(may_pay(replace(UNPAID, status=status))) == PAYABLE_BY_STATUS[status]


@pytest.mark.parametrize("gross_cents", [0, -1])
def test_an_order_that_costs_nothing_cannot_be_paid(gross_cents: int) -> None:
    assert reasons(may_pay(replace(UNPAID, gross_cents=gross_cents))) == [(Code.ZERO_TOTAL, False)]


def test_one_cent_can_be_paid() -> None:
    assert may_pay(replace(UNPAID, gross_cents=1)).allowed


@pytest.mark.parametrize("status", ServiceStatus)
def test_only_a_canceled_service_makes_its_order_unpayable(status: ServiceStatus) -> None:
    mixed = replace(UNPAID, services=(ServiceStatus.ACTIVE, status))

    assert reasons(may_pay(mixed)) == ([(Code.SERVICE_GONE, False)] if status is ServiceStatus.CANCELED else [])


def test_an_order_without_services_can_be_paid() -> None:
    assert may_pay(replace(UNPAID, services=())).allowed


PAYABLE_AND_CANCELABLE_BY_PAYMENT: dict[PaymentStatus | None, tuple[bool, bool]] = {
    None: (True, True),
    PaymentStatus.AWAITING_ACCOUNT: (True, True),
    PaymentStatus.AWAITING_CONFIRMATION: (True, True),
    PaymentStatus.AWAITING_APPROVAL: (True, True),
    PaymentStatus.PROCESSING: (True, False),
    PaymentStatus.VERIFYING: (False, False),
    PaymentStatus.PENDING: (False, False),
}
OPEN_PAYMENTS = [None, *(status for status in PaymentStatus if status not in FINAL)]


@pytest.mark.parametrize("open_payment", OPEN_PAYMENTS)
def test_the_open_payment_blocks_only_while_its_outcome_is_unknown(open_payment: PaymentStatus | None) -> None:
    facts = replace(UNPAID, open_payment=open_payment)
    payable, cancelable = PAYABLE_AND_CANCELABLE_BY_PAYMENT[open_payment]

    assert reasons(may_pay(facts)) == ([] if payable else [(Code.PAYMENT_BEING_VERIFIED, True)])
    assert may_cancel(facts) is cancelable


@pytest.mark.parametrize("status", [status for status in OrderStatus if status is not OrderStatus.AWAITING_PAYMENT])
def test_an_order_that_is_not_awaiting_payment_cannot_be_given_up(status: OrderStatus) -> None:
    assert may_cancel(replace(UNPAID, status=status)) is False


def test_all_reasons_are_given() -> None:
    facts = OrderFacts(
        status=OrderStatus.EXPIRED,
        gross_cents=0,
        services=(ServiceStatus.CANCELED, ServiceStatus.CANCELED),
        open_payment=PaymentStatus.PENDING,
    )

    assert reasons(may_pay(facts)) == [
        (Code.EXPIRED, False),
        (Code.ZERO_TOTAL, False),
        (Code.SERVICE_GONE, False),
        (Code.PAYMENT_BEING_VERIFIED, True),
    ]


@given(facts=FACTS)
def test_an_order_has_no_reason_against_it_exactly_when_it_can_be_paid(facts: OrderFacts) -> None:
    payable = (
        facts.status is OrderStatus.AWAITING_PAYMENT
        and facts.gross_cents > 0
        and ServiceStatus.CANCELED not in facts.services
        and facts.open_payment not in {PaymentStatus.VERIFYING, PaymentStatus.PENDING}
    )

    assert may_pay(facts).allowed == payable
