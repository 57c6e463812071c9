"""GraphiQL's page: every document of `queries/` is a tab, in order, with variables that fit it."""

import gzip
import json
import re
from typing import Any

import httpx2
import pytest
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import get_variable_values
from starlette.applications import Starlette

from app.graphiql import POLICY, QUERIES, asset_routes, assets, page
from app.graphql import schema

DOCUMENTS = sorted(QUERIES.glob("*.graphql"))
VARIABLES: dict[str, dict[str, Any]] = json.loads((QUERIES / "variables.json").read_text(encoding="utf-8"))


def tabs() -> list[dict[str, str]]:
    """Return the tabs as the page's script reads them."""
    [text] = re.findall(r'<script type="application/json" id="tabs">(.*?)</script>', page(), flags=re.DOTALL)
    found: list[dict[str, str]] = json.loads(text)
    return found


def test_every_document_is_a_tab_in_its_place() -> None:
    assert [tab["query"] for tab in tabs()] == [path.read_text(encoding="utf-8") for path in DOCUMENTS]


def test_every_tab_carries_its_variables() -> None:
    assert [json.loads(tab["variables"]) for tab in tabs()] == [VARIABLES[path.stem] for path in DOCUMENTS]
    assert list(VARIABLES) == [path.stem for path in DOCUMENTS]


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_the_variables_fit_the_document(path: Any) -> None:
    [operation] = parse(path.read_text(encoding="utf-8")).definitions
    assert isinstance(operation, OperationDefinitionNode)

    coerced = get_variable_values(schema._schema, operation.variable_definitions or (), VARIABLES[path.stem])

    assert not isinstance(coerced, list), coerced


def test_the_script_cannot_be_ended_by_a_document() -> None:
    [text] = re.findall(r'id="tabs">(.*?)</script>', page(), flags=re.DOTALL)

    assert "<" not in text


def test_the_page_asks_only_our_own_origin() -> None:
    addresses = re.findall(r'(?:src|href)="([^"]+)"', page())

    assert addresses == ["data:,", "/graphiql/main.css", "/graphiql/main.js"]


def test_the_policy_lets_no_foreign_or_inline_script_run() -> None:
    assert "script-src 'self';" in POLICY
    assert "connect-src 'self';" in POLICY
    assert POLICY.startswith("default-src 'none';")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("main.js", "text/javascript; charset=utf-8"),
        ("main.css", "text/css; charset=utf-8"),
        ("graphql.worker.js", "text/javascript; charset=utf-8"),
    ],
)
async def test_an_asset_is_sent_as_it_lies_there_or_unpacked(name: str, kind: str) -> None:
    transport = httpx2.ASGITransport(app=Starlette(routes=asset_routes()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://saldo") as browser:
        packed = await browser.get(f"/graphiql/{name}", headers={"Accept-Encoding": "gzip"})
        plain = await browser.get(f"/graphiql/{name}", headers={"Accept-Encoding": "identity"})

    assert (packed.headers["content-type"], packed.headers["content-encoding"]) == (kind, "gzip")
    assert "content-encoding" not in plain.headers
    assert packed.content == plain.content == gzip.decompress(assets()[name])  # the client has unpacked the first


async def test_an_unknown_asset_is_not_found() -> None:
    transport = httpx2.ASGITransport(app=Starlette(routes=asset_routes()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://saldo") as browser:
        answers = [await browser.get(f"/graphiql/{name}") for name in ("secret.js", "..%2Fpage.html", "main.js.gz")]

    assert [answer.status_code for answer in answers] == [404, 404, 404]
