"""PayPal's amounts: exact texts, by currency."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.paypal.amounts import from_text, to_text
from models.money import Money

CENTS = st.integers(min_value=0, max_value=10**12)


@pytest.mark.parametrize(
    ("money", "text"),
    [
        (Money(1230, "EUR"), "12.30"),
        (Money(598, "EUR"), "5.98"),
        (Money(5, "EUR"), "0.05"),
        (Money(0, "EUR"), "0.00"),
        (Money(123_456_789, "USD"), "1234567.89"),
        (Money(50_000, "JPY"), "500"),
        (Money(100, "HUF"), "1"),
        (Money(0, "TWD"), "0"),
    ],
)
def test_money_becomes_paypals_text_and_comes_back(money: Money, text: str) -> None:
    assert to_text(money) == text
    assert from_text(text, money.currency) == money


@pytest.mark.parametrize(
    ("text", "cents"), [("12", 1200), ("12.3", 1230), (".30", 30), ("007.10", 710), ("0.00", 0), ("000", 0)]
)
def test_texts_that_paypals_pattern_allows_are_read(text: str, cents: int) -> None:
    assert from_text(text, "EUR") == Money(cents, "EUR")


@pytest.mark.parametrize(
    "text",
    [
        "",
        ".",
        "12.",
        "12.345",
        "12.300",
        "-1.00",
        "+1.00",
        "1e2",
        "1E2",
        "12,30",
        "1 000.00",
        " 1.00",
        "1.00\n",
        "NaN",
        "inf",
        "0x10",
        "1_000",
        "١٢.٣٠",
        "9" * 33,
    ],
)
def test_texts_that_are_no_amount_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"amount|decimals"):
        from_text(text, "EUR")


@pytest.mark.parametrize("value", [12.3, 12, None])
def test_numbers_are_refused_because_paypal_writes_texts(value: object) -> None:
    with pytest.raises(TypeError):
        from_text(value, "EUR")  # type: ignore[arg-type]


@pytest.mark.parametrize("currency", ["JPY", "HUF", "TWD"])
def test_decimals_are_refused_where_the_currency_has_none(currency: str) -> None:
    with pytest.raises(ValueError, match="no decimals"):
        to_text(Money(50_050, currency))
    with pytest.raises(ValueError, match="0 decimals"):
        from_text("500.00", currency)


@pytest.mark.parametrize("currency", ["", "eur", "EURO", "EU", "€€€"])
def test_odd_currencies_are_refused(currency: str) -> None:
    with pytest.raises(ValueError, match="currency"):
        to_text(Money(100, currency))
    with pytest.raises(ValueError, match="currency"):
        from_text("1.00", currency)


def test_negative_sums_are_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        to_text(Money(-1, "EUR"))


@given(cents=CENTS)
def test_every_sum_survives_the_journey_exactly(cents: int) -> None:
    text = to_text(Money(cents, "EUR"))

    back = from_text(text, "EUR")

    assert re.fullmatch(r"[0-9]+\.[0-9]{2}", text)
    assert back == Money(cents, "EUR")
    assert type(back.cents) is int


@given(units=CENTS)
def test_every_sum_without_decimals_survives_the_journey_exactly(units: int) -> None:
    text = to_text(Money(units * 100, "JPY"))

    assert text == str(units)
    assert from_text(text, "JPY") == Money(units * 100, "JPY")


@given(text=st.text(max_size=40))
def test_any_text_is_read_exactly_or_refused(text: str) -> None:
    try:
        money = from_text(text, "EUR")
    except ValueError:
        return

    whole, _, fraction = text.partition(".")
    assert money.cents == int((whole or "0") + fraction.ljust(2, "0"))
