"""How much a caller may ask for: a budget of points that is whole again at the end of each window."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Allowance:
    """Points per window; what one operation may cost at most is the whole of it."""

    points: int
    window: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What a caller has spent in the window that ends at ``resets_at``."""

    spent: int
    resets_at: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """The account after an operation was charged, or as it was when the operation is refused."""

    account: Account
    accepted: bool


def remaining(account: Account | None, *, allowance: Allowance, now: datetime) -> Account:
    """Return the account in the window of this instant: a past one is forgotten."""
    if account is None or now >= account.resets_at:
        return Account(spent=0, resets_at=now + allowance.window)
    return account


def charge(account: Account | None, *, cost: int, allowance: Allowance, now: datetime) -> Charge:
    """Charge an operation; one that the rest of the budget does not cover is refused and costs nothing."""
    current = remaining(account, allowance=allowance, now=now)
    if current.spent + cost > allowance.points:
        return Charge(account=current, accepted=False)
    return Charge(account=replace(current, spent=current.spent + cost), accepted=True)
