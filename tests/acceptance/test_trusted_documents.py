"""Documents by their id, a cache for texts by their hash, and a server that runs nothing else."""

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.acceptance.conftest import Launch
from tests.factories import make_customer
from tests.harness.product import Client, Product, document, told
from tests.harness.refusals import unchanged

FREE = "{ viewer { username } }"
MISSING = "sha256:" + "0" * 64


def id_of(text: str) -> str:
    return "sha256:" + hashlib.sha256(text.encode()).hexdigest()


async def customer_of(product: Product) -> Client:
    customer = make_customer(username="123456@saldo.example")
    await product.save(customer)
    return await product.signed_in(customer)


async def post(client: Client, **body: Any) -> httpx2.Response:
    return await client.http.post("/graphql", json=body)


def persisted(text: str) -> dict[str, Any]:
    return {"persistedQuery": {"version": 1, "sha256Hash": id_of(text).removeprefix("sha256:")}}


def code_of(response: httpx2.Response) -> str:
    [error] = response.json()["errors"]
    code: str = error["extensions"]["code"]
    return code


async def test_a_document_of_ours_is_run_by_its_id_by_get_and_post(product: Product) -> None:
    client = await customer_of(product)
    address, text = id_of(document("orders_to_pay")), document("orders_to_pay")

    posted = await post(client, documentId=address, variables={"first": 1})
    got = await client.http.get("/graphql", params={"documentId": address, "variables": '{"first": 1}'})
    written = await post(client, query=text, variables={"first": 1})

    assert told(posted) == told(got) == told(written)
    assert "errors" not in posted.json()


async def test_nobody_has_to_be_signed_in_to_run_a_trusted_document(product: Product) -> None:
    nobody = product.anonymous()

    trusted = await post(nobody, documentId=id_of(document("services")))
    free = await post(nobody, query=FREE)
    about_the_schema = await post(nobody, query="{ __schema { queryType { name } } __typename }")

    assert told(trusted) == {"data": {"viewer": None}}
    assert (free.status_code, code_of(free)) == (401, "UNAUTHENTICATED")
    assert told(about_the_schema)["data"]["__schema"] == {"queryType": {"name": "Query"}}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"documentId": MISSING}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": "md5:abc"}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": ""}, "DOCUMENT_NOT_FOUND"),
        ({"documentId": MISSING, "query": FREE}, "MALFORMED_REQUEST"),
    ],
)
async def test_an_id_that_means_nothing_is_refused(product: Product, body: dict[str, str], code: str) -> None:
    client = await customer_of(product)

    async with unchanged(product):
        answer = await post(client, **body)

    assert (answer.status_code, code_of(answer)) == (400, code)


async def test_a_mutation_by_its_id_is_not_run_by_get(product: Product) -> None:
    client = await customer_of(product)

    async with unchanged(product):
        answer = await client.http.get("/graphql", params={"documentId": id_of(document("sign_out"))})

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_apollos_cache_learns_a_text_once_and_knows_it_by_its_hash(product: Product) -> None:
    client = await customer_of(product)

    unknown = await post(client, extensions=persisted(FREE))
    taught = await post(client, query=FREE, extensions=persisted(FREE))
    posted = await post(client, extensions=persisted(FREE))
    got = await client.http.get("/graphql", params={"extensions": json.dumps(persisted(FREE))})
    forged = await post(client, query="{ viewer { id } }", extensions=persisted(FREE))

    assert (unknown.status_code, unknown.json()["errors"][0]["message"]) == (200, "PersistedQueryNotFound")
    assert code_of(unknown) == "PERSISTED_QUERY_NOT_FOUND"
    answer = {"data": {"viewer": {"username": "123456@saldo.example"}}}
    assert [told(each) for each in (taught, posted, got)] == [answer] * 3
    assert (forged.status_code, code_of(forged)) == (400, "PERSISTED_QUERY_HASH_MISMATCH")


@pytest.mark.parametrize(
    ("signed_in", "query", "code"),
    [
        (True, "{ viewer {" + " " * 200_000, "GRAPHQL_PARSE_FAILED"),
        (True, "{ nonsense }", "GRAPHQL_VALIDATION_FAILED"),
        (True, "{ viewer { " + "id " * 101 + "} }", "OPERATION_TOO_LARGE"),
        (False, FREE, "UNAUTHENTICATED"),
        (False, "{ __typename }", None),
    ],
    ids=["unreadable", "invalid", "too large", "not allowed", "of nobody"],
)
async def test_what_is_refused_or_asked_by_nobody_is_not_remembered(
    product: Product, signed_in: bool, query: str, code: str | None
) -> None:
    customer = await customer_of(product)
    client = customer if signed_in else product.anonymous()

    taught = await post(client, query=query, extensions=persisted(query))
    asked = await post(customer, extensions=persisted(query))

    assert ("errors" in taught.json() and code_of(taught)) == (code or False)
    assert code_of(asked) == "PERSISTED_QUERY_NOT_FOUND"


@pytest.mark.parametrize("hash_", ["0" * 64, id_of(FREE).removeprefix("sha256:").upper(), id_of(FREE), ""])
async def test_a_text_is_not_run_under_a_hash_that_is_not_its_own(product: Product, hash_: str) -> None:
    client = await customer_of(product)
    extensions = {"persistedQuery": {"version": 1, "sha256Hash": hash_}}

    forged = await post(client, query=FREE, extensions=extensions)
    asked = await post(client, extensions=extensions)

    assert (forged.status_code, code_of(forged)) == (400, "PERSISTED_QUERY_HASH_MISMATCH")
    assert code_of(asked) == "PERSISTED_QUERY_NOT_FOUND"


async def test_a_server_without_free_text_runs_the_documents_of_its_manifests_and_nothing_else(
    launch: Launch, tmp_path: Path
) -> None:
    ours, theirs = "query Mine { viewer { username } }", "query Theirs { viewer { id } }"
    codegen, relay = tmp_path / "codegen.json", tmp_path / "relay.json"
    codegen.write_text(json.dumps({id_of(ours): ours}))
    relay.write_text(json.dumps({id_of(theirs).removeprefix("sha256:"): theirs}))
    async with launch(free_text=False, trusted_manifests=(codegen, relay)) as product:
        client = await customer_of(product)

        run = [await post(client, documentId=id_of(text)) for text in (ours, theirs, document("services"))]
        as_text = await post(client, query=ours)
        refused = [
            await post(client, query=FREE),
            await post(client, query=ours + " "),
            await post(client, query=FREE, extensions=persisted(FREE)),
            await client.http.get("/graphql", params={"query": FREE}),
            await post(client, query="{ __schema { queryType { name } } }"),
        ]

    assert [each.status_code for each in [*run, as_text]] == [200] * 4
    assert ["errors" in each.json() for each in [*run, as_text]] == [False] * 4
    assert [(each.status_code, code_of(each)) for each in refused] == [(403, "DOCUMENT_NOT_TRUSTED")] * 5
