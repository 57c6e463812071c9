"""The most that a renewal may charge by itself, VAT included; above it the order is left to the customer."""

from dataclasses import dataclass

from models.money import Money

CURRENCY = "EUR"  # of the price list
HIGHEST = Money(99_999_99)


@dataclass(frozen=True, kw_only=True, slots=True)
class PriceGuard:
    """What the customer wants: at most this sum, or None for whatever it costs."""

    maximum: Money | None

    @property
    def maximum_cents(self) -> int | None:
        """The sum as it is stored."""
        return self.maximum.cents if self.maximum else None


def is_above(gross: Money, *, maximum_cents: int | None) -> bool:
    """Tell whether the sum is more than the customer wants to be charged without being asked."""
    return maximum_cents is not None and (gross.currency != CURRENCY or gross.cents > maximum_cents)
