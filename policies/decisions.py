"""What a policy answers: allowed, or every reason why not and whether the customer can lift it."""

from dataclasses import dataclass
from typing import Generic, TypeVar

Code = TypeVar("Code")


@dataclass(frozen=True, kw_only=True, slots=True)
class Block(Generic[Code]):
    """One reason for a refusal; ``resolvable`` when something the customer does can lift it."""

    code: Code
    resolvable: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision(Generic[Code]):
    """All reasons against, in the order of their weight; none means allowed."""

    blocks: tuple[Block[Code], ...] = ()

    @property
    def allowed(self) -> bool:
        return not self.blocks
