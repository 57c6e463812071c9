"""The client's requests, checked against PayPal's own OpenAPI files: a reading of its interface that is not ours."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import replace

import httpx2
import pytest
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError

from gateways.paypal.client import PayPalClient
from gateways.paypal.messages import Approval, OrderRequest, StoredCharge
from gateways.paypal.setup_tokens import SetupTokenRequest
from models.enums import CustomerKind
from models.money import Money
from tests.contract.exchanges import Request
from tests.contract.specification import MISSING, specification_file
from tests.contract.specification import specification as read_specification
from tests.unit.gateways.paypal_side import PayPalSide, order
from tests.unit.gateways.signing import ADDRESS, EVENT, WEBHOOK_ID

ORDER_ID, TOKEN_ID, CUSTOMER_ID = "5O190127TN364715T", "nkq2y9g", "ROaPMoZUaV"


def asked_of(request: httpx2.Request) -> Request:
    """Return a request as openapi-core wants it."""
    return Request.of(
        request.method, request.url.raw_path.decode(), dict(request.headers.items()), request.content or None
    )


@pytest.fixture(scope="module")
def specification() -> OpenAPI:
    found = specification_file()
    if found is None:
        pytest.skip(MISSING)
    return read_specification(found)


def approval(*, store_in_vault: bool, paypal_customer_id: str | None = None) -> Approval:
    return Approval(
        return_url="https://saldo.test/paypal/return?a=r1",
        cancel_url="https://saldo.test/paypal/cancel?a=r1",
        locale="it-IT",
        brand_name="Saldo",
        store_in_vault=store_in_vault,
        merchant_customer_id="customer-7",
        paypal_customer_id=paypal_customer_id,
        vault_description="Rinnovo automatico",
        customer_type=CustomerKind.CONSUMER,
    )


def request_for(approval: Approval | None, *, money: Money | None = None) -> OrderRequest:
    return OrderRequest(
        reference="attempt-1",
        invoice_id="2026/1234",
        description="Ordine 2026/1234 già scaduto",
        amount=money or Money(1230, "EUR"),
        approval=approval,
    )


BY_RENEWAL = StoredCharge(payment_token=TOKEN_ID, initiator="MERCHANT")
BY_CUSTOMER = StoredCharge(
    payment_token=TOKEN_ID, initiator="CUSTOMER", return_url="https://s.test/r", cancel_url="https://s.test/c"
)
SETUP = SetupTokenRequest(
    return_url="https://saldo.test/paypal/return?a=r1",
    cancel_url="https://saldo.test/paypal/cancel?a=r1",
    locale="it-IT",
    brand_name="Saldo",
    merchant_customer_id="customer-7",
    description="Rinnovo automatico dei servizi",
    customer_type=CustomerKind.BUSINESS,
)
QUESTION = {
    "auth_algo": "SHA256withRSA",
    "cert_url": ADDRESS,
    "transmission_id": "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
    "transmission_sig": "lmI95Jx3Y9nhR5SJWlHVIWpg4AgFk7n9bCHSRxbrd8A9zrhdu2rMyFrm",
    "transmission_time": "2026-11-24T11:59:58Z",
    "webhook_id": WEBHOOK_ID,
}
CALLS: dict[str, Callable[[PayPalClient], Awaitable[object]]] = {
    "create without a source": lambda c: c.create_order(request_for(None), request_id="a-create"),
    "create in yen": lambda c: c.create_order(request_for(None, money=Money(50_000, "JPY")), request_id="a-create"),
    "create to approve": lambda c: c.create_order(request_for(approval(store_in_vault=False)), request_id="a-create"),
    "create and keep": lambda c: c.create_order(request_for(approval(store_in_vault=True)), request_id="a-create"),
    "create and keep for a known payer": lambda c: c.create_order(
        request_for(approval(store_in_vault=True, paypal_customer_id=CUSTOMER_ID)), request_id="a-create"
    ),
    "get order": lambda c: c.get_order(ORDER_ID),
    "capture": lambda c: c.capture_order(ORDER_ID, request_id="a-capture"),
    "capture by renewal": lambda c: c.capture_order(ORDER_ID, request_id="a-capture", charge=BY_RENEWAL),
    "capture by the customer": lambda c: c.capture_order(
        ORDER_ID, request_id="a-capture", charge=BY_CUSTOMER, client_metadata_id="m" * 36
    ),
    "get capture": lambda c: c.get_capture("3C679366HH908993F"),
    "ask to keep an account": lambda c: c.create_setup_token(SETUP, request_id="a-setup"),
    "ask to keep an account of a known payer": lambda c: c.create_setup_token(
        replace(SETUP, paypal_customer_id=CUSTOMER_ID), request_id="a-setup"
    ),
    "get setup token": lambda c: c.get_setup_token("4G4976650J0948357"),
    "keep an account": lambda c: c.create_payment_token("4G4976650J0948357", request_id="a-token"),
    "list payment tokens": lambda c: c.list_payment_tokens(CUSTOMER_ID),
    "get payment token": lambda c: c.get_payment_token(TOKEN_ID),
    "verify webhook": lambda c: c.verify_webhook(EVENT, QUESTION),
    "delete payment token": lambda c: c.delete_payment_token(TOKEN_ID),
}


@pytest.mark.parametrize("name", CALLS)
async def test_a_request_is_what_paypal_specifies(specification: OpenAPI, name: str) -> None:
    answer = {"id": "3C", "status": "PENDING", "amount": {"currency_code": "EUR", "value": "1.00"}}
    answer["verification_status"] = "SUCCESS"
    deleting = name == "delete payment token"
    paypal = PayPalSide(httpx2.Response(204) if deleting else httpx2.Response(200, json=answer))

    await CALLS[name](paypal.client())

    [asked] = paypal.requests
    specification.validate_request(asked_of(asked))


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["intent"], "CAP"),
        (["purchase_units", 0, "amount", "value"], 12.3),
        (["payment_source", "paypal", "attributes", "vault", "usage_type"], None),
        (["payment_source", "paypal", "attributes", "vault", "usage"], "MERCHANT"),
        (["payment_source", "paypal", "experience_context", "locale"], "italiano"),
    ],
)
async def test_the_specification_would_catch_a_mistake(
    specification: OpenAPI, path: list[str | int], value: object
) -> None:
    paypal = PayPalSide(order())
    await paypal.client().create_order(request_for(approval(store_in_vault=True)), request_id="a-create")
    asked = paypal.requests[0]
    body = json.loads(asked.content)
    place = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    broken = asked_of(asked)
    broken.body = json.dumps(body).encode()

    with pytest.raises(OpenAPIError):
        specification.validate_request(broken)
