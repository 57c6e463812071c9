"""GraphQL over HTTP: methods, media types, statuses, and every way in which a body can be wrong."""

import json
from typing import Any

import httpx2
import pytest

from tests.factories import make_customer
from tests.harness.product import Client, Product, told
from tests.harness.refusals import unchanged

RESPONSE = "application/graphql-response+json"
JSON = "application/json"
QUESTION = "{ viewer { username } }"


@pytest.fixture
async def client(product: Product) -> Client:
    customer = make_customer(username="123456@saldo.example")
    await product.save(customer)
    return await product.signed_in(customer)


async def send(client: Client, body: bytes, **headers: str) -> httpx2.Response:
    return await client.http.post("/graphql", content=body, headers={"Content-Type": JSON, **headers})


def code_of(response: httpx2.Response) -> str:
    [error] = response.json()["errors"]
    assert response.headers["x-request-id"] == error["extensions"]["requestId"]
    code: str = error["extensions"]["code"]
    return code


@pytest.mark.parametrize("accept", [RESPONSE, JSON, "*/*", f"{RESPONSE}, {JSON};q=0.9", ""])
async def test_the_answer_has_the_form_that_is_wanted(client: Client, accept: str) -> None:
    response = await send(client, json.dumps({"query": QUESTION}).encode(), Accept=accept)

    kind = RESPONSE if accept.startswith(RESPONSE) else JSON
    assert (response.status_code, response.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert told(response) == {"data": {"viewer": {"username": "123456@saldo.example"}}}
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "variables", "code"),
    [
        ("{", {}, "GRAPHQL_PARSE_FAILED"),
        ("{ nonsense }", {}, "GRAPHQL_VALIDATION_FAILED"),
        ("query ($id: ID!) { node(id: $id) { id } }", {}, "BAD_USER_INPUT"),
        ("query A { viewer { id } } query B { viewer { id } }", {}, "BAD_USER_INPUT"),
    ],
)
async def test_what_cannot_be_executed_is_400_unless_the_client_knows_only_json(
    client: Client, query: str, variables: dict[str, Any], code: str
) -> None:
    body = json.dumps({"query": query, "variables": variables}).encode()

    modern, legacy = await send(client, body, Accept=RESPONSE), await send(client, body, Accept=JSON)

    assert (modern.status_code, code_of(modern), "data" in modern.json()) == (400, code, False)
    assert code_of(legacy) == code
    assert legacy.status_code == 200


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "The body is not valid JSON."),
        (b"5", "The body must be a JSON object."),
        (b"null", "The body must be a JSON object."),
        (b'"x"', "The body must be a JSON object."),
        (b"[]", "Send one operation at a time: batches are not offered."),
        (b'[{"query": "{ __typename }"}]', "Send one operation at a time: batches are not offered."),
        (b"{}", "Send a `query` or a `documentId`."),
        (b'{"query": ""}', "Send a `query` or a `documentId`."),
        (b'{"query": "{ __typename }", "query', "The body is not valid JSON."),
        (b'{"query": "\xff"}', "The body is not valid JSON."),
        (b'{"query": "\\ud800"}', "The body is not valid JSON."),
        (b"[" * 100_000, "The body is not valid JSON."),
        (b'{"a":' * 50_000, "The body is not valid JSON."),
        (b'{"variables": {"n": ' + b"9" * 41 + b"}}", "The body holds an integer that is too large."),
        (b'{"variables": {"n": ' + b"9" * 5_000 + b"}}", "The body is not valid JSON."),
        (b'{"variables": {"n": [NaN]}}', "The body is not valid JSON."),
        (b'{"query": 5}', "`query` must be a text, if it is given."),
        (b'{"query": "{ __typename }", "operationName": 5}', "`operationName` must be a text, if it is given."),
        (b'{"query": "{ __typename }", "variables": []}', "`variables` must be an object, if it is given."),
        (b'{"query": "{ __typename }", "extensions": "x"}', "`extensions` must be an object, if it is given."),
        (b'{"documentId": {}}', "`documentId` must be a text, if it is given."),
    ],
    ids=lambda value: repr(value)[:40],
)
async def test_a_malformed_body_is_refused_in_words_that_help(
    product: Product, client: Client, body: bytes, said: str
) -> None:
    async with unchanged(product):
        answers = [await send(client, body, Accept=accept) for accept in (RESPONSE, JSON)]

    assert [answer.status_code for answer in answers] == [400, 400]
    assert [answer.json()["errors"][0]["message"] for answer in answers] == [said, said]
    assert [code_of(answer) for answer in answers] == ["MALFORMED_REQUEST"] * 2


