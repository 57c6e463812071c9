"""The sizes and prices of operations over HTTP: at each limit they run, one past it they are refused, and say why."""

import asyncio
from typing import Any

import httpx2
import pytest
from graphql import get_introspection_query
from sqlmodel import select

from app.graphql.limits import LIMITS
from models import tables
from tests.acceptance.conftest import Launch
from tests.factories import make_customer
from tests.harness.logs import Log
from tests.harness.product import Client, Product, document
from tests.harness.refusals import unchanged

RESPONSE = {"Accept": "application/graphql-response+json"}


async def customer_of(product: Product, **values: Any) -> Client:
    customer = make_customer(**values)
    await product.save(customer)
    return await product.signed_in(customer, **RESPONSE)


def error_of(response: httpx2.Response) -> dict[str, Any]:
    [error] = response.json()["errors"]
    found: dict[str, Any] = error
    return found


def orders(number: int, words: int) -> str:
    """Return a field whose tokens stand between spaces, with that many words in a list."""
    return f"o{number} : orders ( filter : {{ status : [ {'PAID ' * words} ] }} ) {{ totalCount }}"


async def test_a_document_may_have_two_thousand_tokens_and_not_one_more(product: Product) -> None:
    client = await customer_of(product)
    before = "{ viewer { " + " ".join(orders(number, 80) for number in range(20)) + " "
    short = LIMITS.tokens - len((before + orders(20, 0) + " } }").split())

    fits = await client.post(before + orders(20, short) + " } }")
    async with unchanged(product):
        past = await client.post(before + orders(20, short + 1) + " } }")

    assert (fits.status_code, "errors" in fits.json()) == (200, False), fits.text
    assert (past.status_code, error_of(past)["extensions"]["code"]) == (400, "GRAPHQL_PARSE_FAILED")
    assert "more than 2000 tokens" in error_of(past)["message"]


@pytest.mark.parametrize(
    ("at", "past", "said"),
    [
        (
            "{ viewer { services(first: 1) { nodes { orders(first: 1) { nodes { lines { service { orders(first: 1) "
            "{ pageInfo { hasNextPage } } } } } } } } } }",
            "{ viewer { services(first: 1) { nodes { orders(first: 1) { nodes { lines { service { orders(first: 1) "
            "{ nodes { total { vatRate } } } } } } } } } } }",
            "depth 11, at most 10",
        ),
        (
            "{ " + " ".join(f"a{n}: __typename" for n in range(30)) + " }",
            "{ " + " ".join(f"a{n}: __typename" for n in range(31)) + " }",
            "aliases 31, at most 30",
        ),
        (
            "{ viewer " + "{ id @include(if: true) " + "id @skip(if: false) " * 49 + "} }",
            "{ viewer " + "{ id @include(if: true) " + "id @skip(if: false) " * 50 + "} }",
            "directives 51, at most 50",
        ),
        (
            "{ viewer { orders(filter: {status: [" + "PAID " * 100 + "]}) { totalCount } } }",
            "{ viewer { orders(filter: {status: [" + "PAID " * 101 + "]}) { totalCount } } }",
            "items 101, at most 100",
        ),
        (
            f"{{ node(id: -{'9' * 40}) {{ id }} }}",
            f"{{ node(id: -{'9' * 41}) {{ id }} }}",
            "digits 41, at most 40",
        ),
        (
            "{ viewer { " + "id " * 100 + "} }",
            "{ viewer { " + "id " * 101 + "} }",
            "validation takes more than 10000 comparisons",
        ),
    ],
    ids=["depth", "aliases", "directives", "items", "digits", "comparisons"],
)
async def test_each_size_is_allowed_at_its_limit_and_refused_past_it(
    product: Product, at: str, past: str, said: str
) -> None:
    client = await customer_of(product)

    fits, refused = await client.post(at), await client.post(past)

    assert (fits.status_code, "errors" in fits.json()) == (200, False), fits.text
    assert (refused.status_code, error_of(refused)["message"]) == (400, f"The operation is too large: {said}.")
    assert error_of(refused)["extensions"]["code"] == "OPERATION_TOO_LARGE"


