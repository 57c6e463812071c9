"""Which line of the price list holds, and the sum with VAT."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import Product
from models.money import Money
from policies.prices import ListedPrice, TaxedSum, price_on, with_vat


def listed(net_cents: int, **values: Any) -> ListedPrice:
    defaults: dict[str, Any] = {
        "product": Product.PEC,
        "variant": "standard",
        "term_years": 1,
        "net": Money(net_cents),
        "valid_from": date(2025, 1, 1),
        "valid_to": None,
    }
    return ListedPrice(**defaults | values)


LIST = (
    listed(25_00, valid_from=date(2024, 1, 1), valid_to=date(2024, 12, 31)),
    listed(30_00),
    listed(33_00, valid_from=date(2026, 7, 1)),
    listed(20_00, valid_from=date(2025, 11, 24), valid_to=date(2025, 11, 30)),  # a week's offer
    listed(60_00, term_years=2),
    listed(90_00, variant="premium"),
    listed(4_90, product=Product.SPID),
)


def cents(day: date, product: Product = Product.PEC, variant: str = "standard", term_years: int = 1) -> int | None:
    found = price_on(day, LIST, product=product, variant=variant, term_years=term_years)
    return found.net.cents if found else None


@pytest.mark.parametrize(
    ("day", "net_cents"),
    [
        (date(2023, 12, 31), None),
        (date(2024, 1, 1), 25_00),
        (date(2024, 12, 31), 25_00),
        (date(2025, 1, 1), 30_00),
        (date(2025, 11, 23), 30_00),
        (date(2025, 11, 24), 20_00),
        (date(2025, 11, 30), 20_00),
        (date(2025, 12, 1), 30_00),
        (date(2026, 6, 30), 30_00),
        (date(2026, 7, 1), 33_00),
    ],
)
def test_the_newest_line_that_holds_on_the_day_counts(day: date, net_cents: int | None) -> None:
    assert cents(day) == net_cents


def test_product_variant_and_term_have_prices_of_their_own() -> None:
    day = date(2025, 3, 8)

    assert cents(day, term_years=2) == 60_00
    assert cents(day, variant="premium") == 90_00
    assert cents(day, product=Product.SPID) == 4_90


def test_what_the_list_does_not_say_has_no_price() -> None:
    day = date(2025, 3, 8)

    assert cents(day, term_years=3) is None
    assert cents(day, variant="pro") is None
    assert cents(day, product=Product.CONSERVAZIONE) is None


@pytest.mark.parametrize(
    ("net", "vat", "gross"), [(4_90, 1_08, 5_98), (30_00, 6_60, 36_60), (29_90, 6_58, 36_48), (25, 6, 31), (1, 0, 1)]
)
def test_vat_is_rounded_half_up_to_the_cent(net: int, vat: int, gross: int) -> None:
    taxed = with_vat(Money(net))

    assert taxed == TaxedSum(net=Money(net), vat=Money(vat))
    assert taxed.gross == Money(gross)


@given(net=st.integers(min_value=1, max_value=10_000_00))
def test_vat_is_never_further_than_half_a_cent_from_the_exact_one(net: int) -> None:
    exact_hundredths = net * 22

    assert abs(with_vat(Money(net)).vat.cents * 100 - exact_hundredths) <= 50
