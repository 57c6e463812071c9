"""Exact sums of money: integer cents and a currency, never a float."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal


@dataclass(frozen=True, slots=True)
class Money:
    """A sum in cents of one currency.

    Raises ``ValueError`` when sums of two currencies meet.
    """

    cents: int
    currency: str = "EUR"

    @property
    def decimal(self) -> str:
        """Return the sum as an exact decimal text with two digits: ``"36.60"``."""
        sign, cents = ("-", -self.cents) if self.cents < 0 else ("", self.cents)
        return f"{sign}{cents // 100}.{cents % 100:02d}"

    def __add__(self, other: Money) -> Money:
        if self.currency != other.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(self.cents + other.cents, self.currency)


def vat_of(net_cents: int, *, rate_percent: Decimal) -> int:
    """Return the VAT in cents on a net sum in cents, rounded half-up: 490 at 22 % is 108, so 4.90 becomes 5.98."""
    return int((net_cents * rate_percent / 100).quantize(Decimal(1), rounding=ROUND_HALF_UP))
