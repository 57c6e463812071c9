"""Where a life is to end, and how a test enumerates all such places without knowing them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from tests.crash.points import Grain, Point, root


@dataclass(frozen=True, kw_only=True)
class Aim:
    """Kill the process at the first point that is the next one of its stream.

    Enumerating: a life ends at its first aim; the next one is aimed `step` points further along that stream. The life
    that ends by itself has passed no point any more: then all streams are exhausted, whatever they are.
    """

    first: int = 1
    step: int = 1
    next_of: Mapping[str, int] = field(default_factory=dict)
    spared: tuple[str, ...] = ()  # streams that another test enumerates
    grain: Grain = Grain.AWAIT

    def hits(self, stream: str, number: int) -> bool:
        """Tell whether the process dies here."""
        return number == self.next_of.get(stream, self.first) and root(stream) not in self.spared

    def beyond(self, point: Point) -> "Aim":
        """Return the aim of the next life."""
        return replace(self, next_of={**self.next_of, point.stream: point.number + self.step})

    def to_json(self) -> dict[str, Any]:
        return {
            "first": self.first,
            "step": self.step,
            "next_of": dict(self.next_of),
            "spared": list(self.spared),
            "grain": self.grain.value,
        }

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "Aim":
        return cls(**{**given, "spared": tuple(given["spared"]), "grain": Grain(given["grain"])})
