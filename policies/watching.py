"""How patiently something is asked for that we do not have yet."""

from dataclasses import dataclass
from datetime import timedelta

LONGEST_DOUBLING = 16  # keeps the power of two small; the ceiling has long been reached
LONGEST_IMMEDIATE_PAUSE = timedelta(seconds=5)  # a customer waits, and a worker is kept from other payments


@dataclass(frozen=True, kw_only=True, slots=True)
class Backoff:
    """Pauses that double from the first up to a ceiling."""

    first: timedelta
    ceiling: timedelta

    def after(self, times: int) -> timedelta:
        """Return the pause after so many tries."""
        doublings: int = 2 ** min(times, LONGEST_DOUBLING)
        return min(self.first * doublings, self.ceiling)


@dataclass(frozen=True, kw_only=True, slots=True)
class Watch(Backoff):
    """How PayPal is watched: also how long it keeps an unapproved order, and when a silent worker counts as lost."""

    approval_life: timedelta
    worker_lost_after: timedelta
    registration_looks: int


def pause_before_repeating(own: timedelta | None, *, asked_seconds: int | None) -> timedelta | None:
    """Return how long to wait before an unanswered call is repeated at once, or None when it is not to be.

    ``own`` is our pause, None after the last one; ``asked_seconds`` is the pause we were asked to make, and no shorter.
    """
    if own is None or asked_seconds is None:
        return own
    asked = timedelta(seconds=asked_seconds)
    return max(own, asked) if asked <= LONGEST_IMMEDIATE_PAUSE else None
