"""When renewal warns, gives notice, charges and retries; days are Europe/Rome, instants UTC."""

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from models.enums import Product
from policies.renewal_terms import TERMS

ROME = ZoneInfo("Europe/Rome")
EXPIRING_DAYS = 90
NOTICE_DAYS = 30  # Consumer Code, art. 65-bis
CHARGE_DAYS = 7  # guide.pec.it/servizio-pec/modalita-acquisto-rinnovo/rinnovo-automatico-caselle-pec.aspx
RETRY_DAYS = (5, 3, 1)  # only after a soft decline


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalSchedule:
    """The days of one renewal; from ``stoppable_until`` on, switching off no longer prevents the charge."""

    warning_on: date
    notice_on: date
    charge_on: date
    retry_on: tuple[date, ...]
    stoppable_until: datetime
    expires_on: date  # the last day of service
    grace_ends_on: date  # the last day on which an expired service can be renewed
    new_expiry: date
    term_years: int


def schedule(*, product: Product, expires_on: date, term_years: int) -> RenewalSchedule:
    """Return the days of the renewal at ``expires_on``; the new expiry counts from the old one, so no day is lost.

    ``term_years`` is the term of the previous order; one outside the limits on sale is brought within them.
    Raises ``ValueError`` for a product that is not renewed automatically.
    """
    terms = TERMS[product]
    if not terms.offered:
        raise ValueError(f"{product} is not renewed automatically")
    renewed_years = terms.renewed_years(term_years)
    charge_on = days_before(expires_on, CHARGE_DAYS)
    return RenewalSchedule(
        warning_on=days_before(expires_on, terms.warning_days),
        notice_on=days_before(expires_on, NOTICE_DAYS),
        charge_on=charge_on,
        retry_on=tuple(days_before(expires_on, days) for days in RETRY_DAYS),
        stoppable_until=start_of_rome_day(charge_on),
        expires_on=expires_on,
        grace_ends_on=expires_on + timedelta(days=terms.grace_days),
        new_expiry=add_years(expires_on, renewed_years),
        term_years=renewed_years,
    )


def days_before(day: date, days: int) -> date:
    """Return the day that many calendar days earlier."""
    return day - timedelta(days=days)


def add_years(day: date, years: int) -> date:
    """Return the same day of a later year; 29 February becomes the 28th in a common year.

    A term whose last month lacks the day ends with that month (Civil Code, art. 2963): 1 March would be a day too many.
    """
    year = day.year + years
    if (day.month, day.day) == (2, 29) and not calendar.isleap(year):
        return date(year, 2, 28)
    return day.replace(year=year)


def rome_day(instant: datetime) -> date:
    """Return the calendar day in Rome. Raises ``ValueError`` for an instant without a zone."""
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no zone")
    return instant.astimezone(ROME).date()


def start_of_rome_day(day: date) -> datetime:
    """Return the instant, in UTC, at which the day begins in Rome: 23:00 or 22:00 of the day before."""
    return datetime.combine(day, time.min, tzinfo=ROME).astimezone(UTC)
