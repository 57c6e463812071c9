"""How long somebody waits who has failed to sign in too often, by login and by address."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

LONGEST_DOUBLING = 10


@dataclass(frozen=True, kw_only=True, slots=True)
class Tolerance:
    """So many failures cost nothing; each further one doubles the wait. They are forgotten ``after`` the last one."""

    free: int
    first_wait: timedelta
    longest_wait: timedelta
    forgotten_after: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Failures:
    """The failures in a row of one login, or from one address."""

    count: int
    last_at: datetime


BY_LOGIN = Tolerance(
    free=5,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(minutes=15),
    forgotten_after=timedelta(hours=1),
)
BY_ADDRESS = Tolerance(  # an office shares one
    free=30,
    first_wait=timedelta(seconds=30),
    longest_wait=timedelta(minutes=15),
    forgotten_after=timedelta(hours=1),
)


def after_failure(failures: Failures | None, *, tolerance: Tolerance, now: datetime) -> Failures:
    """Return the failures with one more."""
    known = failures.count if failures and now - failures.last_at < tolerance.forgotten_after else 0
    return Failures(count=known + 1, last_at=now)


def without_one(failures: Failures, *, before: Failures | None) -> Failures | None:
    """Return the failures without one that was none; unless another came after it, they are what they were before."""
    count = failures.count - 1
    if count == 0:
        return None
    return before if before and before.count == count else replace(failures, count=count)


def wait_before_next(failures: Failures | None, *, tolerance: Tolerance, now: datetime) -> timedelta:
    """Return how long the next try has to wait; nothing when it may be made now."""
    if failures is None or failures.count < tolerance.free or now - failures.last_at >= tolerance.forgotten_after:
        return timedelta(0)
    doublings: int = 2 ** min(failures.count - tolerance.free, LONGEST_DOUBLING)
    wait = min(tolerance.first_wait * doublings, tolerance.longest_wait)
    return max(timedelta(0), failures.last_at + wait - now)
