"""Asking PayPal about a delivery: its bytes go back exactly as they came, and our own words cannot be overruled."""

import json

import httpx2
import pytest

from gateways.paypal.errors import PayPalUnavailable
from tests.unit.gateways.paypal_side import PayPalSide, refusal

QUESTION = {
    "auth_algo": "SHA256withRSA",
    "cert_url": "https://api.paypal.com/v1/notifications/certs/CERT-1",
    "transmission_id": "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
    "transmission_sig": "c2lnbmF0dXJl",
    "transmission_time": "2026-11-24T12:00:00Z",
    "webhook_id": "8PT597110X687430LKGECATA",
}
ODD_BODIES = [
    b'{"id":"WH-1","resource":{}}',
    b'{ "id" : "WH-1",\n\t"resource" : { "value": 1.0, "large": 1e400 } }',
    b'{"summary":"Pagamento di 12,30 \\u20ac"}',
    '{"summary":"Pagamento di 12,30 € già fatto"}'.encode(),
    b'{"b":1,"a":2,"b":3}',
    b'{"slash":"a\\/b"}',
]


def verdict(status: str) -> httpx2.Response:
    return httpx2.Response(200, json={"verification_status": status})


@pytest.mark.parametrize("body", ODD_BODIES)
async def test_a_delivery_is_sent_back_byte_for_byte(body: bytes) -> None:
    paypal = PayPalSide(verdict("SUCCESS"))

    genuine = await paypal.client().verify_webhook(body, QUESTION)

    [asked] = paypal.requests
    assert genuine is True
    assert (asked.method, asked.url.path) == ("POST", "/v1/notifications/verify-webhook-signature")
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.content.startswith(b'{"webhook_event":' + body + b",")
    assert {**json.loads(asked.content), "webhook_event": None} == {**QUESTION, "webhook_event": None}


async def test_a_delivery_cannot_say_for_which_webhook_it_is_asked_about() -> None:
    paypal = PayPalSide(verdict("FAILURE"))

    await paypal.client().verify_webhook(b'{}, "webhook_id": "OF-THE-FORGER", "transmission_id": "1"', QUESTION)

    asked = json.loads(paypal.requests[0].content)
    assert {name: asked[name] for name in QUESTION} == QUESTION


@pytest.mark.parametrize("status", ["FAILURE", "OF_TOMORROW", "success", ""])
async def test_every_word_but_success_is_a_no(status: str) -> None:
    assert await PayPalSide(verdict(status)).client().verify_webhook(b"{}", QUESTION) is False


@pytest.mark.parametrize("answer", [httpx2.Response(200), httpx2.Response(200, json={}), refusal(500, "X")])
async def test_no_verdict_is_neither_yes_nor_no(answer: httpx2.Response) -> None:
    with pytest.raises(PayPalUnavailable):
        await PayPalSide(answer).client().verify_webhook(b"{}", QUESTION)
