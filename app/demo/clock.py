"""The demo's clock: it can be moved forwards, and every process of the demo reads it from the same file.

Nothing outside `app.demo` may import this: in production the clock is `app.clock.utc_now`, and cannot be moved.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from app.clock import utc_now

CLOCK_FILE = "clock"  # in the directory of the demo, where its processes run


class MovableClock:
    """Tells the time of the demo: the real one, and how far it was moved."""

    def __init__(self, file: Path, *, real: Callable[[], datetime] = utc_now) -> None:
        self.file = file
        self.real = real

    def __call__(self) -> datetime:
        return self.real() + self.moved

    @property
    def moved(self) -> timedelta:
        """How far the clock is ahead of the real one."""
        try:
            return timedelta(seconds=float(self.file.read_text(encoding="ascii")))
        except FileNotFoundError:
            return timedelta(0)

    def move(self, by: timedelta) -> None:
        """Move the clock forwards, for all processes at once and for good. Raises ``ValueError`` for going back."""
        if by < timedelta(0):
            raise ValueError("time does not go back")
        written = self.file.with_suffix(".new")
        written.write_text(str((self.moved + by).total_seconds()), encoding="ascii")
        written.replace(self.file)
