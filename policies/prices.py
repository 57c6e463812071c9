"""What a service costs: the line of the price list that holds on a day, and the sum with VAT."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from models.enums import Product
from models.money import Money, vat_of

VAT_PERCENT = Decimal(22)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListedPrice:
    """A line of the price list, without VAT; it holds from its first day to its last, both included."""

    product: Product
    variant: str
    term_years: int
    net: Money
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TaxedSum:
    """A net sum and the VAT on it."""

    net: Money
    vat: Money
    vat_percent: Decimal = VAT_PERCENT

    @property
    def gross(self) -> Money:
        return self.net + self.vat


def price_on(
    day: date, prices: Iterable[ListedPrice], *, product: Product, variant: str, term_years: int
) -> TaxedSum | None:
    """Return what the term costs on that day, or None when the list does not say; of several the newest holds."""
    holding = [
        price
        for price in prices
        if (price.product, price.variant, price.term_years) == (product, variant, term_years)
        and price.valid_from <= day
        and (price.valid_to is None or day <= price.valid_to)
    ]
    return with_vat(max(holding, key=lambda price: price.valid_from).net) if holding else None


def with_vat(net: Money) -> TaxedSum:
    """Return the sum with VAT, rounded half-up to the cent: 4.90 becomes 5.98."""
    return TaxedSum(net=net, vat=Money(vat_of(net.cents, rate_percent=VAT_PERCENT), net.currency))
