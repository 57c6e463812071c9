"""Money, dates and times as people read them."""

from datetime import UTC, date, datetime

import pytest

from gateways.mail import formats
from gateways.mail.formats import Language
from models.money import Money


@pytest.mark.parametrize(
    ("money", "italian", "english"),
    [
        (Money(3660), "36,60 €", "€36.60"),
        (Money(0), "0,00 €", "€0.00"),
        (Money(5), "0,05 €", "€0.05"),
        (Money(123456789), "1.234.567,89 €", "€1,234,567.89"),
        (Money(-3660), "-36,60 €", "-€36.60"),
        (Money(3660, "USD"), "36,60 USD", "USD 36.60"),
    ],
)
def test_an_amount_is_written_exactly(money: Money, italian: str, english: str) -> None:
    assert formats.amount(money, language="it") == italian
    assert formats.amount(money, language="en") == english


@pytest.mark.parametrize(
    ("day", "italian", "english"),
    [
        (date(2027, 1, 1), "1º gennaio 2027", "1 January 2027"),
        (date(2027, 8, 31), "31 agosto 2027", "31 August 2027"),
        (date(2028, 2, 29), "29 febbraio 2028", "29 February 2028"),
    ],
)
def test_a_date_is_written_in_words(day: date, italian: str, english: str) -> None:
    assert formats.day(day, language="it") == italian
    assert formats.day(day, language="en") == english


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        (datetime(2026, 11, 23, 23, 14, 59, tzinfo=UTC), "24 novembre 2026, ore 00:14 (ora di Roma)"),
        (datetime(2026, 7, 31, 22, 5, tzinfo=UTC), "1º agosto 2026, ore 00:05 (ora di Roma)"),
        (datetime(2026, 12, 31, 23, 0, tzinfo=UTC), "1º gennaio 2027, ore 00:00 (ora di Roma)"),
    ],
)
def test_an_instant_is_shown_by_the_clocks_of_rome_in_winter_and_in_summer(instant: datetime, shown: str) -> None:
    assert formats.moment(instant, language="it") == shown


@pytest.mark.parametrize(
    ("language", "shown"),
    [("it", "31 dicembre 2026, ore 24:00 (ora di Roma)"), ("en", "31 December 2026, 24:00 (Rome time)")],
)
def test_a_term_that_ends_at_midnight_belongs_to_the_day_before(language: Language, shown: str) -> None:
    assert formats.deadline(datetime(2026, 12, 31, 23, 0, tzinfo=UTC), language=language) == shown


def test_a_term_that_ends_during_the_day_is_that_moment() -> None:
    assert formats.deadline(datetime(2027, 6, 1, 7, 30, tzinfo=UTC), language="en") == "1 June 2027, 09:30 (Rome time)"
