"""Where a front end may have the browser sent, and how people type the number of an order."""

import pytest

from models.repositories.orders import normalized
from use_cases.errors import InvalidInput
from use_cases.start_payment import LONGEST_RETURN_URL, require_allowed

ALLOWED = frozenset({"https://area.example.com", "http://127.0.0.1:8000"})


@pytest.mark.parametrize(
    "url",
    [
        "https://area.example.com",
        "https://area.example.com/pagamenti?ordine=1&x=%20#fondo",
        "HTTPS://AREA.example.COM/pagamenti",
        "http://127.0.0.1:8000/graphql",
        "https://area.example.com/" + "a" * (LONGEST_RETURN_URL - 25),
    ],
)
def test_an_address_of_a_listed_origin_is_taken(url: str) -> None:
    require_allowed(url, ALLOWED)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "/pagamenti",
        "//area.example.com/pagamenti",
        "http://area.example.com/",
        "https://area.example.com:8443/",
        "https://area.example.com.evil.example/",
        "https://evil.example/https://area.example.com",
        "https://area.example.com@evil.example/",
        "https://mario:secret@area.example.com/",
        "https://evil.example\\@area.example.com/",
        "https://area.example.com\\.evil.example/",
        "https://area.example.com/\\evil.example",
        "https://area.example.com/a b",
        "https://area.example.com/\r\nSet-Cookie: a=b",
        "\thttps://area.example.com/",
        "https://[area.example.com/",
        "javascript:alert(1)//https://area.example.com",
        "data:text/html,https://area.example.com",
        "https://area.example.com/" + "a" * (LONGEST_RETURN_URL - 24),
    ],
)
def test_any_other_address_is_refused(url: str) -> None:
    with pytest.raises(InvalidInput) as refusal:
        require_allowed(url, ALLOWED)

    assert refusal.value.path == ("input", "returnUrl")
    assert refusal.value.reason == "return_url_not_allowed"


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("MO12345", "MO12345"),
        ("mo12345", "MO12345"),
        ("  mo 123 45 ", "MO12345"),
        ("mo\t123\u00a045\n", "MO12345"),
        ("", ""),
        ("   ", ""),
    ],
)
def test_spaces_and_case_of_a_typed_number_do_not_matter(typed: str, stored: str) -> None:
    assert normalized(typed) == stored
