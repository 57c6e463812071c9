"""When the process dies: never, or at hours and in steps drawn by lot."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from models.enums import Job

LATEST = 21  # no long outage begins later: what a day owes has to be done on that day, to be comparable
BEARABLE = timedelta(minutes=100)  # all outages of a day together: PayPal keeps for three hours what waits for a payer


@dataclass(kw_only=True)
class Fate:
    """Draws the deaths: ``step`` is their chance in each step but the round's, of which most find nothing to do."""

    dice: Random
    step: float = 0.0
    round: float = 0.0
    night: float = 0.0  # while nothing happens
    deaths: Counter[str] = field(default_factory=Counter)  # by the job that was interrupted
    spent: dict[str, timedelta] = field(default_factory=dict)  # the outages of the present day

    def strikes(self, where: str) -> bool:
        """Tell whether the process dies here."""
        chance = self.round if where == Job.RUN_CALENDAR else self.step
        if not chance or self.dice.random() >= chance:
            return False
        self.deaths[str(where)] += 1
        return True

    def strikes_at_night(self) -> int | None:
        """Return the minute of the day, noon at the latest, at which a process is back that died in the night."""
        if not self.night or self.dice.random() >= self.night:
            return None
        self.deaths["at night"] += 1
        return self.dice.randint(1, 12 * 60)

    def downtime(self, now: datetime) -> timedelta:
        """Return how long the process stays away, the whole day's outages kept within bounds; ``now`` in Rome."""
        day = now.date().isoformat()
        spent = self.spent.get(day, timedelta())
        left = max(BEARABLE - spent, timedelta())
        longest = min(left, timedelta(minutes=90)) if now.hour < LATEST else timedelta()
        away = timedelta(seconds=self.dice.randint(1, 30)) + longest * self.dice.random()
        self.spent = {day: spent + away}
        return away
