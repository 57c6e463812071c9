"""Sums of money: exact, in cents, rounded half-up where a rate asks for it."""

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import Money, vat_of

CENTS = st.integers(min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize(
    ("cents", "text"),
    [
        (3660, "36.60"),
        (0, "0.00"),
        (5, "0.05"),
        (100, "1.00"),
        (-5, "-0.05"),
        (-3660, "-36.60"),
        (10**11, "1000000000.00"),
    ],
)
def test_a_sum_is_written_with_two_digits(cents: int, text: str) -> None:
    assert Money(cents).decimal == text


@given(cents=CENTS)
def test_the_text_is_exact(cents: int) -> None:
    assert Decimal(Money(cents).decimal) * 100 == cents


def test_sums_add_up() -> None:
    assert Money(598) + Money(3660) == Money(4258)


def test_sums_of_two_currencies_do_not_meet() -> None:
    with pytest.raises(ValueError, match="cannot add USD to EUR"):
        Money(1) + Money(1, "USD")


@pytest.mark.parametrize(
    ("net", "vat"),
    [(490, 108), (3000, 660), (0, 0), (1, 0), (2, 0), (3, 1), (25, 6), (75, 17), (2500, 550)],
)
def test_vat_is_rounded_half_up(net: int, vat: int) -> None:
    assert vat_of(net, rate_percent=Decimal(22)) == vat


def test_a_half_cent_goes_up() -> None:
    assert vat_of(25, rate_percent=Decimal(10)) == 3


@given(net=st.integers(min_value=0, max_value=10**9), rate=st.sampled_from([Decimal(4), Decimal(10), Decimal(22)]))
def test_vat_is_never_off_by_more_than_half_a_cent(net: int, rate: Decimal) -> None:
    exact = net * rate / 100

    assert abs(vat_of(net, rate_percent=rate) - exact) <= Decimal("0.5")
    assert vat_of(net, rate_percent=rate) == int(exact.quantize(Decimal(1), rounding=ROUND_HALF_UP))
