"""Whatever is thrown at `/graphql`: no answer is a 5xx, none is missing, nothing changes, and memory comes back."""

import gc
import json
import os
import random
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
)


def texts() -> list[tuple[str, OperationDefinitionNode]]:
    found = []
    for path in sorted(QUERIES.glob("*.graphql")):
        text = path.read_text(encoding="utf-8")
        [operation] = parse(text).definitions
        assert isinstance(operation, OperationDefinitionNode)
        if operation.operation.value != "subscription" and "signOut" not in text and "signIn" not in text:
            found.append((text, operation))
    return found


def wrong_variables() -> Iterator[bytes]:
    """Yield every document with every odd value in place of each of its variables, and of all."""
    for text, operation in texts():
        names = [each.variable.name.value for each in operation.variable_definitions or ()]
        for value in ODD_VALUES:
            for variables in [{name: value} for name in names] + [dict.fromkeys(names, value)]:
                yield json.dumps({"query": text, "variables": variables}).encode()


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


async def throw(client: Client, body: bytes, headers: dict[str, str] | None = None) -> int:
    """Send a body and return the status; none may be a 5xx, and every answer must be one of ours."""
    sent = {"Content-Type": "application/json"} | (headers or {})
    raw = {name.encode(): value.encode("latin-1", "replace") for name, value in sent.items()}
    try:
        response = await client.http.post("/graphql", content=body, headers=raw)
    except httpx2.LocalProtocolError:
        return 0  # no client can send this
    assert response.status_code < 500, (response.status_code, body[:300], headers, response.text[:300])
    answer = response.text.lower()
    assert not [leak for leak in LEAKS if leak in answer], answer
    return response.status_code


async def everything(desk: Desk, chance: random.Random) -> int:
    thrown = 0
    for body in [*wrong_variables(), *inputs_gone_wrong(chance), *broken_bodies(chance)]:
        await throw(desk.client, body)
        thrown += 1
    good = json.dumps({"query": "{ viewer { id } }"}).encode()
    for headers in ODD_HEADERS:
        await throw(desk.client, good, headers)
        thrown += 1
    return thrown


@pytest.mark.timeout(900)
async def test_nothing_breaks_hangs_changes_or_stays_in_memory(product: Product) -> None:
    desk = await open_desk(product)
    await everything(desk, random.Random(SEED))  # what is made once, caches and connections, is made now
    gc.collect()
    books, objects = await product.snapshot(), len(gc.get_objects())

    for number in range(ROUNDS):
        thrown = await everything(desk, random.Random(SEED + number))
        assert thrown > 1_000

    gc.collect()
    assert await product.snapshot() == books
    assert len(gc.get_objects()) < objects * 1.05
    assert await desk.client.run("services")
