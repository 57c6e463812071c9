"""What the simulation knows by itself: who turned which flag, who withdrew at PayPal. No table of ours is asked."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

NEW = "new"  # the account that a payment registers


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """The flag of a service, turned by its customer; with a payment, it counts from that payment's success on."""

    service_id: str
    enabled: bool
    account_id: str | None
    at: datetime
    payment_id: str | None = None
    maximum: int | None = None  # cents; None: as it was, or none at first


@dataclass(kw_only=True)
class Diary:
    """The log of one run."""

    turns: list[Turn] = field(default_factory=list)
    withdrawn: dict[str, datetime] = field(default_factory=dict)  # the accounts' tokens whose payers revoked them
    answers: Counter[str] = field(default_factory=Counter)  # what the customers were answered

    def turns_of(self, service_id: str) -> list[Turn]:
        return [turn for turn in self.turns if turn.service_id == service_id]
