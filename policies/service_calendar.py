"""What the calendar has for a service today, and the day on which it is looked at again.

A look is derived from facts alone, so one too many changes nothing, and one missed is made up for by the next.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum, auto

from models.enums import AutoRenewalStatus, Product, ServiceStatus
from policies.renewal_calendar import CHARGE_DAYS, EXPIRING_DAYS, NOTICE_DAYS, days_before
from policies.renewal_terms import TERMS

RENEWING = frozenset({AutoRenewalStatus.ON, AutoRenewalStatus.RETRYING})
AWAITED = RENEWING | {AutoRenewalStatus.ACCOUNT_LOST}  # the customer relies on it: a charge that cannot come is told
RUNNING = frozenset({ServiceStatus.ACTIVE, ServiceStatus.EXPIRING})
ONE_DAY = timedelta(days=1)


class Step(Enum):
    """What is to be done for a service, in this order."""

    MARK_EXPIRING = auto()
    WARN = auto()
    GIVE_NOTICE = auto()
    CHARGE = auto()
    MARK_EXPIRED = auto()
    END = auto()  # past its grace: no payment brings it back


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalProgress:
    """How far the renewal at this expiry has come; no next attempt means that nothing more will be tried."""

    next_attempt_on: date | None


@dataclass(frozen=True, kw_only=True, slots=True)
class CalendarFacts:
    """A service at its present expiry; ``progress`` is absent until its renewal was announced or met an obstacle."""

    product: Product
    status: ServiceStatus
    expires_on: date | None
    auto_renewal: AutoRenewalStatus
    warned: bool
    noticed: bool
    progress: RenewalProgress | None
    payment_in_progress: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Look:
    """What is to be done now, and the day of the next look; None when nothing will ever be due."""

    steps: tuple[Step, ...]
    next_on: date | None


def look_at(facts: CalendarFacts, *, today: date) -> Look:
    """Decide what is due on or before today, and when something will be due next."""
    if facts.expires_on is None or facts.status is ServiceStatus.CANCELED:
        return Look(steps=(), next_on=None)
    if today > last_day(facts.product, facts.expires_on):
        if facts.payment_in_progress:  # it may yet succeed: what it pays for must not be gone
            return Look(steps=(), next_on=today + ONE_DAY)
        return Look(steps=(Step.END,), next_on=None)
    steps = tuple(step for step in Step if is_due(step, facts, facts.expires_on, today=today))
    again = [today + ONE_DAY] if Step.CHARGE in steps else []
    return Look(steps=steps, next_on=min(again + [day for day in days_ahead(facts, facts.expires_on) if day > today]))


def is_due(step: Step, facts: CalendarFacts, expires_on: date, *, today: date) -> bool:
    """Tell whether the step is due and has not been done; the service is within its grace."""
    match step:
        case Step.MARK_EXPIRING:
            near = days_before(expires_on, EXPIRING_DAYS) <= today <= expires_on
            return near and facts.status is ServiceStatus.ACTIVE
        case Step.WARN:
            announced = facts.noticed or (renews_itself(facts) and days_before(expires_on, NOTICE_DAYS) <= today)
            return warning_day(facts, expires_on) <= today <= expires_on and not facts.warned and not announced
        case Step.GIVE_NOTICE:
            open_for = days_before(expires_on, NOTICE_DAYS) <= today < days_before(expires_on, CHARGE_DAYS)
            settled = facts.progress is not None and facts.progress.next_attempt_on is None
            return open_for and renews_itself(facts) and not facts.noticed and not settled
        case Step.CHARGE:
            attempt_on = next_attempt(facts, expires_on)
            return attempt_on is not None and attempt_on <= today
        case Step.MARK_EXPIRED:
            return today > expires_on and facts.status in RUNNING
        case Step.END:
            return False  # decided before: the grace would have ended


def days_ahead(facts: CalendarFacts, expires_on: date) -> list[date]:
    """Return the days of this expiry on which something may be due, some of them past; the last one is always ahead."""
    days = [
        days_before(expires_on, EXPIRING_DAYS),
        warning_day(facts, expires_on),
        expires_on + ONE_DAY,
        last_day(facts.product, expires_on) + ONE_DAY,
    ]
    if renews_itself(facts):
        days.append(days_before(expires_on, NOTICE_DAYS))
    attempt_on = next_attempt(facts, expires_on)
    return days if attempt_on is None else [*days, attempt_on]


def next_attempt(facts: CalendarFacts, expires_on: date) -> date | None:
    """Return the day of the charge or its next retry; None when renewal is not on or nothing more will be tried."""
    if not TERMS[facts.product].offered or facts.auto_renewal not in AWAITED:
        return None
    return facts.progress.next_attempt_on if facts.progress else days_before(expires_on, CHARGE_DAYS)


def renews_itself(facts: CalendarFacts) -> bool:
    """Tell whether a charge is coming that the customer has to be told of."""
    return TERMS[facts.product].offered and facts.auto_renewal in RENEWING


def warning_day(facts: CalendarFacts, expires_on: date) -> date:
    return days_before(expires_on, TERMS[facts.product].warning_days)


def last_day(product: Product, expires_on: date) -> date:
    """Return the last day on which the service can still be renewed."""
    return expires_on + timedelta(days=TERMS[product].grace_days)