@pytest.mark.parametrize(
    "kind",
    [
        "application/jsonp",
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=latin-1",
        "application/graphql",
        "",
    ],
)
async def test_another_type_than_json_is_not_read(product: Product, client: Client, kind: str) -> None:
    async with unchanged(product):
        answer = await send(client, json.dumps({"query": QUESTION}).encode(), **{"Content-Type": kind})

    assert (answer.status_code, code_of(answer)) == (415, "UNSUPPORTED_MEDIA_TYPE")


async def test_a_body_may_be_a_quarter_of_a_mebibyte_and_not_a_byte_more(client: Client) -> None:
    body = json.dumps({"query": QUESTION}).encode()
    room = 256 * 1024 - len(body)

    fits, too_large = await send(client, body + b" " * room), await send(client, body + b" " * (room + 1))
    huge = await send(client, b" " * 8_000_000)

    assert fits.status_code == 200
    assert [(each.status_code, code_of(each)) for each in (too_large, huge)] == [(413, "BODY_TOO_LARGE")] * 2


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "HEAD"])
async def test_other_methods_are_told_which_ones_there_are(client: Client, method: str) -> None:
    answer = await client.http.request(method, "/graphql")

    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, POST")


@pytest.mark.parametrize("accept", ["image/png", "text/plain", "application/xml;q=0.9", "application/json;q=0"])
async def test_a_form_that_we_do_not_have_is_refused(client: Client, accept: str) -> None:
    answer = await send(client, json.dumps({"query": QUESTION}).encode(), Accept=accept)

    assert (answer.status_code, code_of(answer)) == (406, "NOT_ACCEPTABLE")


async def test_a_query_may_be_asked_by_get_with_its_variables(client: Client) -> None:
    parameters = {
        "query": "query Q($n: Int) { viewer { orders(first: $n) { nodes { id } } } } query R { viewer { username } }",
        "operationName": "Q",
        "variables": '{"n": 3}',
    }

    answer = await client.http.get("/graphql", params=parameters, headers={"Accept": RESPONSE})

    assert (answer.status_code, told(answer)) == (200, {"data": {"viewer": {"orders": {"nodes": []}}}})


@pytest.mark.parametrize("accept", [RESPONSE, JSON])
async def test_a_mutation_by_get_is_not_executed(product: Product, client: Client, accept: str) -> None:
    async with unchanged(product):
        answer = await client.http.get(
            "/graphql", params={"query": "mutation { signOut { ok } }"}, headers={"Accept": accept}
        )

    assert (answer.status_code, answer.headers["allow"], code_of(answer)) == (405, "POST", "METHOD_NOT_ALLOWED")


@pytest.mark.parametrize(
    "parameters",
    [
        {"query": QUESTION, "variables": "{"},
        {"query": QUESTION, "variables": "[]"},
        {"query": QUESTION, "extensions": "5"},
        {"variables": "{}"},
    ],
)
async def test_a_malformed_address_is_refused(client: Client, parameters: dict[str, str]) -> None:
    answer = await client.http.get("/graphql", params=parameters, headers={"Accept": JSON})

    assert (answer.status_code, code_of(answer)) == (400, "MALFORMED_REQUEST")


async def test_a_browser_gets_graphiql_and_a_question_in_the_address_gets_its_answer(client: Client) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}

    page = await client.http.get("/graphql", headers=browser)
    answer = await client.http.get("/graphql", params={"query": QUESTION}, headers=browser)

    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert page.headers["content-security-policy"].startswith("default-src 'none'; script-src 'self';")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/json; charset=utf-8")


async def test_one_error_is_enough_to_go_on(client: Client) -> None:
    answer = await send(client, json.dumps({"query": "{ a b c d viewer { e f } }"}).encode(), Accept=RESPONSE)

    assert answer.json()["errors"][0]["message"] == "Cannot query field 'a' on type 'Query'."
    assert len(answer.json()["errors"]) == 1
