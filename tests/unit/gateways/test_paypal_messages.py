"""What we read in PayPal's answers."""

import copy

import pytest
from pydantic import JsonValue, ValidationError

from gateways.paypal.messages import (
    Answer,
    Capture,
    Payer,
    PaymentToken,
    PayPalOrder,
    StoredCharge,
    Vault,
)
from models.money import Money

PAID = Money(1230, "EUR")
CAPTURE: dict[str, JsonValue] = {
    "id": "3C679366HH908993F",
    "status": "COMPLETED",
    "amount": {"currency_code": "EUR", "value": "12.30"},
    "final_capture": True,
    "custom_id": "attempt-1",
    "invoice_id": "2026/1234",
    "create_time": "2026-01-01T21:20:49Z",
}
KEPT: dict[str, JsonValue] = {"id": "nkq2y9g", "status": "VAULTED", "customer": {"id": "ROaPMoZUaV"}}


def captured(*captures: JsonValue, vault: JsonValue = None, spelt: str = "attributes") -> dict[str, JsonValue]:
    wallet: dict[str, JsonValue] = {"email_address": "customer@example.com", "account_id": "QYR5Z8XDVJNXQ"}
    if vault is not None:
        wallet[spelt] = {"vault": vault}
    return {
        "id": "5O190127TN364715T",
        "status": "COMPLETED",
        "intent": "CAPTURE",
        "payment_source": {"paypal": wallet},
        "purchase_units": [
            {
                "reference_id": "default",
                "custom_id": "attempt-1",
                "invoice_id": "2026/1234",
                "amount": {"currency_code": "EUR", "value": "12.30", "breakdown": {}},
                "payments": {"captures": list(captures)},
            }
        ],
        "payer": {"payer_id": "QYR5Z8XDVJNXQ", "email_address": "customer@example.com", "name": {}},
        "links": [{"href": "https://api/v2/checkout/orders/5O190127TN364715T", "rel": "self", "method": "GET"}],
        "something_new": {"of": ["tomorrow"]},
    }


def test_a_captured_order_is_read() -> None:
    order = PayPalOrder.parse(captured(CAPTURE, vault=KEPT))

    assert order == PayPalOrder(
        id="5O190127TN364715T",
        status="COMPLETED",
        intent="CAPTURE",
        amount=PAID,
        custom_id="attempt-1",
        invoice_id="2026/1234",
        approve_url=None,
        capture=Capture(
            id="3C679366HH908993F", status="COMPLETED", amount=PAID, custom_id="attempt-1", invoice_id="2026/1234"
        ),
        vault=Vault(status="VAULTED", payment_token="nkq2y9g", customer_id="ROaPMoZUaV"),
        payer=Payer(payer_id="QYR5Z8XDVJNXQ", email="customer@example.com"),
    )


def test_the_misspelt_attribute_is_read_too() -> None:
    order = PayPalOrder.parse(captured(CAPTURE, vault=KEPT, spelt="attribute"))

    assert order.vault == Vault(status="VAULTED", payment_token="nkq2y9g", customer_id="ROaPMoZUaV")


@pytest.mark.parametrize(
    ("vault", "read"),
    [
        (None, None),
        ({}, None),
        ({"status": "APPROVED", "links": []}, Vault(status="APPROVED", payment_token=None, customer_id=None)),
        ({"status": "APPROVED", "id": ""}, Vault(status="APPROVED", payment_token=None, customer_id=None)),
        ({"status": "CREATED", "id": "x"}, Vault(status="CREATED", payment_token=None, customer_id=None)),
        ({"status": "OF_TOMORROW", "id": "x"}, Vault(status="OF_TOMORROW", payment_token=None, customer_id=None)),
    ],
)
def test_an_account_not_kept_or_not_kept_yet_has_no_token(vault: JsonValue, read: Vault | None) -> None:
    assert PayPalOrder.parse(captured(CAPTURE, vault=vault)).vault == read


def test_a_pending_capture_says_why() -> None:
    pending: JsonValue = {**CAPTURE, "status": "PENDING", "status_details": {"reason": "PENDING_REVIEW"}}

    capture = PayPalOrder.parse(captured(pending)).capture

    assert capture is not None
    assert (capture.status, capture.reason) == ("PENDING", "PENDING_REVIEW")


def test_the_latest_capture_counts_wherever_it_stands() -> None:
    declined: JsonValue = {**CAPTURE, "id": "FIRST", "status": "DECLINED", "create_time": "2026-01-01T20:00:00Z"}

    for captures in ([declined, CAPTURE], [CAPTURE, declined]):
        capture = PayPalOrder.parse(captured(*captures)).capture

        assert capture is not None
        assert capture.id == "3C679366HH908993F"


def test_the_last_capture_counts_when_paypal_gives_no_time() -> None:
    untimed = {key: value for key, value in CAPTURE.items() if key != "create_time"}

    capture = PayPalOrder.parse(captured({**untimed, "id": "ONE"}, {**untimed, "id": "TWO"})).capture

    assert capture is not None
    assert capture.id == "TWO"


