"""The table of who may see what: complete for the schema, and true for a customer who follows every link."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from graphql import (
    FieldNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLUnionType,
    OperationDefinitionNode,
    get_named_type,
    is_leaf_type,
    is_required_argument,
    parse,
)

from app.graphiql import QUERIES
from app.graphql import schema
from models.enums import PaymentStatus
from policies.authorization import LINKS, OWNED, PAGES, ROOT_FIELDS, TYPES, Access
from tests.harness.product import Product, told
from tests.harness.refusals import open_desk, payment_in, unchanged

ROOTS = {
    "Query": schema._schema.query_type,
    "Mutation": schema._schema.mutation_type,
    "Subscription": schema._schema.subscription_type,
}
DEEPEST = 7
ON_THE_WAY = {"lines", "autoRenewal", "renewalChoices", "nextAction"}  # values that lead to objects


def object_types() -> Mapping[str, GraphQLObjectType | GraphQLInterfaceType]:
    return {
        name: kind
        for name, kind in schema._schema.type_map.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and name[:2] != "__" and name not in ROOTS
    }


def test_every_root_field_has_a_decision() -> None:
    fields = {f"{root}.{name}" for root, kind in ROOTS.items() if kind for name in kind.fields}

    assert set(ROOT_FIELDS) == fields


def test_every_type_has_a_decision() -> None:
    assert set(TYPES) == set(object_types())


def test_every_field_that_leads_to_an_object_with_an_owner_has_a_decision() -> None:
    owned = {*OWNED, *PAGES}
    links = {
        name: tuple(sorted(field for field, found in kind.fields.items() if get_named_type(found.type).name in owned))
        for name, kind in object_types().items()
    }

    assert dict(LINKS) == {name: fields for name, fields in links.items() if fields}


def test_every_object_that_can_be_asked_for_by_its_id_has_an_owner() -> None:
    node = schema._schema.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)

    assert {each.name for each in schema._schema.get_possible_types(node)} == set(OWNED)


def everything(kind: GraphQLNamedType, *, levels: int) -> Iterator[str]:
    """Yield the selection of all fields of a type that need no argument, so many levels deep."""
    if isinstance(kind, GraphQLUnionType):
        for member in kind.types:
            yield f"... on {member.name} {{ __typename {' '.join(everything(member, levels=levels))} }}"
        return
    assert isinstance(kind, GraphQLObjectType | GraphQLInterfaceType)
    for name, field in kind.fields.items():
        below = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_leaf_type(below):
            if name == "id" or below.name == "String":
                yield name
        elif levels > 1 and (below.name in {*OWNED, *PAGES} or name in ON_THE_WAY):
            page = "(first: 3)" if "first" in field.args else ""
            inside = " ".join(everything(below, levels=levels - 1))
            if inside:
                yield f"{name}{page} {{ {inside} }}"


@pytest.mark.parametrize("levels", range(3, DEEPEST))
async def test_whoever_follows_every_link_sees_nothing_of_anybody_else(product: Product, levels: int) -> None:
    own, foreign = await open_desk(product), await open_desk(product)
    for desk in (own, foreign):
        await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION)
    customer = schema._schema.type_map["Customer"]
    question = f"{{ viewer {{ {' '.join(everything(customer, levels=levels))} }} }}"

    mine = (await own.client.post(question)).text
    theirs = (await foreign.client.post(question)).text

    assert '"errors"' not in mine + theirs
    secrets = {foreign.customer.id, foreign.order.id, foreign.order.number, foreign.account.id}
    assert {secret for secret in secrets if secret in theirs} == secrets  # the question does reach them
    assert {secret for secret in secrets if secret in mine} == set()


def documents_of(root: str, name: str) -> list[tuple[str, Mapping[str, Any]]]:
    """Return the documents of `queries/` that ask a root field, with variables that fit them."""
    variables = json.loads((QUERIES / "variables.json").read_text(encoding="utf-8"))
    found = []
    for path in sorted(QUERIES.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        [operation] = parse(text).definitions
        assert isinstance(operation, OperationDefinitionNode)
        asked = [each.name.value for each in operation.selection_set.selections if isinstance(each, FieldNode)]
        if operation.operation.value == root.lower() and name in asked:
            found.append((text, variables[path.stem]))
    return found


@pytest.mark.parametrize("field", [field for field, access in ROOT_FIELDS.items() if access is Access.CUSTOMER])
async def test_what_needs_a_customer_is_refused_to_everybody_else(product: Product, field: str) -> None:
    root, _, name = field.partition(".")
    await open_desk(product)
    accept = {"Accept": "text/event-stream"} if root == "Subscription" else {}
    nobody, documents = product.anonymous(**accept), documents_of(root, name)

    async with unchanged(product):
        answers = [await nobody.post(text, **variables) for text, variables in documents]

    assert answers
    assert ["UNAUTHENTICATED" in answer.text for answer in answers] == [True] * len(documents)
    assert [f'"{name}":{{' in answer.text.replace(" ", "") for answer in answers] == [False] * len(documents)


async def test_what_is_for_anybody_answers_without_a_session(product: Product) -> None:
    nobody = product.anonymous()

    assert await nobody.send("services") == {"data": {"viewer": None}}
    assert await nobody.send("sign_out") == {"data": {"signOut": {"ok": True}}}
    signed_in = await nobody.send("sign_in", username="nobody", password="nothing")
    assert signed_in["data"]["signIn"]["__typename"] == "InvalidCredentialsError"
    assert told(await nobody.http.get("/graphql", params={"query": "{ __typename }"})) == {
        "data": {"__typename": "Query"}
    }
