"""Scalars: what they write, what they read and what they refuse, in words of ours."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schema.errors import BadUserInput
from schema.scalars import (
    SCALARS,
    format_instant,
    parse_currency,
    parse_date,
    parse_decimal,
    parse_instant,
    parse_url,
)
from tests.unit.schema.sample import refused


@pytest.mark.parametrize(
    ("parse", "text", "value"),
    [
        (parse_date, "2024-02-29", date(2024, 2, 29)),
        (parse_instant, "2025-03-08T09:30:00Z", datetime(2025, 3, 8, 9, 30, tzinfo=UTC)),
        (parse_instant, "2025-03-08T10:30:00.5+01:00", datetime(2025, 3, 8, 9, 30, 0, 500_000, tzinfo=UTC)),
        (parse_decimal, "36.60", Decimal("36.60")),
        (parse_decimal, "-5", Decimal(-5)),
        (parse_currency, "EUR", "EUR"),
        (parse_url, "https://area.example:8443/orders?x=1#top", "https://area.example:8443/orders?x=1#top"),
    ],
)
def test_reads_the_written_form(parse: Callable[[object], object], text: str, value: object) -> None:
    assert parse(text) == value


@pytest.mark.parametrize(
    ("parse", "value"),
    [
        (parse_date, "2025-02-29"),
        (parse_date, "20250308"),
        (parse_date, "2025-W10-6"),
        (parse_date, "2025-03-08\n"),
        (parse_date, "٢٠٢٥-03-08"),
        (parse_date, 20250308),
        (parse_instant, "2025-03-08T09:30:00"),
        (parse_instant, "2025-03-08"),
        (parse_instant, "2025-03-08T24:30:00Z"),
        (parse_instant, "0001-01-01T00:00:00+14:00"),
        (parse_instant, None),
        (parse_decimal, 36.6),
        (parse_decimal, 36),
        (parse_decimal, True),
        (parse_decimal, "3.66e1"),
        (parse_decimal, "NaN"),
        (parse_decimal, "Infinity"),
        (parse_decimal, "36,60"),
        (parse_decimal, "1_000"),
        (parse_decimal, " 36.60"),
        (parse_decimal, ".5"),
        (parse_decimal, "9" * 16),
        (parse_currency, "eur"),
        (parse_currency, "EURO"),
        (parse_currency, "EUR\n"),
        (parse_url, "area.example/orders"),
        (parse_url, "//area.example"),
        (parse_url, "javascript:alert(1)"),
        (parse_url, "https://"),
        (parse_url, "https://area.example@evil.example/"),
        (parse_url, "https://area.example/a b"),
        (parse_url, "https://area.example/\r\nSet-Cookie: x"),
        (parse_url, "https://[::1"),
        (parse_url, "https://area.example/" + "x" * 2048),
        (parse_url, {}),
    ],
)
def test_refuses_everything_else_in_our_own_words(parse: Callable[[object], object], value: object) -> None:
    with pytest.raises(BadUserInput, match=r"^An? (Date|DateTime|Decimal|CurrencyCode|URL) is ") as refusal:
        parse(value)

    assert refusal.value.extensions == {"code": "BAD_USER_INPUT"}


ZONES = [UTC, timezone(timedelta(hours=2)), timezone(timedelta(hours=-11))]


@given(st.datetimes(datetime(1, 1, 2), datetime(9999, 12, 30), timezones=st.sampled_from(ZONES)))
def test_an_instant_survives_writing_and_reading_to_the_second(instant: datetime) -> None:
    text = format_instant(instant)

    assert text.endswith("Z")
    assert parse_instant(text) == instant.replace(microsecond=0)


def test_a_naive_instant_is_our_own_mistake() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        format_instant(datetime(2025, 3, 8, 9, 30))


@given(st.integers(min_value=-(10**14), max_value=10**14), st.integers(min_value=0, max_value=6))
def test_a_decimal_is_never_rounded(digits: int, places: int) -> None:
    value = Decimal(digits).scaleb(-places)

    written = SCALARS[Decimal].serialize(value)  # type: ignore[misc]

    assert parse_decimal(written) == value
    assert "E" not in written


@given(st.one_of(st.text(), st.floats(), st.integers(), st.none(), st.booleans(), st.lists(st.text())))
@pytest.mark.parametrize("parse", [parse_date, parse_instant, parse_decimal, parse_currency, parse_url])
def test_no_input_meets_an_error_of_the_language(parse: Callable[[object], object], value: object) -> None:
    with suppress(BadUserInput):
        assert parse(value) is not None


@pytest.mark.parametrize("amount", ["36.60", "36", '"1e2"', "EUR", "{}"])
async def test_a_literal_is_refused_before_anything_runs(amount: str) -> None:
    error = await refused(
        '{ readConfirmation(input: {paymentId: "pay_1", expectedAmount: {amount: AMOUNT, currency: "EUR"}}) }'.replace(
            "AMOUNT", amount
        )
    )

    assert error.message.endswith('A Decimal is written as a string of digits, such as "36.60", never as a number.')
    assert error.extensions == {"code": "BAD_USER_INPUT"}
    assert error.path is None


async def test_a_variable_is_refused_with_the_code_of_bad_input() -> None:
    error = await refused(
        "query ($input: ConfirmPaymentInput!) { readConfirmation(input: $input) }",
        variables={"input": {"paymentId": "pay_1", "expectedAmount": {"amount": 36.6, "currency": "EUR"}}},
    )

    assert 'A Decimal is written as a string of digits, such as "36.60", never as a number.' in error.message
    assert error.extensions == {"code": "BAD_USER_INPUT"}
