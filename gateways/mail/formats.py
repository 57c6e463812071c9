"""Money, dates and times as people read them in Italian and in English."""

from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from models.money import Money

Language = Literal["it", "en"]

ROME = ZoneInfo("Europe/Rome")

_MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "en": "January February March April May June July August September October November December",
}


def amount(money: Money, *, language: Language) -> str:
    """Return a sum with its currency: ``1.036,60 €`` in Italian, ``€1,036.60`` in English."""
    sign = "-" if money.cents < 0 else ""
    units, cents = divmod(abs(money.cents), 100)
    if language == "it":
        grouped = f"{units:,}".replace(",", ".")
        return f"{sign}{grouped},{cents:02d} {'€' if money.currency == 'EUR' else money.currency}"
    return f"{sign}{'€' if money.currency == 'EUR' else money.currency + ' '}{units:,}.{cents:02d}"


def day(value: date, *, language: Language) -> str:
    """Return a date in words: ``1º dicembre 2026``, ``1 December 2026``."""
    number = "1º" if language == "it" and value.day == 1 else str(value.day)
    return f"{number} {_MONTHS[language].split()[value.month - 1]} {value.year}"


def moment(instant: datetime, *, language: Language) -> str:
    """Return an instant as the clocks of Rome show it: ``24 novembre 2026, ore 01:14 (ora di Roma)``."""
    there = instant.astimezone(ROME)
    return _clock(there.date(), there.strftime("%H:%M"), language=language)


def deadline(instant: datetime, *, language: Language) -> str:
    """Return an instant as a term that ends: midnight is written as 24:00 of the day before, which nobody misreads."""
    there = instant.astimezone(ROME)
    if there.time() == time.min:
        return _clock(there.date() - timedelta(days=1), "24:00", language=language)
    return moment(instant, language=language)


def _clock(on: date, hours: str, *, language: Language) -> str:
    if language == "it":
        return f"{day(on, language=language)}, ore {hours} (ora di Roma)"
    return f"{day(on, language=language)}, {hours} (Rome time)"
