"""Whatever belongs to somebody else is answered, byte for byte, as if it did not exist."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
import pytest_asyncio
from graphql import GraphQLInputObjectType, GraphQLObjectType, build_schema, get_named_type

from app.graphql import schema
from models.enums import PaymentStatus
from tests.acceptance.strange_ids import MALFORMED, MUTATIONS, Variables, World
from tests.factories import make_service
from tests.harness.mailbox import Mailbox
from tests.harness.product import document, running_product, told
from tests.harness.refusals import Desk, open_desk, payment_in, unchanged
from tests.harness.simulator import Simulator
from tests.harness.streams import refusal_to_follow

pytestmark = pytest.mark.asyncio(loop_scope="module")
NO_SUCH_NUMBER = "Non hai nessun ordine con questo numero: controlla di averlo scritto bene."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def world(
    tmp_path_factory: pytest.TempPathFactory, template: Path, simulator_process: Simulator
) -> AsyncIterator[World]:
    """One running product for all cases: a refusal changes nothing, so none can disturb another."""
    simulator_process.reset()
    mailbox = Mailbox()
    mailbox.start()
    directory = tmp_path_factory.mktemp("foreign")
    async with running_product(directory, template=template, simulator=simulator_process, mailbox=mailbox) as product:
        own, foreign = await open_desk(product), await open_desk(product)
        payments = [await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION) for desk in (own, foreign)]
        renewing = [make_service(desk.customer, renews_on=desk.account) for desk in (own, foreign)]
        await product.save(*renewing)
        yield World(
            product=product,
            own=own,
            foreign=foreign,
            own_payment=payments[0].id,
            foreign_payment=payments[1].id,
            renewable=renewing[0].id,
            cursors={"own": await cursors_of(own), "foreign": await cursors_of(foreign)},
        )
    mailbox.stop()


ORDERS_OF_SERVICE = "query ($id: ID!) { viewer { orders(filter: {service: $id}) { totalCount nodes { id } } } }"
# The same for questions, with their text; nothing is found.
QUESTIONS: list[tuple[str, str, str, Any]] = [
    *(
        ("Query.node(id)", document("payment"), kind, {"node": None})
        for kind in ("customer", "service", "order", "account", "payment")
    ),
    ("Customer.service(id)", "query ($id: ID!) { viewer { service(id: $id) { id } } }", "service", {"service": None}),
    (
        "Customer.order(number)",
        "query ($id: String!) { viewer { order(number: $id) { id } } }",
        "number",
        {"order": None},
    ),
    ("Customer.orders(filter.service)", ORDERS_OF_SERVICE, "service", {"orders": {"totalCount": 0, "nodes": []}}),
]

FILTERED_TWICE = (
    "query ($id: ID!) { viewer { services { nodes { orders(filter: {service: $id}) { nodes { id } } } } } }"
)
LISTS = {
    "Customer.services": "{ viewer { services%s { edges { cursor node { id } } } } }",
    "Customer.orders": "{ viewer { orders%s { edges { cursor node { id } } } } }",
    "Service.orders": "{ viewer { services { nodes { orders%s { edges { cursor node { id } } } } } } }",
    "Order.payments": "{ viewer { orders { nodes { payments%s { edges { cursor node { id } } } } } } }",
    "PayPalAccount.renews": "{ viewer { payPalAccounts { renews%s { edges { cursor node { id } } } } } }",
}
ONWARDS = {"after": "first: 5, after: $cursor", "before": "last: 5, before: $cursor"}
CURSORS = [*((name, "after") for name in LISTS), ("Customer.services", "before"), ("Customer.orders", "before")]


def onwards(name: str, argument: str) -> str:
    """Return the question that goes on in a list from ``$cursor``."""
    return "query ($cursor: String!) " + LISTS[name] % f"({ONWARDS[argument]})"


async def cursors_of(desk: Desk) -> dict[str, str]:
    """Return a cursor of each list."""
    answers = {name: (await desk.client.post(question % "")).text for name, question in LISTS.items()}
    return {name: answer.partition('"cursor":"')[2].partition('"')[0] for name, answer in answers.items()}


@pytest.mark.parametrize(("where", "name", "kind", "variables"), MUTATIONS, ids=lambda value: value if value else "")
async def test_a_mutation_answers_foreign_and_unknown_ids_alike_and_does_nothing(
    world: World, where: str, name: str, kind: str, variables: Variables
) -> None:
    async with unchanged(world.product):
        answers = [
            await world.own.client.post(document(name), **variables(world, strange)) for strange in world.strange(kind)
        ]

    assert told(answers[0])["data"] == {
        where.partition("(")[0]: {
            "__typename": "NotFoundError",
            "path": where.partition("(")[2].rstrip(")").split("."),
            "code": "NOT_FOUND",
            "message": NO_SUCH_NUMBER if kind == "number" else "Non trovato.",
            "retryable": False,
        }
    }
    assert [told(answer) for answer in answers] == [told(answers[0])] * len(answers)


@pytest.mark.parametrize(("where", "query", "kind", "nothing"), QUESTIONS)
async def test_a_question_finds_nothing_by_foreign_and_unknown_ids(
    world: World, where: str, query: str, kind: str, nothing: dict[str, Any]
) -> None:
    own = set(world.known_to(world.own).values()) if where == "Query.node(id)" else set()

    answers = [await world.own.client.post(query, id=strange) for strange in world.strange(kind) if strange not in own]

    assert told(answers[0]) == {"data": nothing if where.startswith("Query.") else {"viewer": nothing}}
    assert [told(answer) for answer in answers] == [told(answers[0])] * len(answers)


async def test_a_foreign_payment_is_followed_no_more_than_an_unknown_one(world: World) -> None:
    async with unchanged(world.product):
        refusals = [await refusal_to_follow(world.own.client, strange) for strange in world.strange("payment")]

    assert refusals == [{"message": "Non trovato.", "extensions": {"code": "NOT_FOUND"}}] * len(refusals)


async def test_a_service_shows_its_own_orders_whatever_service_the_filter_names(world: World) -> None:
    answers = [await world.own.client.post(FILTERED_TWICE, id=strange) for strange in world.strange("service")]

    assert [[order["id"] for order in each["orders"]["nodes"]] for each in nodes_of(answers[0])] == [
        [world.own.order.id],
        [],
    ]
    assert [told(answer) for answer in answers] == [told(answers[0])] * len(answers)


@pytest.mark.parametrize(("name", "argument"), CURSORS)
async def test_a_cursor_of_another_list_is_refused_like_a_forged_one(world: World, name: str, argument: str) -> None:
    others = [cursor for who in world.cursors.values() for other, cursor in who.items() if other != name]
    own = world.cursors["own"][name]
    forged = [own[:-1], own[:-1] + ("A" if own[-1] != "A" else "B"), own + "A", world.own.order.id, *MALFORMED]

    answers = [await world.own.client.post(onwards(name, argument), cursor=cursor) for cursor in [*others, *forged]]

    [error] = told(answers[0])["errors"]
    assert (error["message"], error["extensions"]) == (
        "The cursor does not belong to this list in this order.",
        {"code": "BAD_USER_INPUT"},
    )
    assert [told(answer) for answer in answers] == [told(answers[0])] * len(answers)


@pytest.mark.parametrize(("name", "argument"), CURSORS)
async def test_a_cursor_of_somebody_else_never_leads_to_their_rows(world: World, name: str, argument: str) -> None:
    cursor = world.cursors["foreign"][name]

    answer = await world.own.client.post(onwards(name, argument), cursor=cursor)

    assert "errors" not in answer.json()
    assert not any(id in answer.text for id in world.known_to(world.foreign).values())


async def test_a_cursor_of_somebody_else_never_leads_to_their_renewals(world: World) -> None:
    question = "query ($cursor: String!) { viewer { upcomingRenewals(first: 5, after: $cursor) { nodes { id } } } }"

    answer = await world.own.client.post(question, cursor=world.cursors["foreign"]["Customer.services"])

    assert answer.status_code == 200
    assert not any(id in answer.text for id in world.known_to(world.foreign).values())


async def test_every_place_of_the_schema_that_takes_an_id_has_its_case() -> None:
    tried = {
        *(f"Mutation.{where}" for where, *_ in MUTATIONS),
        *(where for where, *_ in QUESTIONS),
        *(f"{name}({argument})" for name, argument in CURSORS),
        "Customer.upcomingRenewals(after)",
        "Service.orders(filter.service)",
        "Subscription.paymentChanged(paymentId)",
    }

    assert tried == set(places_of_ids())


def places_of_ids() -> Iterator[str]:
    """Yield every argument of the schema that takes an id, a number or a cursor, inputs unfolded."""
    for type_ in build_schema(schema.as_str()).type_map.values():
        if isinstance(type_, GraphQLObjectType) and not type_.name.startswith("__"):
            for field_name, field in type_.fields.items():
                for name, argument in field.args.items():
                    yield from (f"{type_.name}.{field_name}({path})" for path in unfolded(name, argument.type))


def unfolded(path: str, type_: Any) -> Iterator[str]:
    """Yield the paths of the ids, numbers and cursors in an argument."""
    named = get_named_type(type_)
    if isinstance(named, GraphQLInputObjectType):
        for name, field in named.fields.items():
            yield from unfolded(f"{path}.{name}", field.type)
    elif named.name == "ID" or path.rpartition(".")[2] in {"number", "after", "before"}:
        yield path


def nodes_of(answer: httpx2.Response) -> list[dict[str, Any]]:
    nodes: list[dict[str, Any]] = answer.json()["data"]["viewer"]["services"]["nodes"]
    return nodes
