"""GraphiQL's page: every document of `queries/` is a tab, in order, with variables that fit it."""

import json
import re
from typing import Any

import pytest
from graphql import OperationDefinitionNode, parse
from graphql.execution.values import get_variable_values

from app.graphiql import QUERIES, page
from app.graphql import schema

DOCUMENTS = sorted(QUERIES.glob("*.graphql"))
VARIABLES: dict[str, dict[str, Any]] = json.loads((QUERIES / "variables.json").read_text(encoding="utf-8"))


def tabs() -> list[dict[str, str]]:
    """Return the tabs as the page's script reads them."""
    [text] = re.findall(r'<script type="application/json" id="tabs">(.*?)</script>', page(), flags=re.DOTALL)
    found: list[dict[str, str]] = json.loads(text)
    return found


def test_every_document_is_a_tab_in_its_place() -> None:
    queries = [tab["query"] for tab in tabs()]

    assert queries[0].endswith("\n\n" + DOCUMENTS[0].read_text(encoding="utf-8"))
    assert queries[0].startswith("# Run the tabs from left to right.\n")
    assert queries[1:] == [path.read_text(encoding="utf-8") for path in DOCUMENTS[1:]]


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
