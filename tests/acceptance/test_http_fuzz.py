"""Whatever is thrown at `/graphql`: no answer is a 5xx, none is missing, nothing changes, and memory comes back."""

import gc
import json
import os
import random
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import httpx2
import pytest
from graphql import OperationDefinitionNode, parse

from app.graphiql import QUERIES
from tests.harness.product import Client, Product
from tests.harness.refusals import Desk, open_desk

SEED = int(os.environ.get("SALDO_TEST_SEED", "20261125"))
ROUNDS = int(os.environ.get("SALDO_FUZZ_ROUNDS", "1"))
MOST_KEPT = 2_000_000  # bytes a round may leave behind, grown texts included; a kilobyte from each request is more
LEAKS = ("traceback", "sqlalchemy", ".py", "sqlite", "select ")
DEEP: Any = []
for _ in range(150):
    DEEP = [DEEP]
ODD_VALUES: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1.5, -0.0, 2**31, -(2**63), 10**39, 1e308, 5e-324),
    *(
        "",
        " ",
        "a" * 5_000,
        "\0",
        "\u202e",
        "\ufffd",
        "é" * 300,
        "'; DROP TABLE orders; --",
        "${7*7}",
        "../../etc/passwd",
    ),
    *("pay_01JNTHE3E25WHQ5BPWDTGAT7QV", "-1", "NaN", "1e999", "2025-02-30", "9999-12-31", "0000-00-00", "١٢٣"),
    *([], [None], [[]], {}, {"": None}, {"__proto__": {}}, {"id": {"id": 1}}, DEEP, ["x"] * 2_000),
)
ODD_HEADERS: tuple[dict[str, str], ...] = (
    {"Accept": "*/*;q=x, ;;, application/json;q=-1"},
    {"Accept": "application/json" + ", application/json" * 500},
    {"Accept-Language": "en;q=9" * 200},
    {"Accept-Language": "\u00ff, -, ;q="},
    {"Content-Type": "application/json; charset"},
    {"Content-Type": "application/json;;;"},
    {"Content-Type": "multipart/form-data"},
    {"Content-Encoding": "gzip"},
    {"Cookie": "saldo_session=" + "x" * 4_000},
    {"Cookie": "=; ;;saldo_session; saldo_session=\u00e9"},
    {"Authorization": "Bearer"},
    {"Authorization": "Basic Og=="},
    {"Authorization": "Bearer " + "a." * 3_000},
    {"X-Forwarded-For": "' OR 1=1"},
    {"X-Request-Id": "chosen by the client"},
    {"Origin": "null"},
    {"Transfer-Encoding": "identity"},
    {"Accept": "a," * 20_000},
    {"Accept-Language": "en," * 10_000},
    {"Cookie": "saldo_session=" + "x" * 40_000},
    {"Authorization": "Bearer " + "a." * 20_000},
    {f"X-{number}": "a" for number in range(2_000)},
)
ODD_LITERALS = (
    *("9" * 5_000, "-" + "9" * 41, "-0", "1e999", "1.5e-999", "true", "null", "NONSENSE", "$nowhere", "[]", "[[[]]]"),
    *('""', '"\\u0000"', '"\\u202e"', '"""x"""', '"' + "a" * 5_000 + '"', "{}", "{a: 1}", "{id: 1, number: 2}"),
)
EVENTS = {"Accept": "text/event-stream"}


