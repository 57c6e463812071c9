"""What is more than a customer wants to be charged without being asked."""

import pytest

from models.money import Money
from policies.price_guard import is_above


@pytest.mark.parametrize(
    ("gross", "maximum_cents", "above"),
    [
        (Money(36_60), None, False),
        (Money(36_60), 36_61, False),
        (Money(36_60), 36_60, False),
        (Money(36_60), 36_59, True),
        (Money(1, "USD"), 36_60, True),  # cannot be compared: the customer decides
        (Money(1, "USD"), None, False),
    ],
)
def test_only_more_than_the_maximum_is_above_it(gross: Money, maximum_cents: int | None, above: bool) -> None:
    assert is_above(gross, maximum_cents=maximum_cents) is above