@pytest.mark.parametrize("rel", ["payer-action", "approve"])
def test_an_order_to_approve_carries_its_address_under_either_name(rel: str) -> None:
    links: JsonValue = [{"rel": "self", "href": "https://api/o"}, {"rel": rel, "href": "https://pp/c?token=5O"}]

    order = PayPalOrder.parse(
        {"id": "5O", "status": "PAYER_ACTION_REQUIRED", "payment_source": {"paypal": {}}, "links": links}
    )

    assert order == PayPalOrder(id="5O", status="PAYER_ACTION_REQUIRED", approve_url="https://pp/c?token=5O")


def test_the_payer_is_read_from_the_source_when_paypal_names_it_only_there() -> None:
    raw = captured(CAPTURE)
    del raw["payer"]

    assert PayPalOrder.parse(raw).payer == Payer(payer_id="QYR5Z8XDVJNXQ", email="customer@example.com")


@pytest.mark.parametrize("payer", [{}, None, {"email_address": "customer@example.com"}])
def test_a_payer_without_an_id_is_nobody(payer: JsonValue) -> None:
    assert PayPalOrder.parse({**captured(CAPTURE), "payer": payer}).payer is None


@pytest.mark.parametrize(
    ("kind", "raw"),
    [
        (PayPalOrder, captured(CAPTURE, vault=KEPT)),
        (PayPalOrder, captured(vault={"status": "APPROVED"})),
        (PayPalOrder, {"id": "5O", "status": "CREATED", "links": [{"rel": "approve", "href": "https://pp/c"}]}),
        (Capture, {**CAPTURE, "status": "PENDING", "status_details": {"reason": "ECHECK"}}),
        (Capture, {**CAPTURE, "supplementary_data": {"related_ids": {"order_id": "5O190127TN364715T"}}}),
        (PaymentToken, {"id": "8kk8451t", "customer": {"id": "c_1"}, "payment_source": {"paypal": {"payer_id": "P"}}}),
    ],
)
def test_an_answer_stored_as_json_comes_back_unchanged(kind: type[Answer], raw: dict[str, JsonValue]) -> None:
    answer = kind.parse(copy.deepcopy(raw))

    assert kind.model_validate(answer.model_dump(mode="json")) == answer
    assert kind.model_validate_json(answer.model_dump_json()) == answer


def test_a_capture_knows_its_order() -> None:
    capture = Capture.parse({**CAPTURE, "supplementary_data": {"related_ids": {"order_id": "5O190127TN364715T"}}})

    assert capture.order_id == "5O190127TN364715T"


def test_a_payment_token_is_read() -> None:
    wallet: JsonValue = {"payer_id": "QYR5Z8XDVJNXQ", "email_address": "customer@example.com"}

    token = PaymentToken.parse({"id": "8kk8451t", "customer": {"id": "c_1"}, "payment_source": {"paypal": wallet}})

    assert token == PaymentToken(
        id="8kk8451t", customer_id="c_1", payer_id="QYR5Z8XDVJNXQ", email="customer@example.com"
    )


@pytest.mark.parametrize(
    "broken",
    [
        {},
        [],
        None,
        "x",
        {"id": "5O"},
        {"id": 5, "status": "CREATED"},
        captured({**CAPTURE, "amount": {"currency_code": "EUR", "value": 12.3}}),
        captured({**CAPTURE, "amount": {"currency_code": "EUR", "value": "12.345"}}),
    ],
)
def test_an_answer_without_what_matters_is_refused(broken: object) -> None:
    with pytest.raises(ValidationError):
        PayPalOrder.parse(broken)


def test_neither_an_error_nor_a_log_line_shows_tokens_or_addresses() -> None:
    order = PayPalOrder.parse(captured(CAPTURE, vault=KEPT))
    token = PaymentToken(id="nkq2y9g", email="customer@example.com")
    charge = StoredCharge(payment_token="nkq2y9g", initiator="MERCHANT")
    with pytest.raises(ValidationError) as refused:
        PaymentToken.parse({"id": "nkq2y9g", "payment_source": {"paypal": {"email_address": ["customer@example.com"]}}})

    shown = f"{order!r} {token!r} {charge!r} {refused.value}"

    assert "nkq2y9g" not in shown
    assert "customer@example.com" not in shown


def test_the_refunds_of_an_order_are_read_and_odd_ones_do_not_spoil_it() -> None:
    order = captured(CAPTURE)
    refund: JsonValue = {"id": "REF1", "status": "COMPLETED", "amount": {"currency_code": "EUR", "value": "2.30"}}
    odd: list[JsonValue] = [{"id": "REF2"}, {"id": "REF3", "status": "COMPLETED", "amount": {}}, "odd", None]
    order["purchase_units"][0]["payments"]["refunds"] = [*odd, refund]  # type: ignore[index,call-overload]

    read = PayPalOrder.parse(order)

    assert [(each.id, each.status, each.amount) for each in read.refunds] == [("REF1", "COMPLETED", Money(230))]
    assert PayPalOrder.model_validate(read.model_dump(mode="json")) == read
    assert PayPalOrder.parse(captured(CAPTURE)).refunds == ()