def texts() -> list[tuple[str, OperationDefinitionNode]]:
    found = []
    for path in sorted(QUERIES.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        [operation] = parse(text).definitions
        assert isinstance(operation, OperationDefinitionNode)
        found.append((text, operation))
    return found


def wrong_variables() -> Iterator[tuple[bytes, dict[str, str]]]:
    """Yield every document with every odd value in place of each of its variables, and of all; streams as streams."""
    for text, operation in texts():
        headers = EVENTS if operation.operation.value == "subscription" else {}
        names = [each.variable.name.value for each in operation.variable_definitions or ()]
        every = [{name} for name in names] + [set(names)] * (len(names) > 1)
        for value in ODD_VALUES:
            for odd in every:
                yield json.dumps({"query": text, "variables": dict.fromkeys(odd, value)}).encode(), headers


def odd_literals() -> Iterator[bytes]:
    """Yield odd values written into the text of an operation."""
    for literal in ODD_LITERALS:
        for text in (
            "{ node(id: %s) { id } }",
            "{ viewer { orders(first: %s) { totalCount } } }",
            "{ viewer { orders(first: 1, after: %s, filter: {status: %s}) { totalCount } } }",
            "query ($n: Int = %s) { viewer { orders(first: $n) { totalCount } } }",
            "query ($id: ID! = %s) { node(id: $id) { id @include(if: %s) } }",
            "mutation { confirmPayment(input: {paymentId: %s, expectedAmount: %s}) { __typename } }",
            "query ($a: MoneyInput = {amount: %s, currency: %s}) { __typename }",
            "mutation { startPayment(input: {order: %s, returnUrl: %s}) { __typename } }",
        ):
            yield json.dumps({"query": text.replace("%s", literal)}).encode()


def odd_requests() -> Iterator[dict[str, Any]]:
    """Yield the parts of a request, each as odd as can be."""
    good = "{ viewer { id } }"
    for value in ODD_VALUES:
        yield {"documentId": value}
        yield {"query": value}
        for name in ("operationName", "variables", "extensions"):
            yield {"query": good, name: value}
        yield {"query": good, "extensions": {"persistedQuery": value}}
        yield {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": value}}}
        yield {"query": good, "extensions": {"persistedQuery": {"version": value, "sha256Hash": value}}}


def addresses(chance: random.Random) -> Iterator[dict[str, str]]:
    """Yield the same parts as the parameters of a GET, and some that are not even JSON."""
    for request in odd_requests():
        yield {name: value if isinstance(value, str) else json.dumps(value) for name, value in request.items()}
    for name in ("query", "documentId", "operationName", "variables", "extensions"):
        for _ in range(20):
            yield {"query": "{ viewer { id } }"} | {name: chance.randbytes(chance.randint(1, 60)).decode("latin-1")}


def inputs_gone_wrong(chance: random.Random) -> Iterator[bytes]:
    """Yield inputs of the right shape with odd values inside."""
    shapes: tuple[tuple[str, Callable[[], Any]], ...] = (
        ("start_payment", lambda: {"order": {"number": odd()}, "returnUrl": odd(), "idempotencyKey": odd()}),
        ("start_payment", lambda: {"order": {"id": odd(), "number": odd()}, "returnUrl": "https://front.example/"}),
        (
            "register_paypal_account",
            lambda: {"account": {"nickname": odd()}, "returnUrl": odd(), "enableRenewalFor": odd()},
        ),
        ("confirm_payment", lambda: {"paymentId": odd(), "expectedAmount": {"amount": odd(), "currency": odd()}}),
    )

    def odd() -> Any:
        return chance.choice(ODD_VALUES)

    by_name = {path.stem.partition("_")[2]: path.read_text(encoding="utf-8") for path in QUERIES.glob("*.graphql")}
    for name, shape in shapes:
        for _ in range(40):
            yield json.dumps({"query": by_name[name], "variables": {"input": shape()}}).encode()


def broken_bodies(chance: random.Random) -> Iterator[bytes]:
    """Yield bodies cut, mixed up and made of anything."""
    whole = json.dumps(
        {"query": "{ viewer { id } }", "variables": {"a": [1, {"b": "\u00e9"}]}}, ensure_ascii=False
    ).encode()
    yield from (whole[:length] for length in range(0, len(whole), 3))
    for _ in range(150):
        body = bytearray(whole)
        for _ in range(chance.randint(1, 6)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        yield bytes(body)
    yield from (chance.randbytes(chance.randint(1, 300)) for _ in range(60))
    yield from (
        b'{"query": "\\ud800"}',
        b'{"query": "\\u0000{ viewer { id } }"}',
        b'{"query": "{ a }", "query": 5}',
        b"{" * 60_000,
        b'{"a":' * 40_000,
        b'{"variables": {"n": ' + b"9" * 50_000 + b"}}",
        b'{"variables": {"n": -1e' + b"9" * 400 + b"}}",
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        "{}".encode("utf-32"),
    )


def judged(response: httpx2.Response, sent: object) -> int:
    """Return the status of an answer; none may be a 5xx, and every one must be one of ours."""
    assert response.status_code < 500, (response.status_code, str(sent)[:300], response.text[:300])
    answer = response.text.lower()
    assert "internal_server_error" not in answer, (sent, answer)
    assert not [leak for leak in LEAKS if leak in answer], answer
    return response.status_code


async def throw(client: Client, body: bytes, headers: dict[str, str] | None = None) -> int:
    """Send a body and return the status."""
    sent = {"Content-Type": "application/json"} | (headers or {})
    raw = {name.encode(): value.encode("latin-1", "replace") for name, value in sent.items()}
    try:
        response = await client.http.post("/graphql", content=body, headers=raw)
    except httpx2.LocalProtocolError:
        return 0  # no client can send this
    return judged(response, (body, headers))


async def everything(desk: Desk, chance: random.Random) -> Counter[int]:
    """Throw everything and return how many answers had which status."""
    client, statuses = desk.client, Counter[int]()
    for body, headers in wrong_variables():
        statuses[await throw(client, body, headers)] += 1
    whole = (json.dumps(request).encode() for request in odd_requests())
    for body in [*odd_literals(), *whole, *inputs_gone_wrong(chance), *broken_bodies(chance)]:
        statuses[await throw(client, body)] += 1
    for parameters in addresses(chance):
        response = await client.http.get("/graphql", params=parameters)
        statuses[judged(response, parameters)] += 1
    good = json.dumps({"query": "{ viewer { id } }"}).encode()
    for headers in ODD_HEADERS:
        statuses[await throw(client, good, headers)] += 1
    return statuses


@pytest.mark.timeout(900)
async def test_nothing_breaks_hangs_changes_or_stays_in_memory(product: Product) -> None:
    desk = await open_desk(product)
    await everything(desk, random.Random(SEED))  # what is made once, caches and connections, is made now
    gc.collect()
    books, objects = await product.snapshot(), len(gc.get_objects())
    tracemalloc.start()

    for number in range(ROUNDS):
        statuses = await everything(desk, random.Random(SEED + number))
        assert statuses.total() > 2_500
        assert set(statuses) >= {200, 400, 431}

    gc.collect()
    kept, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert await product.snapshot() == books
    assert len(gc.get_objects()) < objects * 1.05
    assert kept < MOST_KEPT
    assert await desk.client.run("services")
