"""How PayPal's files become a document that a validator can enforce."""

import json
from copy import deepcopy
from pathlib import Path

import pytest
from openapi_core import OpenAPI

from tests.contract import build, specification
from tests.contract.additions import Schema
from tests.contract.repairs import Document, repaired, repaired_pattern

SHARED = "#/components/schemas/order"
PUBLISHED: Schema = {
    "paths": {
        "/orders": {
            "parameters": [{"$ref": "#/components/parameters/key"}, {"$ref": "#/components/parameters/preference"}],
            "post": {
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/asked"}}}},
                "responses": {
                    "201": {"description": "done", "content": {"application/json": {"schema": {"$ref": SHARED}}}},
                    "422": {"description": "its own envelope"},
                },
            },
        }
    },
    "components": {
        "parameters": {
            "key": {"name": "PayPal-Request-Id", "in": "header", "required": False},
            "preference": {"name": "Prefer", "in": "header", "schema": {"type": "string", "maxLength": 20}},
        },
        "schemas": {
            "asked": {"type": "object", "properties": {"order": {"$ref": SHARED, "description": "lost"}}},
            "base": {"properties": {"id": {"type": "string"}}, "required": ["id"]},
            "order": {
                "allOf": [
                    {"$ref": "#/components/schemas/base"},
                    {"properties": {"parent": {"$ref": SHARED}, "title": {"type": "string"}}},
                ]
            },
        },
    },
}


@pytest.fixture
def merged() -> Schema:
    """The one operation of a small document, with its schemas."""
    document = Document("small", PUBLISHED)
    paths = document.operations({"/orders": ["post"]})
    return {"operation": paths["/orders"]["post"], "schemas": document.components()}


def test_a_request_takes_no_field_that_is_not_named_however_it_is_composed(merged: Schema) -> None:
    body = merged["operation"]["requestBody"]["content"]["application/json"]["schema"]
    asked, order = merged["schemas"]["small.asked.request"], merged["schemas"]["small.order.request"]

    assert body == {"$ref": "#/components/schemas/small.asked.request"}
    assert asked["properties"] == {"order": {"$ref": "#/components/schemas/small.order.request"}}
    assert order == {
        "type": "object",
        "properties": {
            "id": {"type": "string"},
            "parent": {"$ref": "#/components/schemas/small.order.request"},
            "title": {"type": "string"},
        },
        "required": ["id"],
        "additionalProperties": False,
    }


def test_an_answer_may_have_fields_of_tomorrow(merged: Schema) -> None:
    assert "additionalProperties" not in merged["schemas"]["small.order"]
    assert merged["operation"]["responses"]["201"]["content"]["application/json"]["schema"] == {
        "$ref": "#/components/schemas/small.order"
    }


def test_a_replay_is_answered_200_and_every_refusal_in_the_one_envelope(merged: Schema) -> None:
    responses = merged["operation"]["responses"]

    assert responses["200"] == responses["201"]
    assert set(responses) == {"200", "201", "401", "default"}


def test_a_request_id_is_demanded(merged: Schema) -> None:
    key, _ = merged["operation"]["parameters"]

    assert (key["name"], key["required"]) == ("PayPal-Request-Id", True)


def test_a_preference_may_be_as_long_as_the_values_that_the_file_names(merged: Schema) -> None:
    _, preference = merged["operation"]["parameters"]

    assert preference == {"name": "Prefer", "in": "header", "schema": {"type": "string"}}


def test_what_tools_read_differently_is_taken_away() -> None:
    published = {
        "type": "object",
        "discriminator": {},
        "properties": {
            "enum": {"enum": [], "format": "ppaas_date_time_v3", "pattern": r"^[a\!]$"},
            "example": {"$ref": "#/x", "description": "beside a reference", "example": 1},
            "when": {"format": "date-time", "enum": ["a"]},
        },
    }
    before = deepcopy(published)

    assert repaired(published) == {
        "type": "object",
        "properties": {
            "enum": {"pattern": "^[a!]$"},
            "example": {"$ref": "#/x"},
            "when": {"format": "date-time", "enum": ["a"]},
        },
    }
    assert published == before


def test_of_the_payment_sources_only_ours_are_kept() -> None:
    sources = {"properties": {name: {"type": "object"} for name in ("card", "paypal", "venmo", "token")}}

    assert set(repaired(sources)["properties"]) == {"paypal", "token"}


def test_a_pattern_is_one_in_every_dialect() -> None:
    assert repaired_pattern(r"^[\w\-.,\":;\!?]*$") == r"^[\w\-.,\":;!?]*$"
    assert repaired_pattern("(?:[a-zA-Z0-9!#$%&'*+/=?^_`{|}~-]+(?:\\[\\x01-\\x09])+)\\])") == "^.+@.+$"
    assert repaired_pattern("^[0-9A-Z]+$") == "^[0-9A-Z]+$"


def test_the_document_is_a_valid_one_with_all_our_operations() -> None:
    found = specification.specification_file()
    if found is None:
        pytest.skip(specification.MISSING)
    document = build.build(found) if found.is_dir() else json.loads(found.read_text(encoding="utf-8"))

    OpenAPI.from_dict(document).check_spec()

    wanted = {path for paths in build.OPERATIONS.values() for path in paths} | {"/v1/oauth2/token"}
    assert set(document["paths"]) >= wanted


def test_without_a_source_it_says_so_and_writes_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(build, "BESIDE", tmp_path / "nowhere")
    monkeypatch.setattr(build, "BUILT", tmp_path / "contract" / "paypal.json")
    monkeypatch.setenv("PATH", str(tmp_path))

    assert build.main() == 1

    assert "npm is not installed" in capsys.readouterr().err
    assert not (tmp_path / "contract").exists()
