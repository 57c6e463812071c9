"""`@cost`: the weight of a field that costs more than the object it brings."""

from typing import Any

import strawberry
from graphql import GraphQLField
from strawberry.schema_directive import Location


@strawberry.schema_directive(
    locations=[Location.FIELD_DEFINITION],
    description="Static weight of a field; the same figures feed `rateLimit` and `extensions.cost`.",
)
class Cost:
    weight: int = strawberry.directive_field(name="weight")


def declared_weight(field: GraphQLField) -> int | None:
    """Return the weight that the schema declares for a field, if it does."""
    definition: Any = (field.extensions or {}).get("strawberry-definition")
    directives = definition.directives if definition is not None else ()
    return next((each.weight for each in directives if isinstance(each, Cost)), None)
