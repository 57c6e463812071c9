"""Deliveries from PayPal: read from headers and body, proved here or by PayPal, and reduced to what they point at."""

import json
from typing import Any

import httpx2
import pytest

from gateways.paypal.webhooks import (
    Delivery,
    DeliveryRefused,
    DeliveryUndecided,
    OfflineProof,
    OnlineProof,
    WebhookEvent,
    WebhookVerifier,
)
from tests.unit.gateways.certificate_site import Page, Site
from tests.unit.gateways.paypal_side import PayPalSide, refusal
from tests.unit.gateways.signing import ADDRESS, EVENT, NOON, WEBHOOK_ID, Unsigned, changed

HEADERS = {
    "paypal-transmission-id": "69cd13f0-d67a-11e5-baa3-778b53f4ae55",
    "paypal-transmission-time": "2026-11-24T11:59:58Z",
    "paypal-transmission-sig": "AAAA",
    "paypal-cert-url": ADDRESS,
    "paypal-auth-algo": "SHA256withRSA",
}
SUCCESS = httpx2.Response(200, json={"verification_status": "SUCCESS"})


def offline(site: Site) -> WebhookVerifier:
    certificates = site.certificates()
    proof = OfflineProof(certificates=certificates)
    return WebhookVerifier(webhook_id=WEBHOOK_ID, certificates=certificates, proof=proof, clock=lambda: NOON)


def online(side: PayPalSide) -> WebhookVerifier:
    certificates, proof = Site().certificates(), OnlineProof(paypal=side.client())
    return WebhookVerifier(webhook_id=WEBHOOK_ID, certificates=certificates, proof=proof, clock=lambda: NOON)


def test_headers_are_read_whatever_their_case() -> None:
    headers = httpx2.Headers({name.title(): value for name, value in HEADERS.items()})

    delivery = Delivery.read(headers, EVENT)

    assert (delivery.certificate_url, delivery.algorithm, delivery.body) == (ADDRESS, "SHA256withRSA", EVENT)


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("value", ["", "a b", "è", "a\nb", "x" * 501])
def test_a_missing_or_odd_header_is_refused(name: str, value: str) -> None:
    with pytest.raises(DeliveryRefused, match="is missing or odd"):
        Delivery.read(HEADERS | {name: value}, EVENT)


def test_a_delivery_can_be_printed_without_telling_how_it_was_signed() -> None:
    printed = repr(Delivery.read(HEADERS, EVENT))

    assert [value for value in HEADERS.values() if value in printed] == ["SHA256withRSA"]
    assert "WH-1" not in printed


async def test_a_genuine_delivery_is_proved_without_asking_paypal() -> None:
    site = Site()

    await offline(site).verify(Unsigned().signed())

    assert site.asked == [ADDRESS]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"body": EVENT + b" "}, "signature"),
        ({"transmission_id": "another"}, "signature"),
        ({"transmission_time": "2026-11-24T11:59:59Z"}, "signature"),
        ({"certificate_url": "https://evil.example/v1/notifications/certs/CERT-1"}, "certificate"),
    ],
)
async def test_a_delivery_changed_on_its_way_is_refused(change: dict[str, Any], reason: str) -> None:
    with pytest.raises(DeliveryRefused, match=reason):
        await offline(Site()).verify(changed(Unsigned().signed(), **change))


async def test_a_delivery_to_another_webhook_is_refused() -> None:
    with pytest.raises(DeliveryRefused, match="signature"):
        await offline(Site()).verify(Unsigned().signed("4JH86294D6297924G"))


@pytest.mark.parametrize("answer", [httpx2.ConnectError("refused"), Page(status=503)], ids=str)
async def test_a_certificate_that_cannot_be_had_leaves_it_open_who_sent_this(answer: Page | Exception) -> None:
    with pytest.raises(DeliveryUndecided):
        await offline(Site(answer)).verify(Unsigned().signed())


async def test_paypal_is_asked_with_the_body_byte_for_byte_as_it_came() -> None:
    side, delivery = PayPalSide(SUCCESS), Unsigned().signed()

    await online(side).verify(delivery)

    [request] = side.requests
    asked = json.loads(request.content)
    assert (request.method, request.url.path) == ("POST", "/v1/notifications/verify-webhook-signature")
    assert request.headers["content-type"] == "application/json"
    assert request.content.startswith(b'{"webhook_event":' + EVENT + b',"')
    assert asked == {
        "webhook_event": json.loads(EVENT),
        "auth_algo": "SHA256withRSA",
        "cert_url": ADDRESS,
        "transmission_id": delivery.transmission_id,
        "transmission_sig": delivery.signature,
        "transmission_time": delivery.transmission_time,
        "webhook_id": WEBHOOK_ID,
    }


