"""Money to PayPal's decimal text and back, by currency; never through a float."""

import re

from models.money import Money

# PayPal refuses decimals in these (issue DECIMALS_NOT_SUPPORTED); every other currency it accepts has two.
CURRENCIES_WITHOUT_DECIMALS = frozenset({"HUF", "JPY", "TWD"})

_TEXT = re.compile(r"[0-9]+|[0-9]*\.[0-9]+")
_CURRENCY = re.compile(r"[A-Z]{3}")
_LONGEST_TEXT = 32


def to_text(money: Money) -> str:
    """Return the sum as PayPal writes it: ``"12.30"`` euro, ``"500"`` yen (50000 hundredths).

    Raises ``ValueError`` for a negative sum, or for a fraction of a currency that has none.
    """
    decimals = _decimals_of(money.currency)
    if money.cents < 0:
        raise ValueError("PayPal takes no negative amount")
    if decimals:
        return money.decimal
    if money.cents % 100:
        raise ValueError(f"{money.currency} has no decimals")
    return str(money.cents // 100)


def from_text(value: str, currency: str) -> Money:
    """Return the exact sum that PayPal wrote.

    Raises ``ValueError`` for anything but plain digits with at most the decimals of the currency (a sign, an
    exponent, a blank are refused) and ``TypeError`` for a number: PayPal's amounts are texts.
    """
    decimals = _decimals_of(currency)
    if not _TEXT.fullmatch(value) or len(value) > _LONGEST_TEXT:
        raise ValueError("not an amount as PayPal writes it")
    whole, _, fraction = value.partition(".")
    if len(fraction) > decimals:
        raise ValueError(f"{currency} has {decimals} decimals")
    return Money(int(whole or "0") * 100 + int(fraction.ljust(2, "0")), currency)


def _decimals_of(currency: str) -> int:
    if not _CURRENCY.fullmatch(currency):
        raise ValueError("not a currency code")
    return 0 if currency in CURRENCIES_WITHOUT_DECIMALS else 2
