"""What an operation costs: a point for each object it may bring, times the pages it asks for."""

from math import ceil
from typing import Any

import pytest
from graphql import OperationDefinitionNode, get_introspection_query, parse, validate

from app.graphiql import QUERIES
from app.graphql import schema
from app.graphql.costs import Price
from app.graphql.documents import own_documents
from app.graphql.limits import LIMITS, Measure
from app.settings import Settings

TYPES = len(schema._schema.type_map)


def cost_of(text: str, **variables: Any) -> int:
    document = parse(text)
    assert validate(schema._schema, document) == []
    [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    return Price.of(document, schema._schema, variables).operation(operation)


ONE = "{ viewer { orders(first: 1) { nodes { id } } } }"


@pytest.mark.parametrize(
    ("text", "cost"),
    [
        ("{ __typename }", 0),
        ("{ viewer { id username } }", 1),
        (ONE, 1 + 1 + 1),
        ("{ viewer { orders(first: 50) { nodes { id } } } }", 1 + 1 + 50),
        ("{ viewer { orders { nodes { id } } } }", 1 + 1 + 20),
        ("{ viewer { orders(last: 7) { nodes { id } } } }", 1 + 1 + 7),
        ("{ viewer { orders(first: 3) { nodes { total { gross { amount } } } } } }", 1 + 1 + 3 * 3),
        ("{ viewer { orders(first: 3) { totalCount } } }", 1 + 1 + 5),
        ("{ viewer { orders(first: 2) { edges { cursor node { id } } } } }", 1 + 1 + 2 * 2),
        ("{ viewer { orders(first: 2) { nodes { lines { description } } } } }", 1 + 1 + 2 * (1 + 5)),
        ("{ viewer { services(first: 10) { nodes { orders(first: 10) { nodes { id } } } } } }", 2 + 10 * (1 + 1 + 10)),
        ("mutation { signOut { ok } }", 1),
    ],
)
def test_a_query_costs_a_point_for_each_object(text: str, cost: int) -> None:
    assert cost_of(text) == cost


@pytest.mark.parametrize(
    ("first", "nodes"), [(3, 3), (100, 100), (1_000_000, 100), (0, 1), (-5, 1), (None, 20), ("9", 20)]
)
def test_a_page_size_in_a_variable_counts_within_what_is_possible(first: object, nodes: int) -> None:
    text = "query ($first: Int) { viewer { orders(first: $first) { nodes { id } } } }"

    assert cost_of(text, first=first) == 2 + nodes


def introspected(text: str) -> float:
    document = parse(text)
    [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    price = Price.of(document, schema._schema, {})
    price.operation(operation)
    return price.introspected


@pytest.mark.parametrize(
    ("text", "objects"),
    [
        ("{ viewer { id } __typename }", 0),
        ("{ __schema { types { name fields { name type { ofType { name } } } } } }", 1 + TYPES * (1 + 5 * 2.5)),
        ("{ __schema { queryType { name } } a: __schema { types { name } } }", 2 + 1 + TYPES),
        (
            "{ __schema { types { ...T } } } fragment T on __Type { a: fields { name } b: fields { name } }",
            1 + TYPES * 11,
        ),
        ('{ __type(name: "Money") { name fields { name args { name } } __typename } }', 1 + 5 * (1 + 1)),
    ],
)
def test_questions_about_the_schema_are_counted_by_the_objects_they_bring(text: str, objects: float) -> None:
    assert introspected(text) == objects
    assert cost_of(text) == ceil(objects / 10) + ("viewer" in text)


def test_the_question_of_a_tool_is_far_from_its_limit_and_can_be_asked_every_other_second() -> None:
    tool = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )

    assert introspected(tool) * 4 <= LIMITS.introspection
    assert cost_of(tool) * 30 <= Settings.model_fields["free_text_budget_points"].default


def test_a_mutation_costs_what_the_schema_declares() -> None:
    text = """mutation ($input: ConfirmPaymentInput!) {
      confirmPayment(input: $input) { ... on ConfirmPaymentPayload { payment { id order { id } } } ...Refused } }
      fragment Refused on UserError { code message }"""

    assert cost_of(text) == 20 + 2


def test_a_fragment_costs_what_it_brings_where_it_stands() -> None:
    spread = """{ viewer { orders(first: 4) { ...Page } } }
      fragment Page on OrderConnection { nodes { ...One } }
      fragment One on Order { id total { net { amount } } }"""

    assert cost_of(spread) == cost_of("{ viewer { orders(first: 4) { nodes { id total { net { amount } } } } } }") == 14


@pytest.mark.parametrize("text", own_documents(QUERIES).values(), ids=lambda text: text.split()[1][:30])
def test_every_document_of_ours_is_far_from_the_limits(text: str) -> None:
    document = parse(text)
    [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]
    size = Measure.of(document).operation(operation)

    assert Price.of(document, schema._schema, {}).operation(operation) <= 2000
    assert (size.depth <= 9, size.aliases <= 5, size.fields <= 100) == (True, True, True)


def test_root_fields_are_found_once_in_their_order_however_fragments_double() -> None:
    levels = 40
    doubling = " ".join(f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(levels))
    text = "{ first: viewer { id } ...f0 ... on Query { last: viewer { id } } ...Last } "
    text += f"{doubling} fragment f{levels} on Query {{ __typename rateLimit {{ cost }} }} "
    document = parse(text + "fragment Last on Query { viewer { id } }")
    [operation] = [each for each in document.definitions if isinstance(each, OperationDefinitionNode)]

    roots = Price.of(document, schema._schema, {}).root_fields(operation.selection_set)

    assert [(each.alias or each.name).value for each in roots] == ["first", "__typename", "rateLimit", "last", "viewer"]