@pytest.mark.parametrize(
    "question",
    [
        "{{ viewer {{ orders(first: {number}) {{ totalCount }} }} }}",
        "query ($n: Int = {number}) {{ viewer {{ orders(first: $n) {{ totalCount }} }} }}",
        "{{ viewer {{ ...F }} }} fragment F on Customer {{ orders(first: {number}) {{ totalCount }} }}",
    ],
    ids=["in the operation", "by default", "in a fragment"],
)
async def test_an_integer_that_python_would_not_read_is_no_defect_of_ours(
    product: Product, log: Log, question: str
) -> None:
    client, before = await customer_of(product), len(log.text)

    async with unchanged(product):
        refused = await client.post(question.format(number="9" * 5_000))

    assert (refused.status_code, error_of(refused)["extensions"]["code"]) == (400, "OPERATION_TOO_LARGE")
    assert error_of(refused)["message"] == "The operation is too large: digits 5000, at most 40."
    assert "field_failed" not in log.text[before:]


async def test_a_list_in_the_variables_may_be_as_long_as_one_in_the_document(product: Product) -> None:
    client = await customer_of(product)
    question = "query ($status: [OrderStatus!]) { viewer { orders(filter: {status: $status}) { totalCount } } }"

    fits = await client.post(question, status=["PAID"] * 100)
    async with unchanged(product):
        past = await client.post(question, status=["PAID"] * 101)
        nested = await client.post(document("start_payment"), input={"order": {"number": [["x"]] * 20_000}})

    assert (fits.status_code, "errors" in fits.json()) == (200, False), fits.text
    assert (past.status_code, error_of(past)["message"]) == (400, "The operation is too large: items 101, at most 100.")
    assert error_of(nested)["message"] == "The operation is too large: items 20000, at most 100."


async def test_anybody_may_ask_about_the_schema_and_nobody_for_all_of_it_many_times_over(product: Product) -> None:
    customer, nobody = await customer_of(product), product.anonymous(**RESPONSE)
    times = "{{ __schema {{ types {{ {} }} }} }}".format
    fields = [f"a{n}: fields {{ type {{ ofType {{ fields {{ name }} }} }} }}" for n in range(8)]

    tools = [await client.post(get_introspection_query()) for client in (customer, nobody)]
    at = [await client.post(times(" ".join(fields[:-1]))) for client in (customer, nobody)]
    past = [await client.post(times(" ".join(fields))) for client in (customer, nobody)]

    assert [(each.status_code, "errors" in each.json()) for each in tools + at] == [(200, False)] * 4
    assert [each.status_code for each in past] == [400, 400]
    assert [error_of(each)["extensions"]["code"] for each in past] == ["OPERATION_TOO_LARGE"] * 2
    assert error_of(past[0])["message"].endswith(", at most 25000.")


async def test_a_request_begins_or_confirms_one_payment_at_most(product: Product) -> None:
    client = await customer_of(product)
    start = 'startPayment(input: {order: {number: "SAL1"}, returnUrl: "https://front.example/"}) { __typename }'

    async with unchanged(product):
        one = await client.post(f"mutation {{ {start} }}")
        two = await client.post(f"mutation {{ {start} other: {start} }}")

    assert one.json()["data"] == {"startPayment": {"__typename": "NotFoundError"}}
    assert error_of(two)["message"] == "The operation is too large: payments 2, at most 1."


