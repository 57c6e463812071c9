"""The address and the headers of a request may be so large and no larger, and what is larger is not even read."""

import asyncio
import json
from typing import Any

import httpx2
import pytest

from app.graphql.heads import LARGEST_HEAD
from tests.harness.product import Product
from tests.harness.refusals import open_desk, unchanged

ENDLESS = 2_000_000  # bytes of one header
BODY = json.dumps({"query": "{ __typename }"}).encode()


def request_of(http: httpx2.AsyncClient, method: str, path: str, size: int, **filled: str) -> httpx2.Request:
    """Return a request whose address and headers have that many bytes; what is filled up, ``filled`` says."""
    content: dict[str, Any] = {"content": BODY} if method == "POST" else {}
    [(header, filler)] = filled.items()

    def built(times: int) -> httpx2.Request:
        headers = {"Content-Type": "application/json", header.replace("_", "-"): filler * times}
        return http.build_request(method, path, headers=headers, **content)

    empty = built(0)
    fields = sum(len(name) + len(value) for name, value in empty.headers.raw)
    missing = size - fields - len(empty.url.raw_path.replace(b"?", b""))
    return built(missing)


def code_of(response: httpx2.Response) -> str:
    [error] = response.json()["errors"]
    assert response.headers["x-request-id"] == error["extensions"]["requestId"]
    code: str = error["extensions"]["code"]
    return code


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/graphql", 200),
        ("GET", "/graphql?query={__typename}", 200),
        ("GET", "/health", 200),
        ("GET", "/paypal/return?attempt=x&token=y", 404),
        ("POST", "/webhooks/paypal", 503),  # no webhook is set up,
        ("GET", "/nowhere", 404),
    ],
)
@pytest.mark.parametrize("header", ["accept_language", "cookie", "x_anything"])
async def test_a_head_may_have_sixteen_kilobytes_and_not_a_byte_more(
    product: Product, method: str, path: str, status: int, header: str
) -> None:
    http = (await open_desk(product)).client.http
    at = request_of(http, method, path, LARGEST_HEAD, **{header: "a"})
    past = request_of(http, method, path, LARGEST_HEAD + 1, **{header: "a"})

    fits = await http.send(at)
    async with unchanged(product):
        refused = await http.send(past)

    assert fits.status_code == status, fits.text
    assert (refused.status_code, code_of(refused)) == (431, "HEADERS_TOO_LARGE")
    assert refused.headers["content-type"] == "application/json; charset=utf-8"


async def test_the_address_counts_with_the_headers(product: Product) -> None:
    http = product.anonymous().http
    address = "/graphql?query={__typename}&variables="

    fits = await http.get(address + "%20" * 5_000)
    refused = await http.get(address + "%20" * 5_500)

    assert (fits.status_code, code_of(fits)) == (400, "MALFORMED_REQUEST")
    assert (refused.status_code, code_of(refused)) == (431, "HEADERS_TOO_LARGE")


async def test_a_header_without_an_end_is_not_waited_for(product: Product) -> None:
    host, port = product.url.removeprefix("http://").split(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    writer.write(b"GET /health HTTP/1.1\r\nHost: x\r\nAccept: " + b"a," * (ENDLESS // 2))

    async with asyncio.timeout(10):
        said = await reader.readline()
    writer.close()

    assert said == b"HTTP/1.1 400 Bad Request\r\n"
