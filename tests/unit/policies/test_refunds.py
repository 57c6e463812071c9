"""How far a refund has come, and when an order has been given back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import OrderStatus, ProviderFailureKind, RefundStatus
from policies.refunds import (
    ENDED,
    FOLLOWERS,
    WORDS,
    after_refund,
    given_back,
    may_ask_again,
    may_follow,
    read_status,
)


@pytest.mark.parametrize(
    ("word", "status"),
    [
        ("COMPLETED", RefundStatus.COMPLETED),
        ("PENDING", RefundStatus.PENDING),
        ("FAILED", RefundStatus.FAILED),
        ("CANCELLED", RefundStatus.FAILED),
    ],
)
def test_the_words_of_paypal_are_understood(word: str, status: RefundStatus) -> None:
    assert read_status(word) is status


@given(word=st.text().filter(lambda word: word not in WORDS))
def test_a_word_of_tomorrow_leaves_the_refund_open(word: str) -> None:
    assert read_status(word) is RefundStatus.PENDING


def test_a_refund_only_goes_forward_and_given_back_is_its_end() -> None:
    moves = {(old, new) for old in RefundStatus for new in RefundStatus if may_follow(old=old, new=new)}

    assert set(FOLLOWERS) == set(RefundStatus)
    assert moves == {
        ("REQUESTED", "PENDING"),
        ("REQUESTED", "COMPLETED"),
        ("REQUESTED", "FAILED"),
        ("PENDING", "COMPLETED"),
        ("PENDING", "FAILED"),
        ("FAILED", "COMPLETED"),
    }
    assert {RefundStatus.REQUESTED, RefundStatus.PENDING} == set(RefundStatus) - ENDED


def test_only_what_was_completed_has_been_given_back() -> None:
    refunds = [(status, 10**place) for place, status in enumerate(RefundStatus)]

    assert given_back(refunds) == 100
    assert given_back([]) == 0


@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.ACTIVATED])
def test_a_paid_order_is_refunded_when_all_of_it_was_given_back(status: OrderStatus) -> None:
    assert after_refund(status, paid_cents=3660, refunded_cents=3659) is status
    assert after_refund(status, paid_cents=3660, refunded_cents=3660) is OrderStatus.REFUNDED


@pytest.mark.parametrize("status", sorted(set(OrderStatus) - {OrderStatus.PAID, OrderStatus.ACTIVATED}))
def test_an_order_that_is_not_paid_stays_what_it_is(status: OrderStatus) -> None:
    assert after_refund(status, paid_cents=3660, refunded_cents=3660) is status


def test_the_same_request_is_repeated_only_when_nothing_was_decided_or_an_operator_can_repair_it() -> None:
    again = {kind for kind in ProviderFailureKind if may_ask_again(kind)}

    assert again == {ProviderFailureKind.UNAVAILABLE, ProviderFailureKind.MERCHANT_MISCONFIGURED}
