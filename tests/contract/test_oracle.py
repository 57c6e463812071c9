"""Whether the oracle sees: what PayPal would not accept, or would never say, is found in a recording and named."""

import json
from pathlib import Path

import pytest
from openapi_core import OpenAPI

from tests.contract.exchanges import Exchange, Json, distinct, recorded, violations
from tests.contract.specification import MISSING, VARIABLE, specification, specification_file

ORDER_ID = "5O190127TN364715T"
UNIT: Json = {"amount": {"currency_code": "EUR", "value": "12.30"}, "invoice_id": "SAL1001"}
CREATED = {"id": ORDER_ID, "status": "CREATED"}
REFUSED = {"name": "UNPROCESSABLE_ENTITY", "message": "No.", "debug_id": "f1", "details": [{"issue": "X"}]}


@pytest.fixture(scope="module")
def paypal() -> OpenAPI:
    found = specification_file()
    if found is None:
        pytest.skip(MISSING)
    return specification(found)


def create(body: Json | None = None, **changes: object) -> Exchange:
    """A create call of our client, answered 201, with what a test changes."""
    line: Json = {
        "method": "POST",
        "url": "/v2/checkout/orders",
        "headers": {
            "user-agent": "Saldo",
            "content-type": "application/json",
            "authorization": "Bearer not-recorded",
            "paypal-request-id": "attempt-1-create",
            "prefer": "return=representation",
        },
        "body": json.dumps(body or {"intent": "CAPTURE", "purchase_units": [UNIT]}),
        "answer": answer(201, CREATED),
        "spoilt": None,
    }
    return Exchange(line | changes, "test_some_payment")


def answer(status: int, body: object) -> Json:
    return {"status": status, "content_type": "application/json", "body": json.dumps(body)}


def without(header: str) -> Json:
    return {name: value for name, value in create().line["headers"].items() if name != header}


def page(status: int = 503) -> Json:
    return {"status": status, "content_type": "text/html", "body": "<html>"}


@pytest.mark.parametrize(
    "exchange",
    [
        create(),
        create(answer=answer(200, CREATED)),
        create(answer=answer(422, REFUSED)),
        create(answer=answer(429, REFUSED)),
        create(answer=answer(500, REFUSED)),
        create(answer=answer(401, {"error": "invalid_token", "error_description": "Not found."})),
        create(answer=None),
        create(url="/v1/notifications/certs/CERT-1", method="GET", body=None, answer=page(200)),
    ],
)
def test_what_paypal_specifies_is_accepted(paypal: OpenAPI, exchange: Exchange) -> None:
    assert violations([exchange], paypal) == []


@pytest.mark.parametrize(
    ("exchange", "place"),
    [
        (create({"intent": "CAP", "purchase_units": [UNIT]}), "$.intent"),
        (create({"intent": "CAPTURE", "purchase_units": [{**UNIT, "invoice": "SAL1001"}]}), "$.purchase_units[0]"),
        (create({"intent": "CAPTURE", "purchase_units": [{**UNIT, "invoice_id": "x" * 128}]}), "invoice_id"),
        (create({"intent": "CAPTURE", "purchase_units": [{"amount": {"value": "1"}}]}), "currency_code"),
        (create({"intent": "CAPTURE", "purchase_units": [UNIT], "payment_source": {"pay_pal": {}}}), "payment_source"),
        (create(headers=without("paypal-request-id")), "PayPal-Request-Id"),
        (create(headers=without("authorization")), "Security"),
        (create(headers=without("content-type")), "mimetype"),
        (create(url="/v2/checkout/order"), "Path not found"),
    ],
)
def test_a_request_that_paypal_would_refuse_is_found(paypal: OpenAPI, exchange: Exchange, place: str) -> None:
    [violation, *_] = violations([exchange], paypal)

    assert "our request: " in violation
    assert place in violation
    assert "first in test_some_payment" in violation


