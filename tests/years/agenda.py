"""What people mean to do, in the order of its time."""

import heapq
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random

from policies.renewal_calendar import ROME

Act = Callable[[], Awaitable[None]]
FIRST_HOUR, LAST_HOUR = 8, 17  # the hours in which customers act; what follows from it has its end on the same day


@dataclass(order=True)
class Entry:
    """An act and its time; the key tells entries of the same minute apart, and is the same in every run."""

    at: datetime
    key: str
    act: Act = field(compare=False)


@dataclass
class Agenda:
    """All that is planned."""

    entries: list[Entry] = field(default_factory=list)

    def plan(self, at: datetime, key: str, act: Act) -> None:
        heapq.heappush(self.entries, Entry(at, key, act))

    def before(self, instant: datetime) -> Entry | None:
        """Take the next entry, if it comes before that instant."""
        return heapq.heappop(self.entries) if self.entries and self.entries[0].at < instant else None


def hour_of(day: date, hour: int, minute: int = 0) -> datetime:
    """Return that hour of the day in Rome."""
    return datetime.combine(day, time(hour, minute), tzinfo=ROME)


def some_time(dice: Random, day: date) -> datetime:
    """Return a minute of the day at which a customer may act."""
    return hour_of(day, dice.randint(FIRST_HOUR, LAST_HOUR - 1), dice.randint(0, 59))


def days_on(day: date, days: int) -> date:
    return day + timedelta(days=days)
