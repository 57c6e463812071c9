"""Objects with a global id. Links forward are imported; the link that would close a cycle of modules is lazy."""

from typing import TypeVar

import strawberry

Value = TypeVar("Value")


@strawberry.interface(description="Anything with a global id, which `node(id:)` finds again.")
class Node:
    id: strawberry.ID = strawberry.field(description="Opaque, prefixed, time-sortable: ord_01J8ZQ4W5N7V3K2M9T6B1C0D4E.")


def guaranteed(value: Value | None) -> Value:
    """Return a value that the state of its row guarantees. Raises ``ValueError`` when our own data are broken."""
    if value is None:
        raise ValueError("a value that the state of the row guarantees is missing")
    return value