@pytest.mark.parametrize(
    "said",
    [
        answer(201, {**CREATED, "status": "OPEN"}),
        answer(201, {**CREATED, "purchase_units": [{"amount": {"currency_code": "EUR", "value": 12.3}}]}),
        answer(200, {**CREATED, "links": [{"rel": "self"}]}),
        answer(422, {"name": "UNPROCESSABLE_ENTITY", "issues": []}),
        answer(422, {**REFUSED, "details": [{"description": "without its issue"}]}),
        answer(500, {"error": "oops"}),
        page(503),
        page(200),
        {"status": 201, "content_type": "application/json", "body": '{"id": "5O19'},
        {"status": 200, "content_type": None, "body": ""},
    ],
)
def test_an_answer_that_paypal_would_never_give_is_found_unless_it_is_marked(paypal: OpenAPI, said: Json) -> None:
    [violation] = violations([create(answer=said)], paypal)

    assert f"POST /v2/checkout/orders → {said['status']}" in violation
    assert "the simulator's answer: " in violation
    assert violations([create(answer=said, spoilt="truncated")], paypal) == []


def test_a_mark_excuses_the_answer_and_not_the_request(paypal: OpenAPI) -> None:
    exchange = create({"intent": "CAP", "purchase_units": [UNIT]}, answer=page(), spoilt="html_503")

    assert len(violations([exchange], paypal)) == 1


def test_other_programs_may_send_what_they_like_and_are_answered_properly(paypal: OpenAPI) -> None:
    theirs = {**create().line["headers"], "user-agent": "curl"}
    wrong: Json = {"intent": "CAP"}

    assert violations([create(wrong, headers=theirs, answer=answer(400, REFUSED))], paypal) == []
    assert len(violations([create(wrong, headers=theirs, answer=answer(201, {"status": "OPEN"}))], paypal)) == 1


def test_exchanges_that_differ_in_names_numbers_and_times_alone_are_one() -> None:
    other_unit = {"amount": {"currency_code": "EUR", "value": "98.70"}, "invoice_id": "SAL2002"}
    other = create(
        {"intent": "CAPTURE", "purchase_units": [other_unit]},
        answer=answer(201, {**CREATED, "id": "7KX31A8402PL9046Z"}),
    )

    assert distinct([create(), other]) == [create()]


@pytest.mark.parametrize(
    "other",
    [
        create({"intent": "AUTHORIZE", "purchase_units": [UNIT]}),
        create({"intent": "CAPTURE", "purchase_units": [{**UNIT, "invoice_id": "SAL10011"}]}),
        create({"intent": "CAPTURE", "purchase_units": [{**UNIT, "invoice_id": "sal1001"}]}),
        create({"intent": "CAPTURE", "purchase_units": [UNIT, {**UNIT, "custom_id": "a"}]}),
        create(answer=answer(201, {**CREATED, "status": "COMPLETED"})),
        create(answer=answer(200, CREATED)),
        create(answer=answer(201, CREATED), spoilt="slow"),
        create(headers=without("prefer")),
        create(url="/v2/checkout/orders?x=1"),
    ],
)
def test_exchanges_that_a_schema_can_tell_apart_are_not_one(other: Exchange) -> None:
    assert len(distinct([create(), other])) == 2


def test_a_recording_names_the_test_of_each_exchange(tmp_path: Path) -> None:
    file = tmp_path / "paypal.jsonl"
    lines = [create().line, {"test": "test_one"}, {"test": "test_two"}, create().line]
    file.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")

    assert [exchange.test for exchange in recorded(file)] == ["(outside any test)", "test_two"]
    assert list(recorded(tmp_path / "nothing.jsonl")) == []


def test_a_specification_that_is_named_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere.json"))

    with pytest.raises(FileNotFoundError, match=r"PAYPAL_OPENAPI_FILE names .*nowhere\.json"):
        specification_file()
