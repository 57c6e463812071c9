"""The caller's budget."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

import strawberry


@dataclass(frozen=True, kw_only=True, slots=True)
class Quote:
    """What one operation costs, in points, and what its caller has left."""

    limit: int
    cost: int
    remaining: int
    resets_at: datetime
    accepted: bool


@strawberry.type(description="Budget of the caller, in points: roughly one for each object that an answer may hold.")
class RateLimit:
    limit: int = strawberry.field(description="Points in a window.")
    cost: int = strawberry.field(description="What this operation costs; with `dryRun`, what it would cost.")
    remaining: int = strawberry.field(description="Points left in this window, after this operation.")
    reset_at: datetime = strawberry.field(description="When the budget is whole again.")

    @classmethod
    def of(cls, quote: Quote) -> Self:
        return cls(limit=quote.limit, cost=quote.cost, remaining=quote.remaining, reset_at=quote.resets_at)
