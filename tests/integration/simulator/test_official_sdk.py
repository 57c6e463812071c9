"""PayPal's own client drives every flow against the simulator: what it cannot read, the simulator has wrong."""

import json
from typing import Any

import httpx2
import pytest
from paypalserversdk.configuration import Configuration, Server
from paypalserversdk.exceptions.error_exception import ErrorException
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient

from tests.harness.simulator import Simulator
from tests.integration.simulator.driving import Json, Payer, order_body, stored, wallet


class _Elsewhere(Configuration):  # type: ignore[misc]
    """The official configuration, pointed at another address."""

    def __init__(self, address: str) -> None:
        credentials = ClientCredentialsAuthCredentials("saldo-demo", "saldo-demo-secret")
        super().__init__(client_credentials_auth_credentials=credentials)
        self._address = address

    def get_base_uri(self, server: Server = Server.DEFAULT) -> str:
        return self._address


@pytest.fixture
def paypal(simulator: Simulator) -> Any:
    return PaypalServersdkClient(config=_Elsewhere(simulator.url))


def _request(key: str, body: Json | None = None, **more: str) -> Json:
    return {"body": body or {}, "paypal_request_id": key, "prefer": "return=representation", **more}


async def _approve(address: str, links: list[Any], rel: str) -> None:
    async with httpx2.AsyncClient(base_url=address) as http:
        browser = Payer(http)
        await browser.open(next(link.href for link in links if link.rel == rel))
        await browser.press("Paola Paga")
        await browser.press("Accetta e continua")
        assert browser.page.headers["location"].startswith("https://shop.example/return")


async def _first_payment(paypal: Any, simulator: Simulator) -> Any:
    """Create an order that keeps the account, approve it on the pages, capture it; return it as paid."""
    order = paypal.orders.create_order(_request("a-create", order_body(source=wallet(vault=True)))).body
    assert order.status == "PAYER_ACTION_REQUIRED"
    await _approve(simulator.url, order.links, "payer-action")
    assert paypal.orders.get_order({"id": order.id}).body.status == "APPROVED"
    return paypal.orders.capture_order(_request("a-capture", id=order.id)).body


async def _stored_account(paypal: Any, simulator: Simulator) -> Any:
    """Store an account without a purchase and return its payment token."""
    setup_body = {
        "customer": {"merchant_customer_id": "customer-7"},
        "payment_source": {"paypal": {"usage_type": "MERCHANT", **wallet()["paypal"]}},
    }
    setup = paypal.vault.create_setup_token(_request("s-create", setup_body)).body
    assert setup.status == "PAYER_ACTION_REQUIRED"
    await _approve(simulator.url, setup.links, "approve")
    assert paypal.vault.get_setup_token(setup.id).body.status == "APPROVED"
    reference = {"payment_source": {"token": {"id": setup.id, "type": "SETUP_TOKEN"}}}
    return paypal.vault.create_payment_token(_request("s-token", reference)).body


def _capture(order: Any) -> Any:
    [capture] = order.purchase_units[0].payments.captures
    return capture


def _told(refused: pytest.ExceptionInfo[ErrorException]) -> tuple[int, str, list[str]]:
    """Return status, name and issues of a refusal, as PayPal's client has read them."""
    error = refused.value
    return error.response_code, error.name, [detail.issue for detail in error.details]


async def test_first_payment_stores_the_account(paypal: Any, simulator: Simulator) -> None:
    paid = await _first_payment(paypal, simulator)

    vault = paid.payment_source.paypal.attributes.vault
    assert (paid.status, _capture(paid).status, vault.status) == ("COMPLETED", "COMPLETED", "VAULTED")
    assert _capture(paid).seller_receivable_breakdown.gross_amount.value == "12.30"
    assert paid.payer.email_address == "pays@payer.example"
    assert paypal.vault.get_payment_token(vault.id).body.customer.id == vault.customer.id


async def test_a_request_repeated_is_answered_as_the_first_time_and_charges_nothing(
    paypal: Any, simulator: Simulator
) -> None:
    paid = await _first_payment(paypal, simulator)

    again = paypal.orders.capture_order(_request("a-capture", id=paid.id))

    assert (again.status_code, _capture(again.body).id) == (200, _capture(paid).id)
    with pytest.raises(ErrorException) as refused:
        paypal.orders.capture_order(_request("another-key", id=paid.id))
    assert _told(refused) == (422, "UNPROCESSABLE_ENTITY", ["ORDER_ALREADY_CAPTURED"])


async def test_what_was_paid_is_given_back_in_full(paypal: Any, simulator: Simulator) -> None:
    capture = _capture(await _first_payment(paypal, simulator))

    refund = paypal.payments.refund_captured_payment(_request("a-refund", capture_id=capture.id)).body

    assert (refund.status, refund.amount.value) == ("COMPLETED", "12.30")
    assert refund.seller_payable_breakdown.total_refunded_amount.value == "12.30"
    assert paypal.payments.get_refund({"refund_id": refund.id}).body.id == refund.id
    assert paypal.payments.get_captured_payment({"capture_id": capture.id}).body.status == "REFUNDED"