async def test_the_cost_is_reported_and_can_be_asked_without_executing(product: Product) -> None:
    client = await customer_of(product)
    question = "viewer { orders(first: 10) { nodes { id } } }"

    answer = await client.post(f"{{ {question} rateLimit {{ limit cost remaining resetAt }} }}")
    priced = await client.post(f"{{ {question} rateLimit(dryRun: true) {{ cost remaining }} }}")

    limit = product.settings.free_text_budget_points
    assert answer.json()["extensions"]["cost"] == {"requested": 13, "remaining": limit - 13}
    assert answer.json()["data"]["rateLimit"] == {
        "limit": limit,
        "cost": 13,
        "remaining": limit - 13,
        "resetAt": "2025-03-08T09:31:00Z",
    }
    assert priced.json()["data"] == {"rateLimit": {"cost": 13, "remaining": limit - 13}, "viewer": None}


async def test_a_budget_is_spent_refused_and_whole_again_after_its_window(launch: Launch) -> None:
    async with launch(free_text_budget_points=30, budget_points=1000) as product:
        client, other = await customer_of(product), await customer_of(product)
        question = "{ viewer { orders(first: 8) { nodes { id } } } }"

        spent = [(await client.post(question)).status_code for _ in range(3)]
        refused = await client.post(question)
        elsewhere = await other.post(question)
        trusted = await client.send("orders_to_pay", first=1)
        product.clock.advance(seconds=59)
        still = await client.post(question)
        product.clock.advance(seconds=1)
        again = await client.post(question)

    assert spent == [200, 200, 200]
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    assert error_of(refused) == {
        "message": "Troppe richieste in poco tempo: riprova tra qualche istante.",
        "extensions": {
            "code": "RATE_LIMITED",
            "retryAfterSeconds": 60,
            "requestId": refused.headers["x-request-id"],
        },
    }
    assert (elsewhere.status_code, "errors" in trusted) == (200, False)
    assert (still.status_code, still.headers["retry-after"], again.status_code) == (429, "1", 200)


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("it", "Troppe richieste contemporanee: attendi la risposta delle precedenti."),
        ("en", "Too many requests at once: wait for the answers to the earlier ones."),
    ],
)
async def test_a_caller_may_have_so_many_requests_under_way_and_no_more(launch: Launch, locale: str, said: str) -> None:
    async with launch(requests_at_once=2, confirm_patience_seconds=3) as product:
        client = await customer_of(product, locale=locale)
        product_busy = asyncio.Event()
        release = asyncio.Event()

        async def hold() -> None:
            async with product.database.write() as session:
                await session.exec(select(tables.Session).with_for_update())  # on SQLite any statement takes the lock
                product_busy.set()
                await release.wait()

        holder = asyncio.create_task(hold())
        await product_busy.wait()
        asked = {asyncio.create_task(client.post("mutation { signOut { ok } }")) for _ in range(3)}
        [answered], waiting = await asyncio.wait(asked, return_when=asyncio.FIRST_COMPLETED)
        release.set()
        await holder
        refused, done = await answered, [await each for each in waiting]

    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    assert (error_of(refused)["extensions"]["code"], error_of(refused)["message"]) == ("TOO_MANY_AT_ONCE", said)
    assert [each.status_code for each in done] == [200, 200]


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("it", "La risposta ha richiesto troppo tempo: riprova."),
        ("en", "The answer took too long: try again."),
    ],
)
async def test_an_answer_that_takes_too_long_is_given_up(launch: Launch, locale: str, said: str) -> None:
    async with launch(request_seconds=0.3) as product:
        client = await customer_of(product, locale=locale)
        async with product.database.write() as session:
            await session.exec(select(tables.Session).with_for_update())  # on SQLite any statement takes the lock
            async with asyncio.timeout(10):  # a third of SQLite's own patience
                given_up = await client.post("mutation { signOut { ok } }")
        await product.until(lambda: signed_out(client))

    assert (given_up.status_code, error_of(given_up)["extensions"]["code"]) == (503, "TIMEOUT")
    assert error_of(given_up)["message"] == said
    assert given_up.headers["retry-after"] == "5"


async def signed_out(client: Client) -> bool:
    answer = (await client.post("mutation { signOut { ok } }")).json()
    return bool(answer.get("data") == {"signOut": {"ok": True}})