@pytest.mark.parametrize(
    "body",
    [
        b'{},"webhook_id":"EVIL","webhook_event":{}',
        b"{}{}",
        b"[]",
        b'"x"',
        b"",
        b"{",
        b'{"a":NaN}',
        b"\xff\xfe{\x00}\x00",
    ],
)
async def test_a_body_that_would_add_fields_to_the_question_is_refused_without_asking(body: bytes) -> None:
    side = PayPalSide(SUCCESS)

    with pytest.raises(DeliveryRefused):
        await online(side).verify(Unsigned(body=body).signed())

    assert side.requests == []


async def test_paypal_is_not_asked_about_a_certificate_of_somebody_else() -> None:
    side = PayPalSide(SUCCESS)

    with pytest.raises(DeliveryRefused):
        await online(side).verify(Unsigned(certificate_url="https://evil.example/CERT-1").signed())

    assert side.requests == []


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (httpx2.Response(200, json={"verification_status": "FAILURE"}), DeliveryRefused),
        (httpx2.Response(200, json={"verification_status": "PERHAPS"}), DeliveryRefused),
        (refusal(400, "INVALID_PARAMETER_SYNTAX", name="VALIDATION_ERROR"), DeliveryRefused),
        (httpx2.Response(200, json={}), DeliveryUndecided),
        (httpx2.Response(200, text="<html>"), DeliveryUndecided),
        (refusal(403, "NOT_AUTHORIZED"), DeliveryUndecided),
        (httpx2.Response(503), DeliveryUndecided),
        (httpx2.ReadTimeout("slow"), DeliveryUndecided),
    ],
    ids=str,
)
async def test_only_success_is_success(
    answer: httpx2.Response | Exception, expected: type[DeliveryRefused | DeliveryUndecided]
) -> None:
    with pytest.raises(expected):
        await online(PayPalSide(answer)).verify(Unsigned().signed())


ORDER_LINK = {"rel": "up", "href": "https://api-m.paypal.com/v2/checkout/orders/5O190127TN364715T", "method": "GET"}


@pytest.mark.parametrize(
    ("resource", "resource_id", "order_id"),
    [
        ({"id": "5O190127TN364715T", "status": "APPROVED"}, "5O190127TN364715T", None),
        ({"order_id": "5O190127TN364715T", "purchase_units": []}, "5O190127TN364715T", "5O190127TN364715T"),
        ({"id": "3C679", "supplementary_data": {"related_ids": {"order_id": "5O19"}}}, "3C679", "5O19"),
        ({"id": "3C679", "links": [{"rel": "self", "href": "…/5O20"}, ORDER_LINK]}, "3C679", "5O190127TN364715T"),
        ({"id": "1JU0", "links": [{"rel": "up", "href": "https://x/v2/payments/captures/3C679"}]}, "1JU0", None),
        ({"id": "8kk8451t", "metadata": {"order_id": "5O19"}}, "8kk8451t", "5O19"),
        ({"id": "8kk8451t", "metadata": {}, "links": {}}, "8kk8451t", None),
        ({"dispute_id": "PP-D-27803"}, "PP-D-27803", None),
        ({"id": 5, "supplementary_data": []}, None, None),
        ({"id": "../../../v1/oauth2/token"}, None, None),
        ({"id": "x" * 65, "metadata": {"order_id": "a/b"}}, None, None),
        ({}, None, None),
        (None, None, None),
        ("text", None, None),
    ],
)
def test_an_event_is_reduced_to_what_it_points_at(
    resource: object, resource_id: str | None, order_id: str | None
) -> None:
    body = json.dumps({"id": "WH-1-2", "event_type": "A.B-C.D", "resource": resource, "unknown": [1.0]}).encode()

    assert WebhookEvent.parse(body) == WebhookEvent.model_construct(
        id="WH-1-2", event_type="A.B-C.D", resource_id=resource_id, order_id=order_id
    )


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b"{}",
        b'{"id":"WH-1"}',
        b'{"event_type":"A.B"}',
        b'{"id":"","event_type":"A.B"}',
        b'{"id":1,"event_type":"A.B"}',
        b'{"id":"WH 1","event_type":"A.B"}',
        b'{"id":"WH-1\\n","event_type":"A.B"}',
        b'{"id":"WH-1","event_type":"a <script>"}',
        b'{"id":"WH-1","event_type":"A.B"} trailing',
        b'\xff{"id":"WH-1","event_type":"A.B"}',
    ],
)
def test_what_names_no_event_is_refused(body: bytes) -> None:
    with pytest.raises(DeliveryRefused):
        WebhookEvent.parse(body)
