"""How large one operation may be: measured in one pass that visits each fragment once, whatever spreads it.

Expanding fragments instead would take time exponential in their nesting: a kilobyte of text could stop the server.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from typing import Any

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    GraphQLSchema,
    InlineFragmentNode,
    IntValueNode,
    ListValueNode,
    Node,
    OperationDefinitionNode,
    SelectionSetNode,
    ValidationContext,
    ValidationRule,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged
from graphql.validation.validate import ValidationAbortedError

from app.graphql.requests import MOST_DIGITS, values_in

MONEY_MUTATIONS = frozenset({"startPayment", "confirmPayment", "registerPayPalAccount"})  # they wait for PayPal
INTROSPECTION = frozenset({"__schema", "__type"})

MOST_TOLD = 1_000_000  # fragments can multiply to numbers of a thousand digits
DEEPEST_NESTING = 100  # far below Python's own recursion limit
DEPTH_FOR_TOOLS = 20  # levels below `__schema` that do not count: tools unwrap types nine times, fourteen levels down


@dataclass(frozen=True, kw_only=True, slots=True)
class Limits:
    """The largest operation that is executed."""

    tokens: int = 2000
    depth: int = 10
    aliases: int = 30
    directives: int = 50
    fields: int = 10_000  # its fragments expanded, as all the others
    introspection: int = 25_000  # objects, more than four times what a tool asks for
    payments: int = 1  # mutations that begin or confirm a payment
    items: int = 100  # of one list, in the document or in its variables
    digits: int = MOST_DIGITS  # of one integer
    comparisons: int = 10_000  # of fields that merge, one twice: a hundred of one name are compared each with each


LIMITS = Limits()
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = LIMITS.comparisons  # where graphql-core wants it set


@dataclass(slots=True)
class Size:
    """How large a selection is, its fragments expanded."""

    depth: int = 0
    fields: int = 0
    aliases: int = 0
    directives: int = 0
    payments: int = 0

    def add(self, other: "Size", *, deeper: int = 0) -> None:
        """Take in a part that stands ``deeper`` levels below."""
        self.depth = max(self.depth, other.depth + deeper)
        self.fields += other.fields
        self.aliases += other.aliases
        self.directives += other.directives
        self.payments += other.payments


@dataclass(slots=True)
class Measure:
    """Measures the operations of one document."""

    fragments: Mapping[str, FragmentDefinitionNode]
    known: dict[str, Size] = field(default_factory=dict)
    nesting: int = 0  # of selections and fragments, while one stands inside the other

    @classmethod
    def of(cls, document: DocumentNode) -> "Measure":
        fragments = {each.name.value: each for each in document.definitions if isinstance(each, FragmentDefinitionNode)}
        return cls(fragments=fragments)

    def operation(self, node: OperationDefinitionNode) -> Size:
        """Return the size of an operation."""
        size = self.selections(node.selection_set)
        size.directives += len(node.directives or ())
        return size

    def selections(self, node: SelectionSetNode) -> Size:
        """Return the size of a selection; one nested absurdly is not followed to its end, only found too deep."""
        if self.nesting > DEEPEST_NESTING:
            return Size(depth=DEEPEST_NESTING)
        self.nesting += 1
        size = self.sum(node)
        self.nesting -= 1
        return size

    def sum(self, node: SelectionSetNode) -> Size:
        size = Size()
        for selection in node.selections:
            size.directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                size.fields += 1
                size.aliases += selection.alias is not None
                size.payments += selection.name.value in MONEY_MUTATIONS
                below = Size()
                if selection.selection_set:
                    below = self.selections(selection.selection_set)
                if selection.name.value in INTROSPECTION:
                    below = replace(below, depth=max(0, below.depth - DEPTH_FOR_TOOLS))
                size.add(below, deeper=1)
            elif isinstance(selection, FragmentSpreadNode):
                size.add(self.fragment(selection.name.value))
            elif isinstance(selection, InlineFragmentNode):
                size.add(self.selections(selection.selection_set))
        return size

    def fragment(self, name: str) -> Size:
        """Return the size of a fragment, measured the first time; a cycle counts nothing, another rule refuses it."""
        if name not in self.known:
            self.known[name] = Size()
            definition = self.fragments.get(name)
            if definition is not None:
                self.known[name] = self.selections(definition.selection_set)
        return self.known[name]


class WithinLimits(ValidationRule):
    """Refuses an operation that is too large, saying by how much."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.measure = Measure.of(context.document)

    def enter_operation_definition(self, node: OperationDefinitionNode, *_: object) -> None:
        for problem in excesses(self.measure.operation(node), LIMITS):
            self.report_error(too_large(problem, node))

    def enter_list_value(self, node: ListValueNode, *_: object) -> None:
        for problem in exceeding("items", len(node.values), LIMITS.items):
            self.report_error(too_large(problem, node))

    def enter_int_value(self, node: IntValueNode, *_: object) -> None:
        for problem in exceeding("digits", len(node.value.lstrip("-")), LIMITS.digits):
            self.report_error(too_large(problem, node))


def refusal_of_document(document: DocumentNode, schema: GraphQLSchema) -> GraphQLError | None:
    """Return why this document is not even validated: it is too large."""
    return next(iter(validate(schema, document, [WithinLimits])), None)


def refusal_of_introspection(objects: float) -> GraphQLError | None:
    """Return why so many objects that describe the schema are not brought."""
    problems = exceeding("introspection", ceil(objects), LIMITS.introspection)
    return next((too_large(problem) for problem in problems), None)


def explained(error: GraphQLError) -> GraphQLError:
    """Say of a validation that was given up what that means; leave any other error as it is."""
    if isinstance(error, ValidationAbortedError):
        return too_large(f"The operation is too large: validation takes more than {LIMITS.comparisons} comparisons.")
    return error


def refusal_of_variables(variables: Mapping[str, Any] | None) -> GraphQLError | None:
    """Return why these variables are not taken: they hold a list that is too long."""
    longest = max((len(value) for value in values_in(variables) if isinstance(value, list)), default=0)
    return next((too_large(problem) for problem in exceeding("items", longest, LIMITS.items)), None)


def excesses(size: Size, limits: Limits) -> Iterator[str]:
    """Yield a sentence for every limit that the operation exceeds."""
    for name in ("depth", "aliases", "directives", "fields", "payments"):
        yield from exceeding(name, getattr(size, name), getattr(limits, name))


def exceeding(name: str, found: int, most: int) -> Iterator[str]:
    if found > most:
        yield f"The operation is too large: {name} {min(found, MOST_TOLD)}, at most {most}."


def too_large(problem: str, node: Node | None = None) -> GraphQLError:
    return GraphQLError(problem, node, extensions={"code": "OPERATION_TOO_LARGE"})