async def test_what_was_paid_is_given_back_in_parts_and_never_more(paypal: Any, simulator: Simulator) -> None:
    capture = _capture(await _first_payment(paypal, simulator))

    def refund(key: str, value: str) -> Any:
        body = {"amount": {"currency_code": "EUR", "value": value}, "custom_id": key, "note_to_payer": "Scusaci"}
        return paypal.payments.refund_captured_payment(_request(key, body, capture_id=capture.id)).body

    first, partly = refund("r-1", "5.00"), paypal.payments.get_captured_payment({"capture_id": capture.id}).body
    with pytest.raises(ErrorException) as refused:
        refund("r-2", "7.31")
    second = refund("r-3", "7.30")

    assert (first.amount.value, first.custom_id, first.note_to_payer) == ("5.00", "r-1", "Scusaci")
    assert partly.status == "PARTIALLY_REFUNDED"
    assert _told(refused) == (422, "UNPROCESSABLE_ENTITY", ["REFUND_AMOUNT_EXCEEDED"])
    assert second.seller_payable_breakdown.total_refunded_amount.value == "12.30"
    assert paypal.payments.get_captured_payment({"capture_id": capture.id}).body.status == "REFUNDED"


@pytest.mark.parametrize("initiator", ["CUSTOMER", "MERCHANT"])
async def test_a_stored_account_is_charged_in_two_calls(paypal: Any, simulator: Simulator, initiator: str) -> None:
    token = await _stored_account(paypal, simulator)
    credential: Json = {"payment_initiator": initiator, "usage": "SUBSEQUENT"}
    source: Json = {"paypal": {"vault_id": token.id, "stored_credential": credential}}
    if initiator == "CUSTOMER":
        source["paypal"] |= wallet()["paypal"]

    order = paypal.orders.create_order(_request("r-create", order_body())).body
    paid = paypal.orders.capture_order(_request("r-capture", {"payment_source": source}, id=order.id)).body

    read = paypal.orders.get_order({"id": order.id}).body
    assert (order.status, paid.status, _capture(paid).status) == ("CREATED", "COMPLETED", "COMPLETED")
    assert paid.payment_source.paypal.stored_credential.payment_initiator == initiator
    assert (read.status, _capture(read).amount.value) == ("COMPLETED", "12.30")


async def test_a_stored_account_is_charged_in_a_single_call(paypal: Any, simulator: Simulator) -> None:
    token = await _stored_account(paypal, simulator)

    paid = paypal.orders.create_order(_request("r-create", order_body(source=stored(token.id)))).body
    again = paypal.orders.create_order(_request("r-create", order_body(source=stored(token.id))))

    assert (paid.status, _capture(paid).status) == ("COMPLETED", "COMPLETED")
    assert (again.status_code, again.body.id, _capture(again.body).id) == (200, paid.id, _capture(paid).id)


async def test_a_stored_account_is_listed_read_and_deleted(paypal: Any, simulator: Simulator) -> None:
    token = await _stored_account(paypal, simulator)
    everyone = {"customer_id": token.customer.id, "page_size": 5, "page": 1, "total_required": True}

    listed = paypal.vault.list_customer_payment_tokens(everyone).body
    read = paypal.vault.get_payment_token(token.id).body
    deleted = paypal.vault.delete_payment_token(token.id)
    left = paypal.vault.list_customer_payment_tokens(everyone).body

    assert (read.id, read.payment_source.paypal.email_address) == (token.id, "pays@payer.example")
    assert ([entry.id for entry in listed.payment_tokens], listed.total_items) == ([token.id], 1)
    assert (deleted.status_code, left.payment_tokens) == (204, [])
    with pytest.raises(ErrorException) as missing:
        paypal.vault.get_payment_token(token.id)
    assert _told(missing) == (404, "RESOURCE_NOT_FOUND", ["INVALID_RESOURCE_ID"])


async def test_a_setup_token_that_nobody_approved_becomes_no_account(paypal: Any) -> None:
    setup_body = {"payment_source": {"paypal": {"usage_type": "MERCHANT", **wallet()["paypal"]}}}
    setup = paypal.vault.create_setup_token(_request("s-create", setup_body)).body
    reference = {"payment_source": {"token": {"id": setup.id, "type": "SETUP_TOKEN"}}}

    with pytest.raises(ErrorException) as refused:
        paypal.vault.create_payment_token(_request("s-token", reference))

    assert _told(refused) == (422, "UNPROCESSABLE_ENTITY", ["PAYER_ACTION_REQUIRED"])


@pytest.mark.parametrize(
    ("issue", "status", "name"),
    [
        ("INSTRUMENT_DECLINED", 422, "UNPROCESSABLE_ENTITY"),
        ("TRANSACTION_REFUSED", 422, "UNPROCESSABLE_ENTITY"),
        ("DUPLICATE_INVOICE_ID", 422, "UNPROCESSABLE_ENTITY"),
        ("PERMISSION_DENIED", 403, "NOT_AUTHORIZED"),
        ("MISSING_REQUIRED_PARAMETER", 400, "INVALID_REQUEST"),
        ("INTERNAL_SERVER_ERROR", 500, "INTERNAL_SERVER_ERROR"),
    ],
)
async def test_a_negative_test_is_answered_with_the_issue_that_it_asks_for(
    paypal: Any, simulator: Simulator, issue: str, status: int, name: str
) -> None:
    order = paypal.orders.create_order(_request("a-create", order_body())).body
    asked = json.dumps({"mock_application_codes": issue})

    with pytest.raises(ErrorException) as refused:
        paypal.orders.capture_order(_request("a-capture", id=order.id, paypal_mock_response=asked))

    assert _told(refused) == (status, name, [issue])
    assert paypal.orders.get_order({"id": order.id}).body.status == "CREATED"
