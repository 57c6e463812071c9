"""Money on the wire: exact decimal text on the outside, whole minor units on the inside."""

from typing import Self

from pydantic import BaseModel, ConfigDict, JsonValue

from gateways.paypal.simulator.errors import refusal

_TWO_DECIMALS = frozenset({"AUD", "CAD", "CHF", "CZK", "DKK", "EUR", "GBP", "NOK", "PLN", "SEK", "USD"})
_NO_DECIMALS = frozenset({"HUF", "JPY", "TWD"})
_LARGEST = 999_999_999_999_999_99


class Amount(BaseModel):
    """An amount in minor units of a currency."""

    model_config = ConfigDict(frozen=True)

    minor: int
    currency: str

    @classmethod
    def read(cls, value: str, currency: str, *, field: str) -> Self:
        """Read PayPal's text form.

        Raises:
            RefusalError: 422 when the currency is unknown, the decimals are too many or the value is not positive.
        """
        if currency not in _TWO_DECIMALS | _NO_DECIMALS:
            raise refusal("INVALID_CURRENCY_CODE", field=f"{field}/currency_code", value=currency)
        whole, _, decimals = value.partition(".")
        if currency in _NO_DECIMALS and decimals:
            raise refusal("DECIMALS_NOT_SUPPORTED", field=f"{field}/value", value=value)
        if len(decimals) > 2:
            raise refusal("DECIMAL_PRECISION", field=f"{field}/value", value=value)
        minor = hundredths(value) if currency in _TWO_DECIMALS else int(whole)
        if minor <= 0:
            raise refusal("CANNOT_BE_ZERO_OR_NEGATIVE", field=f"{field}/value", value=value)
        if minor > _LARGEST:
            raise refusal("MAX_VALUE_EXCEEDED", field=f"{field}/value", value=value)
        return cls(minor=minor, currency=currency)

    def plus(self, minor: int) -> Self:
        """Return the amount that is larger by so many minor units."""
        return self.model_copy(update={"minor": self.minor + minor})

    def text(self) -> str:
        """Return the value as PayPal writes it: two decimals, none for the currencies without."""
        if self.currency in _NO_DECIMALS:
            return str(self.minor)
        return f"{self.minor // 100}.{self.minor % 100:02}"

    def wire(self) -> dict[str, JsonValue]:
        """Return PayPal's money object."""
        return {"currency_code": self.currency, "value": self.text()}

    def fee(self) -> "Amount":
        """Return what PayPal keeps of a capture: 3.4 % plus 35 minor units, never more than the whole."""
        return self.model_copy(update={"minor": min(self.minor, (self.minor * 34 + 500) // 1000 + 35)})


def hundredths(value: str) -> int:
    """Return a decimal text in hundredths, whatever the currency; further decimals are cut off."""
    whole, _, decimals = value.removeprefix("-").partition(".")
    number = int((whole or "0") + decimals[:2].ljust(2, "0"))
    return -number if value.startswith("-") else number
