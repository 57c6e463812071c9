"""What each product offers for its renewal."""

import pytest

from models.enums import Product
from policies.renewal_terms import TERMS


def test_every_product_has_terms_with_a_source() -> None:
    assert set(TERMS) == set(Product)
    assert all(terms.source for terms in TERMS.values())


@pytest.mark.parametrize(
    ("product", "longest_term", "grace_days"),
    [
        (Product.PEC, 5, 90),
        (Product.SPID, 2, 0),
        (Product.FATTURAZIONE_PA, 10, 90),
        (Product.CONSERVAZIONE, 10, 90),
    ],
)
def test_renewed_products_have_their_limits(product: Product, longest_term: int, grace_days: int) -> None:
    terms = TERMS[product]

    assert terms.offered
    assert list(terms.years) == list(range(1, longest_term + 1))
    assert terms.grace_days == grace_days


def test_signatures_live_three_years_and_time_stamps_have_no_term_and_neither_is_renewed() -> None:
    signature, time_stamp = TERMS[Product.FIRMA_DIGITALE], TERMS[Product.MARCA_TEMPORALE]

    assert (signature.offered, list(signature.years), signature.grace_days) == (False, [3], 0)
    assert (time_stamp.offered, list(time_stamp.years), time_stamp.grace_days) == (False, [], 0)
