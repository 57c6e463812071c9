"""What an operation costs: a point for each object it may bring, more where the schema says `@cost`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLField,
    GraphQLNamedType,
    GraphQLSchema,
    InlineFragmentNode,
    OperationDefinitionNode,
    SchemaMetaFieldDef,
    SelectionSetNode,
    TypeMetaFieldDef,
    TypeNameMetaFieldDef,
    get_named_type,
    get_nullable_type,
    is_composite_type,
    is_introspection_type,
    is_list_type,
    value_from_ast_untyped,
)

from schema.cost import declared_weight
from schema.pagination import DEFAULT_SIZE, LARGEST_SIZE

PLAIN_LIST = 5  # how many items a list without pages is taken to have
INTROSPECTED_PER_POINT = 10  # no database is asked for them
# How many objects a field of the introspection brings, one where nothing is said: somewhat more than with our types on
# the average, for one that is asked for by its name may have more. `types` brings all there are.
INTROSPECTED: Mapping[str, float] = {"directives": 8, "fields": 5, "ofType": 0.5}
META_FIELDS: Mapping[str, GraphQLField] = {
    "__schema": SchemaMetaFieldDef,
    "__type": TypeMetaFieldDef,
    "__typename": TypeNameMetaFieldDef,
}


@dataclass(slots=True, kw_only=True)
class Price:
    """Prices the operations of one document, each fragment once for each size of page it stands in."""

    schema: GraphQLSchema
    fragments: Mapping[str, FragmentDefinitionNode]
    variables: Mapping[str, Any]
    known: dict[tuple[str, int], float] = field(default_factory=dict)
    introspected: float = 0  # objects that the questions about the schema bring

    @classmethod
    def of(cls, document: DocumentNode, schema: GraphQLSchema, variables: Mapping[str, Any] | None) -> "Price":
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        return cls(schema=schema, fragments=fragments, variables=variables or {})

    def operation(self, node: OperationDefinitionNode) -> int:
        """Return what an operation costs; one that has been validated."""
        root = self.schema.get_root_type(node.operation)
        return ceil(self.selections(node.selection_set, root)) if root else 0

    def selections(self, node: SelectionSetNode, parent: GraphQLNamedType, page: int = 1) -> float:
        cost: float = 0
        for selection in node.selections:
            if isinstance(selection, FieldNode):
                cost += self.field(selection, parent, page)
            elif isinstance(selection, FragmentSpreadNode):
                cost += self.fragment(selection.name.value, page)
            elif isinstance(selection, InlineFragmentNode):
                named = selection.type_condition
                inside = self.schema.type_map[named.name.value] if named else parent
                cost += self.selections(selection.selection_set, inside, page)
        return cost

    def fragment(self, name: str, page: int) -> float:
        if (name, page) not in self.known:
            definition = self.fragments[name]
            inside = self.schema.type_map[definition.type_condition.name.value]
            self.known[name, page] = self.selections(definition.selection_set, inside, page)
        return self.known[name, page]

    def field(self, node: FieldNode, parent: GraphQLNamedType, page: int) -> float:
        """Price a field with what stands below it; ``page`` is the size of the connection it belongs to."""
        name = node.name.value
        definition = META_FIELDS.get(name) or parent.fields[name]  # type: ignore[attr-defined]  # validated: it is there
        weight = declared_weight(definition)
        target = get_named_type(definition.type)
        if not is_composite_type(target) or node.selection_set is None:
            return weight or 0
        own = 1 if weight is None else weight
        if "first" in definition.args:
            return own + self.selections(node.selection_set, target, self.page_size(node))
        cost = self.items(name, definition, parent, page) * (own + self.selections(node.selection_set, target))
        if name in META_FIELDS:
            self.introspected += cost
            cost /= INTROSPECTED_PER_POINT
        return cost

    def items(self, name: str, definition: GraphQLField, parent: GraphQLNamedType, page: int) -> float:
        """Return how many objects a field is taken to bring for each of its parent."""
        if is_introspection_type(parent):
            return len(self.schema.type_map) if name == "types" else INTROSPECTED.get(name, 1)
        if not is_list_type(get_nullable_type(definition.type)):
            return 1
        return page if parent.name.endswith("Connection") else PLAIN_LIST

    def root_fields(self, node: SelectionSetNode) -> list[FieldNode]:
        """Return the fields of a selection and of its fragments, each fragment once however often it is spread."""
        found: list[FieldNode] = []
        waiting, seen = list(reversed(node.selections)), set[str]()
        while waiting:
            selection = waiting.pop()
            if isinstance(selection, FieldNode):
                found.append(selection)
            elif isinstance(selection, InlineFragmentNode):
                waiting.extend(reversed(selection.selection_set.selections))
            elif isinstance(selection, FragmentSpreadNode) and selection.name.value not in seen:
                seen.add(selection.name.value)
                waiting.extend(reversed(self.fragments[selection.name.value].selection_set.selections))
        return found

    def argument(self, node: FieldNode, name: str) -> object:
        """Return the value of an argument, None when it is not given."""
        for argument in node.arguments or ():
            if argument.name.value == name:
                return value_from_ast_untyped(argument.value, dict(self.variables))
        return None

    def page_size(self, node: FieldNode) -> int:
        """Return how many items a connection was asked for; what cannot be known is taken to be the most."""
        asked = [self.argument(node, name) for name in ("first", "last")]
        sizes = [size for size in asked if isinstance(size, int)]
        return min(max(1, *sizes), LARGEST_SIZE) if sizes else DEFAULT_SIZE
