"""Sums from clients become cents, or are refused; sums for clients are exact."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models import money
from schema.errors import BadUserInput
from schema.money import Money, MoneyInput, TaxedMoney
from schema.scalars import CurrencyCode
from tests.factories import make_customer, make_order

EUR = CurrencyCode("EUR")


@pytest.mark.parametrize(("text", "cents"), [("36.60", 3660), ("36.6", 3660), ("36", 3600), ("0", 0), ("0.01", 1)])
def test_a_sum_becomes_cents(text: str, cents: int) -> None:
    assert MoneyInput(amount=Decimal(text), currency=EUR).to_money() == money.Money(cents, "EUR")


@pytest.mark.parametrize("text", ["36.600", "0.001", "-36.60", "-0", "1E+2", "NaN", "Infinity"])
def test_a_sum_that_no_price_can_have_is_refused(text: str) -> None:
    with pytest.raises(BadUserInput, match="at most two decimals and no sign"):
        MoneyInput(amount=Decimal(text), currency=EUR).to_money()


@given(st.integers(min_value=0, max_value=10**14))
def test_a_sum_shown_and_sent_back_is_the_same(cents: int) -> None:
    shown = Money.from_model(money.Money(cents))

    assert MoneyInput(amount=shown.amount, currency=shown.currency).to_money() == money.Money(cents)
    assert shown.minor_units == cents


def test_a_price_shows_net_tax_and_gross() -> None:
    order, *_ = make_order(make_customer())

    price = TaxedMoney.from_model(order, currency=order.currency, vat_rate=order.vat_rate)

    assert [str(part.amount) for part in (price.net, price.tax, price.gross)] == ["30.00", "6.60", "36.60"]
    assert price.vat_rate == 22
