"""Sums as an operator types them, and notes as PayPal takes them."""

import pytest

from app.commands import cents
from app.refund import note


@pytest.mark.parametrize(
    ("typed", "meant"), [("12.20", 1220), ("12,20", 1220), ("12", 1200), (" 0.01 ", 1), ("9999999.99", 999999999)]
)
def test_a_sum_is_read_as_it_is_typed(typed: str, meant: int) -> None:
    assert cents(typed) == meant


@pytest.mark.parametrize("typed", ["", "-1", "1.2", "1.234", "1e3", "1.000,00", "€ 12.20", "12.20 EUR", "٣", "NaN"])
def test_what_is_no_sum_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="is not a sum"):
        cents(typed)


def test_a_note_is_for_people_and_fits_paypal() -> None:
    assert note("  Ci scusiamo.  ") == "Ci scusiamo."
    assert note("x" * 255) == "x" * 255


@pytest.mark.parametrize("unfit", ["", "  ", "x" * 256], ids=["empty", "blank", "too long"])
def test_a_note_that_paypal_would_cut_or_nobody_could_read_is_refused(unfit: str) -> None:
    with pytest.raises(ValueError, match="a note has 1 to 255 characters"):
        note(unfit)
