"""How many requests of one caller are being answered at the same time."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


class TooManyAtOnce(Exception):
    """The caller has as many requests under way as one may have."""


@dataclass(kw_only=True, slots=True)
class Callers:
    """Counts the requests under way by caller."""

    most: int
    under_way: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def one_more(self, caller: str) -> Iterator[None]:
        """Count a request while it is answered. Raises ``TooManyAtOnce``."""
        if self.under_way[caller] >= self.most:
            raise TooManyAtOnce
        self.under_way[caller] += 1
        try:
            yield
        finally:
            self.under_way[caller] -= 1
            if not self.under_way[caller]:
                del self.under_way[caller]
