"""The language of an answer: what the request accepts, else what the customer speaks, else Italian."""

import pytest

from app.graphql.context import preferred_locale
from tests.factories import make_customer


@pytest.mark.parametrize(
    ("header", "locale"),
    [
        ("it", "it"),
        ("en", "en"),
        ("en-GB,en;q=0.9", "en"),
        ("EN-us", "en"),
        ("de-DE,de;q=0.9,en;q=0.5,it;q=0.4", "en"),
        ("en;q=0.4,it;q=0.5", "it"),
        ("en;q=0.5, it;q=0.5", "en"),
        (" it ; q=0.1 , en ; q=0.9 ", "en"),
        ("en;q=0, it;q=0.1", "it"),
        ("en;q=nonsense,it", "it"),
        (",,en,", "en"),
    ],
)
def test_the_preferred_one_of_our_languages_is_spoken(header: str, locale: str) -> None:
    assert preferred_locale(header, None) == locale


@pytest.mark.parametrize("header", ["", "de-DE,fr;q=0.9", "*", "en;q=0", ";;;", "q=1"])
@pytest.mark.parametrize("spoken", ["it", "en"])
def test_without_one_of_ours_the_customers_language_counts(header: str, spoken: str) -> None:
    assert preferred_locale(header, make_customer(locale=spoken)) == spoken


def test_nobody_is_answered_in_italian() -> None:
    assert preferred_locale("", None) == "it"


def test_the_request_outweighs_the_customer() -> None:
    assert preferred_locale("en", make_customer(locale="it")) == "en"
