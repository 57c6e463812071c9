"""Registering an account without a purchase, word by word: what we ask, and what we read in the answers."""

import httpx2
import pytest
from pydantic import JsonValue, ValidationError

from gateways.paypal.errors import AlreadyDone, PayerMustAct, RequestRejected, ResourceMissing
from gateways.paypal.messages import PaymentToken
from gateways.paypal.setup_tokens import SetupToken, SetupTokenRequest
from models.enums import CustomerKind
from tests.unit.gateways.paypal_side import PayPalSide, body_of, refusal

SETUP_ID, APPROVE_URL = "4G4976650J0948357", "https://paypal.test/agreements/approve?approval_session_id=4G49"
LINKS: JsonValue = [
    {"rel": "self", "href": "https://paypal.test/v3/vault/setup-tokens/4G49", "method": "GET"},
    {"rel": "confirm", "href": "https://paypal.test/v3/vault/setup-tokens/4G49/confirm", "method": "POST"},
    {"rel": "approve", "href": APPROVE_URL, "method": "GET", "encType": "application/json"},
]
CREATED = {"id": SETUP_ID, "status": "PAYER_ACTION_REQUIRED", "customer": {"id": "customer_4029352051"}, "links": LINKS}


def request(**more: str) -> SetupTokenRequest:
    values = {"description": "Rinnovo automatico dei servizi", **more}
    return SetupTokenRequest(
        return_url="https://saldo.test/paypal/return?a=r1",
        cancel_url="https://saldo.test/paypal/cancel?a=r1",
        locale="it-IT",
        brand_name="Saldo",
        merchant_customer_id="customer-7",
        customer_type=CustomerKind.CONSUMER,
        **values,
    )


@pytest.mark.parametrize(
    ("known", "customer"),
    [
        ({}, {"merchant_customer_id": "customer-7"}),
        ({"paypal_customer_id": "ROaPMoZUaV"}, {"id": "ROaPMoZUaV", "merchant_customer_id": "customer-7"}),
    ],
)
def test_keeping_an_account_is_asked_without_a_purchase(known: dict[str, str], customer: JsonValue) -> None:
    assert request(**known).to_wire() == {
        "customer": customer,
        "payment_source": {
            "paypal": {
                "description": "Rinnovo automatico dei servizi",
                "usage_type": "MERCHANT",
                "usage_pattern": "SUBSCRIPTION_PREPAID",
                "customer_type": "CONSUMER",
                "permit_multiple_payment_tokens": False,
                "experience_context": {
                    "return_url": "https://saldo.test/paypal/return?a=r1",
                    "cancel_url": "https://saldo.test/paypal/cancel?a=r1",
                    "user_action": "SETUP_NOW",
                    "shipping_preference": "NO_SHIPPING",
                    "locale": "it-IT",
                    "brand_name": "Saldo",
                },
            }
        },
    }


@pytest.mark.parametrize("description", ["", "Già attivo", "a" * 129, "50 €", "a\nb"])
def test_a_description_that_paypal_would_refuse_is_refused_before(description: str) -> None:
    with pytest.raises(ValueError, match="plain letters"):
        request(description=description)


async def test_a_setup_token_is_created_under_its_request_id() -> None:
    paypal = PayPalSide(httpx2.Response(201, json=CREATED))

    token = await paypal.client().create_setup_token(request(), request_id="registration-1-setup")

    [asked] = paypal.requests
    assert (asked.method, asked.url.path) == ("POST", "/v3/vault/setup-tokens")
    assert asked.headers["PayPal-Request-Id"] == "registration-1-setup"
    assert body_of(asked) == request().to_wire()
    assert token == SetupToken(
        id=SETUP_ID, status="PAYER_ACTION_REQUIRED", customer_id="customer_4029352051", approve_url=APPROVE_URL
    )


async def test_a_setup_token_is_read_as_it_is_now() -> None:
    approved = {"id": SETUP_ID, "status": "APPROVED", "links": [], "payment_source": {"paypal": {"new": "word"}}}
    paypal = PayPalSide(httpx2.Response(200, json=approved))

    token = await paypal.client().get_setup_token(SETUP_ID)

    [asked] = paypal.requests
    assert (asked.method, asked.url.path, asked.content) == ("GET", f"/v3/vault/setup-tokens/{SETUP_ID}", b"")
    assert token == SetupToken(id=SETUP_ID, status="APPROVED")


@pytest.mark.parametrize("status", [200, 201])
async def test_an_approved_setup_token_becomes_a_stored_account(status: int) -> None:
    wallet = {"email_address": "customer@example.com", "payer_id": "QYR5Z8XDVJNXQ"}
    stored = {"id": "jwgvx42", "customer": {"id": "customer_4029352051"}, "payment_source": {"paypal": wallet}}
    paypal = PayPalSide(httpx2.Response(status, json=stored))

    token = await paypal.client().create_payment_token(SETUP_ID, request_id="registration-1-token")

    [asked] = paypal.requests
    assert (asked.method, asked.url.path) == ("POST", "/v3/vault/payment-tokens")
    assert asked.headers["PayPal-Request-Id"] == "registration-1-token"
    assert body_of(asked) == {"payment_source": {"token": {"id": SETUP_ID, "type": "SETUP_TOKEN"}}}
    assert token == PaymentToken(
        id="jwgvx42", customer_id="customer_4029352051", payer_id="QYR5Z8XDVJNXQ", email="customer@example.com"
    )


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (refusal(422, "PAYER_ACTION_REQUIRED"), PayerMustAct),
        (refusal(422, "SETUP_TOKEN_ALREADY_TOKENIZED"), AlreadyDone),
        (refusal(422, "SETUP_TOKEN_NOT_TOKENIZED"), RequestRejected),
        (refusal(404, "INVALID_RESOURCE_ID"), ResourceMissing),
    ],
)
async def test_a_setup_token_that_cannot_become_an_account_says_why(answer: httpx2.Response, kind: type) -> None:
    with pytest.raises(kind):
        await PayPalSide(answer).client().create_payment_token(SETUP_ID, request_id="registration-1-token")


@pytest.mark.parametrize("odd", ["", "4G49/confirm", "../orders", "x" * 37])
async def test_an_odd_setup_token_never_makes_a_call(odd: str) -> None:
    paypal = PayPalSide()

    with pytest.raises(RequestRejected):
        await paypal.client().get_setup_token(odd)
    with pytest.raises(RequestRejected):
        await paypal.client().create_payment_token(odd, request_id="registration-1-token")

    assert (paypal.requests, paypal.token_requests) == ([], [])


@pytest.mark.parametrize("missing", ["id", "status"])
def test_a_setup_token_without_what_we_need_is_not_read(missing: str) -> None:
    with pytest.raises(ValidationError):
        SetupToken.parse({name: value for name, value in CREATED.items() if name != missing})


def test_a_setup_token_is_stored_and_comes_back_and_shows_no_secret() -> None:
    token = SetupToken.parse(CREATED)

    assert SetupToken.model_validate(token.model_dump(mode="json")) == token
    assert SETUP_ID not in repr(token)
    assert "approval_session_id" not in repr(token)
