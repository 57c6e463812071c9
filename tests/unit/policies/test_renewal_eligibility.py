"""May automatic renewal be switched on, and staged in a payment?"""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import AutoRenewalBlockCode as Code
from models.enums import Product, ServiceStatus
from policies.decisions import Block, Decision
from policies.renewal_eligibility import RenewalFacts, may_stage, may_switch_on
from policies.renewal_terms import TERMS

TODAY = date(2026, 6, 1)
RENEWABLE = RenewalFacts(
    product=Product.PEC,
    status=ServiceStatus.ACTIVE,
    expires_on=date(2027, 6, 1),
    has_usable_account=True,
    renewal_order_open=False,
    payment_in_progress=False,
)
FACTS = st.builds(
    RenewalFacts,
    product=st.sampled_from(Product),
    status=st.sampled_from(ServiceStatus),
    expires_on=st.none() | st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31)),
    has_usable_account=st.booleans(),
    renewal_order_open=st.booleans(),
    payment_in_progress=st.booleans(),
)
EXCLUDED_PRODUCTS = [Product.FIRMA_DIGITALE, Product.MARCA_TEMPORALE]


def reasons(decision: Decision[Code]) -> list[tuple[Code, bool]]:
    return [(block.code, block.resolvable) for block in decision.blocks]


def test_an_active_service_with_a_usable_account_may_be_switched_on() -> None:
    assert may_switch_on(RENEWABLE, today=TODAY).allowed


@pytest.mark.parametrize("product", EXCLUDED_PRODUCTS)
def test_a_product_that_excludes_renewal_has_this_one_reason_for_good(product: Product) -> None:
    hopeless = replace(
        RENEWABLE, product=product, status=ServiceStatus.CANCELED, has_usable_account=False, renewal_order_open=True
    )

    assert reasons(may_switch_on(hopeless, today=TODAY)) == [(Code.PRODUCT_EXCLUDED, False)]
    assert reasons(may_stage(hopeless, system_renewal=True)) == [(Code.PRODUCT_EXCLUDED, False)]


SWITCHED_ON_BY_STATUS: dict[ServiceStatus, list[tuple[Code, bool]]] = {
    ServiceStatus.PENDING_ACTIVATION: [(Code.SERVICE_NOT_ACTIVE, True)],
    ServiceStatus.ACTIVE: [],
    ServiceStatus.EXPIRING: [],
    ServiceStatus.EXPIRED: [(Code.SERVICE_EXPIRED, True)],
    ServiceStatus.SUSPENDED: [(Code.SERVICE_NOT_ACTIVE, True)],
    ServiceStatus.CANCELED: [(Code.SERVICE_NOT_ACTIVE, False)],
}


@pytest.mark.parametrize("status", ServiceStatus)
def test_the_status_of_the_service_decides(status: ServiceStatus) -> None:
    decision = may_switch_on(replace(RENEWABLE, status=status), today=TODAY)

    assert reasons(decision) == SWITCHED_ON_BY_STATUS[status]


@pytest.mark.parametrize(
    ("product", "days_left", "expected"),
    [
        (Product.PEC, 8, []),
        (Product.PEC, 7, [(Code.CHANGE_WINDOW_CLOSED, True)]),
        (Product.PEC, 1, [(Code.CHANGE_WINDOW_CLOSED, True)]),
        (Product.PEC, 0, [(Code.CHANGE_WINDOW_CLOSED, True)]),
        (Product.PEC, -1, [(Code.SERVICE_EXPIRED, True)]),
        (Product.PEC, -90, [(Code.SERVICE_EXPIRED, True)]),
        (Product.PEC, -91, [(Code.SERVICE_EXPIRED, False)]),
        (Product.SPID, 0, [(Code.CHANGE_WINDOW_CLOSED, True)]),
        (Product.SPID, -1, [(Code.SERVICE_EXPIRED, False)]),
    ],
)
def test_the_days_left_decide(product: Product, days_left: int, expected: list[tuple[Code, bool]]) -> None:
    facts = replace(RENEWABLE, product=product, expires_on=TODAY + timedelta(days=days_left))

    assert reasons(may_switch_on(facts, today=TODAY)) == expected


@pytest.mark.parametrize("days_left", [90, 7, 1, 0])
def test_a_renewal_that_is_on_may_be_given_another_account_until_it_expires(days_left: int) -> None:
    expires_on = TODAY + timedelta(days=days_left)
    on = replace(RENEWABLE, expires_on=expires_on, renewal_order_open=True, already_on=True)

    assert may_switch_on(on, today=TODAY).allowed
    assert reasons(may_switch_on(replace(on, payment_in_progress=True), today=TODAY)) == [
        (Code.CHARGE_IN_PROGRESS, True)
    ]
    assert Code.SERVICE_EXPIRED in dict(reasons(may_switch_on(on, today=expires_on + timedelta(days=1))))


def test_a_service_without_an_expiry_has_no_window_to_miss() -> None:
    assert may_switch_on(replace(RENEWABLE, expires_on=None), today=TODAY).allowed


def test_all_reasons_are_given_in_the_order_of_their_weight() -> None:
    facts = RenewalFacts(
        product=Product.CONSERVAZIONE,
        status=ServiceStatus.SUSPENDED,
        expires_on=TODAY + timedelta(days=3),
        has_usable_account=False,
        renewal_order_open=True,
        payment_in_progress=True,
    )

    assert reasons(may_switch_on(facts, today=TODAY)) == [
        (Code.SERVICE_NOT_ACTIVE, True),
        (Code.NO_USABLE_ACCOUNT, True),
        (Code.RENEWAL_ORDER_OPEN, True),
        (Code.CHARGE_IN_PROGRESS, True),
        (Code.CHANGE_WINDOW_CLOSED, True),
    ]


@pytest.mark.parametrize("status", ServiceStatus)
def test_a_payment_may_stage_the_flag_for_every_service_that_is_not_gone(status: ServiceStatus) -> None:
    needy = replace(
        RENEWABLE, status=status, has_usable_account=False, renewal_order_open=True, payment_in_progress=True
    )
    gone = Block(code=Code.SERVICE_NOT_ACTIVE, resolvable=False)

    decision = may_stage(needy, system_renewal=False)

    assert decision.blocks == ((gone,) if status is ServiceStatus.CANCELED else ())


def test_the_renewal_order_of_the_system_stages_nothing() -> None:
    canceled = replace(RENEWABLE, status=ServiceStatus.CANCELED)

    assert reasons(may_stage(RENEWABLE, system_renewal=True)) == [(Code.RENEWAL_ORDER_OPEN, False)]
    assert reasons(may_stage(canceled, system_renewal=True)) == [
        (Code.SERVICE_NOT_ACTIVE, False),
        (Code.RENEWAL_ORDER_OPEN, False),
    ]


@given(facts=FACTS, today=st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 12, 31)))
def test_switching_on_is_allowed_exactly_when_nothing_stands_against_it(facts: RenewalFacts, today: date) -> None:
    in_service = facts.status in {ServiceStatus.ACTIVE, ServiceStatus.EXPIRING}
    in_time = facts.expires_on is None or (facts.expires_on - today).days > 7
    unencumbered = facts.has_usable_account and not facts.renewal_order_open and not facts.payment_in_progress

    decision = may_switch_on(facts, today=today)

    assert decision.allowed == (TERMS[facts.product].offered and in_service and in_time and unencumbered)
    codes = [block.code for block in decision.blocks]
    assert codes == sorted(set(codes), key=list(Code).index)
