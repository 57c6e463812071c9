"""Sums of money as the API writes them: exact decimals beside their cents."""

from decimal import Decimal
from typing import Protocol

import strawberry

from models import money
from schema.errors import BadUserInput
from schema.scalars import CurrencyCode

CENTS_EXPONENT = -2


class Sums(Protocol):
    """A row with a net sum, its VAT and their total, in cents."""

    net_cents: int
    vat_cents: int
    gross_cents: int


@strawberry.type(description="A sum in one currency.")
class Money:
    amount: Decimal = strawberry.field(description='The sum with two decimals: "36.60".')
    currency: CurrencyCode = strawberry.field(description="Currency of the sum.")
    minor_units: int = strawberry.field(description="Same sum in cents.")

    @classmethod
    def from_model(cls, value: money.Money) -> "Money":
        return cls(amount=Decimal(value.decimal), currency=CurrencyCode(value.currency), minor_units=value.cents)


@strawberry.type(description="A price with its VAT: net and tax add up to gross.")
class TaxedMoney:
    net: Money = strawberry.field(description="Price without VAT.")
    tax: Money = strawberry.field(description="VAT on the net price.")
    gross: Money = strawberry.field(description="What the customer pays.")
    vat_rate: Decimal = strawberry.field(description='Percent: "22".')

    @classmethod
    def from_model(cls, row: Sums, *, currency: str, vat_rate: str) -> "TaxedMoney":
        """Read the three sums of an order or of a line; the currency and the rate are those of the order."""
        return cls(
            net=Money.from_model(money.Money(row.net_cents, currency)),
            tax=Money.from_model(money.Money(row.vat_cents, currency)),
            gross=Money.from_model(money.Money(row.gross_cents, currency)),
            vat_rate=Decimal(vat_rate),
        )


@strawberry.input(description="A sum in one currency, as the client has it.")
class MoneyInput:
    amount: Decimal = strawberry.field(description='The sum with at most two decimals, never negative: "36.60".')
    currency: CurrencyCode = strawberry.field(description="Currency of the sum.")

    def to_money(self) -> money.Money:
        """Return the sum in cents. Raises `BadUserInput` for a sum that no price can have."""
        exponent = self.amount.as_tuple().exponent
        if not isinstance(exponent, int) or not CENTS_EXPONENT <= exponent <= 0 or self.amount.is_signed():
            raise BadUserInput('An amount has at most two decimals and no sign, such as "36.60".')
        return money.Money(int(self.amount.scaleb(-CENTS_EXPONENT)), self.currency)
