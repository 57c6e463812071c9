"""Whatever belongs to somebody else is answered, byte for byte, as if it did not exist."""

from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import httpx2
import pytest
import pytest_asyncio
from graphql import GraphQLInputObjectType, GraphQLObjectType, build_schema, get_named_type

from app.graphql import schema
from models.enums import PaymentStatus
from tests.factories import make_service, new_id
from tests.harness.journeys import RETURN_URL, euros
from tests.harness.mailbox import Mailbox
from tests.harness.product import Product, document, running_product, told
from tests.harness.refusals import Desk, open_desk, payment_in, unchanged
from tests.harness.simulator import Simulator
from tests.harness.streams import refusal_to_follow

pytestmark = pytest.mark.asyncio(loop_scope="module")
NO_SUCH_NUMBER = "Non hai nessun ordine con questo numero: controlla di averlo scritto bene."
MALFORMED = ("", " ", "ord_", "pay_€", "'; DROP TABLE orders; --", "%", "\x00", "a" * 5000)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Two customers with the same kinds of things; the first is asking."""

    product: Product
    own: Desk
    foreign: Desk
    own_payment: str
    foreign_payment: str
    renewable: str  # a service of the first that could be switched on now
    cursors: dict[str, dict[str, str]]  # of both, a cursor of each list

    def known_to(self, desk: Desk) -> dict[str, str]:
        """Return the ids and the number of everything on a desk, by kind."""
        return {
            "customer": desk.customer.id,
            "service": desk.service.id,
            "order": desk.order.id,
            "number": desk.order.number,
            "account": desk.account.id,
            "payment": self.own_payment if desk is self.own else self.foreign_payment,
        }

    def strange(self, kind: str) -> list[str]:
        """Return the foreign id of that kind first, then unknown ones, malformed ones and ids of another kind."""
        unknown = "SAL9999999" if kind == "number" else new_id(self.known_to(self.own)[kind].partition("_")[0])
        of_another_kind = [id for other, id in self.known_to(self.own).items() if other != kind]
        return [self.known_to(self.foreign)[kind], unknown, *MALFORMED, *of_another_kind]


Variables: TypeAlias = Callable[[World, str], dict[str, Any]]


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


def started(**order: str) -> dict[str, Any]:
    return {"input": {"order": order, "returnUrl": RETURN_URL}}


def switched(service_id: str, **more: Any) -> dict[str, Any]:
    return {"serviceId": service_id, "enabled": True, **more}


def confirmed(payment_id: str) -> dict[str, Any]:
    return {"input": {"paymentId": payment_id, "expectedAmount": euros(3660), "idempotencyKey": "key"}}


# Where an id stands in a mutation, the document that sends it, what kind it is of, and how to send another one there.
MUTATIONS: list[tuple[str, str, str, Variables]] = [
    ("startPayment(input.order.id)", "start_payment", "order", lambda _, id: started(id=id)),
    ("startPayment(input.order.number)", "start_payment", "number", lambda _, number: started(number=number)),
    (
        "selectAccount(input.paymentId)",
        "select_registered_account",
        "payment",
        lambda world, id: {"paymentId": id, "accountId": world.own.account.id},
    ),
    ("selectAccount(input.paymentId)", "select_new_account", "payment", lambda _, id: {"paymentId": id}),
    (
        "selectAccount(input.account.registered)",
        "select_registered_account",
        "account",
        lambda world, id: {"paymentId": world.own_payment, "accountId": id},
    ),
    (
        "setAutoRenewal(input.serviceId)",
        "set_auto_renewal",
        "service",
        lambda world, id: switched(id, accountId=world.own.account.id),
    ),
    ("setAutoRenewal(input.serviceId)", "set_auto_renewal", "service", lambda _, id: switched(id, enabled=False)),
    (
        "setAutoRenewal(input.serviceId)",
        "set_auto_renewal",
        "service",
        lambda world, id: switched(id, paymentId=world.own_payment),
    ),
    (
        "setAutoRenewal(input.accountId)",
        "set_auto_renewal",
        "account",
        lambda world, id: switched(world.renewable, accountId=id),
    ),
    (
        "setAutoRenewal(input.paymentId)",
        "set_auto_renewal",
        "payment",
        lambda world, id: switched(world.own.service.id, paymentId=id),
    ),
    ("confirmPayment(input.paymentId)", "confirm_payment", "payment", lambda _, id: confirmed(id)),
    ("cancelPayment(paymentId)", "cancel_payment", "payment", lambda _, id: {"paymentId": id}),
    ("cancelOrder(orderId)", "cancel_order", "order", lambda _, id: {"orderId": id}),
]
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
