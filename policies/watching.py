"""How patiently something is asked for that we do not have yet."""

from dataclasses import dataclass
from datetime import timedelta

LONGEST_DOUBLING = 16  # keeps the power of two small; the ceiling has long been reached


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
