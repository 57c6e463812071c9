"""When mail does not arrive: mailboxes that are full for a while, and a mail server that is down for a day or two."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import cache
from random import Random

from gateways.mail.errors import MailError, MailRefused, MailUnavailable
from policies.renewal_calendar import rome_day

Dice = Callable[..., Random]
SERVER = "the mail server"


class Postal:
    """The troubles of ten years, drawn from dice of their own for each address."""

    def __init__(self, dice: Dice, *, first_day: date, days: int) -> None:
        self.dice = dice
        self.first_day = first_day
        self.days = days
        self.closed = cache(self.draw)

    def draw(self, whose: str) -> tuple[date, date] | None:
        """Return the first and the last day on which nothing arrives there, if there are any."""
        dice = self.dice("postal", whose)
        if whose != SERVER and dice.random() > 0.4:
            return None
        begins = self.first_day + timedelta(days=dice.randint(0, self.days))
        return begins, begins + timedelta(days=1 if whose == SERVER else dice.randint(10, 300))

    def is_full(self, address: str, day: date) -> bool:
        """Tell whether the mailbox refuses what comes on that day."""
        days = self.closed(address)
        return days is not None and days[0] <= day <= days[1]

    def trouble(self, address: str, at: datetime) -> type[MailError] | None:
        """Return what is wrong at the moment."""
        if self.is_full(SERVER, rome_day(at)):
            return MailUnavailable
        return MailRefused if self.is_full(address, rome_day(at)) else None
