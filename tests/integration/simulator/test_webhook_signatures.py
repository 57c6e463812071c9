"""Signed as PayPal signs: with a certificate of its own authority, over the bytes that are sent."""

import json

import pytest

from tests.integration.simulator.driving import HOOK, Clock, Merchant, Webhook, order_body
from tests.integration.simulator.signatures import NAME, chain_of, is_signed_with, is_trusted, verified_online


async def approval(merchant: Merchant) -> Webhook:
    order_id = (await merchant.create(order_body())).json()["id"]
    await merchant.control(f"/orders/{order_id}/approve", {"payer_email": "pays@payer.example"})
    [webhook] = await merchant.pull()
    return webhook


async def root_of(merchant: Merchant) -> str:
    return (await merchant.http.get("/simulator/ca.pem")).text


async def test_webhook_is_signed_for_its_subscription_and_its_bytes(merchant: Merchant) -> None:
    webhook = await approval(merchant)

    [certificate, *_] = await chain_of(merchant.http, webhook.headers)
    changed = Webhook(headers=webhook.headers, body=webhook.body.replace(b"12.30", b"12.31"))
    assert is_signed_with(certificate, webhook, webhook_id=HOOK)
    assert not is_signed_with(certificate, webhook, webhook_id="WH0000000002")
    assert not is_signed_with(certificate, changed, webhook_id=HOOK)


async def test_headers_are_those_of_paypal(merchant: Merchant) -> None:
    headers = (await approval(merchant)).headers

    assert headers["PAYPAL-AUTH-ALGO"] == "SHA256withRSA"
    assert headers["PAYPAL-TRANSMISSION-TIME"] == "2026-03-02T09:00:00Z"
    assert headers["PAYPAL-CERT-URL"].startswith("http://127.0.0.1/v1/notifications/certs/CERT-")
    assert set(headers) == {
        "Content-Type", "User-Agent", "correlation-id", "PAYPAL-AUTH-ALGO", "PAYPAL-AUTH-VERSION", "PAYPAL-CERT-URL",
        "PAYPAL-TRANSMISSION-ID", "PAYPAL-TRANSMISSION-SIG", "PAYPAL-TRANSMISSION-TIME",
    }  # fmt: skip


async def test_certificate_leads_to_the_simulators_root(merchant: Merchant, clock: Clock) -> None:
    webhook = await approval(merchant)

    chain = await chain_of(merchant.http, webhook.headers)

    assert chain[0].subject.rfc4514_string() == f"CN={NAME}"
    assert len(chain) == 2
    assert is_trusted(chain, await root_of(merchant), now=clock.now)


@pytest.mark.parametrize("kind", ["expired", "foreign", "misnamed"])
async def test_bad_certificate_signs_well_and_is_not_trusted(merchant: Merchant, clock: Clock, kind: str) -> None:
    await merchant.control("/webhooks/mode", {"certificate": kind})

    webhook = await approval(merchant)

    chain = await chain_of(merchant.http, webhook.headers)
    assert is_signed_with(chain[0], webhook, webhook_id=HOOK)
    assert not is_trusted(chain, await root_of(merchant), now=clock.now)
    assert await verified_online(merchant, webhook, webhook_id=HOOK) == "FAILURE"


async def test_reset_keeps_the_certificates(merchant: Merchant) -> None:
    root, webhook = await root_of(merchant), await approval(merchant)

    await merchant.control("/reset")
    again = await approval(merchant)

    assert again.headers["PAYPAL-CERT-URL"] == webhook.headers["PAYPAL-CERT-URL"]
    assert await root_of(merchant) == root


async def test_unknown_certificate_is_not_found(merchant: Merchant) -> None:
    answer = await merchant.http.get("/v1/notifications/certs/CERT-00000000-00000000-00000000")

    assert answer.status_code == 404


async def test_online_check_wants_the_bytes_that_were_sent(merchant: Merchant) -> None:
    webhook = await approval(merchant)
    encoded_again = json.dumps(webhook.event).encode()
    compact = json.dumps(webhook.event, ensure_ascii=False, separators=(",", ":")).encode()

    assert await verified_online(merchant, webhook, webhook_id=HOOK) == "SUCCESS"
    assert await verified_online(merchant, webhook, webhook_id=HOOK, body=encoded_again) == "FAILURE"
    assert await verified_online(merchant, webhook, webhook_id=HOOK, body=compact) == "FAILURE"


async def test_online_check_knows_the_subscriptions(merchant: Merchant) -> None:
    webhook = await approval(merchant)

    assert await verified_online(merchant, webhook, webhook_id="WEBHOOK") == "FAILURE"


async def test_online_check_refuses_what_is_no_signature(merchant: Merchant) -> None:
    webhook = await approval(merchant)
    forged = Webhook(headers={**webhook.headers, "PAYPAL-TRANSMISSION-SIG": "no base64!"}, body=webhook.body)

    assert await verified_online(merchant, forged, webhook_id=HOOK) == "FAILURE"


async def test_control_desk_signs_any_bytes(merchant: Merchant) -> None:
    body, transmission = b' {"id": "WH-1", "event_type":"X"}\xff\n', "5fd5e0a2-0000-4000-8000-000000000000"

    answer = await merchant.http.post(
        "/simulator/webhooks/sign",
        params={"webhook_id": HOOK, "transmission_id": transmission, "transmission_time": "2026-02-01T00:00:00Z"},
        content=body,
    )

    webhook = Webhook(headers=answer.json()["headers"], body=body)
    [certificate, *_] = await chain_of(merchant.http, webhook.headers)
    assert webhook.headers["PAYPAL-TRANSMISSION-ID"] == transmission
    assert webhook.headers["PAYPAL-TRANSMISSION-TIME"] == "2026-02-01T00:00:00Z"
    assert is_signed_with(certificate, webhook, webhook_id=HOOK)


@pytest.mark.parametrize(
    ("params", "status"),
    [({"webhook_id": "NOPE"}, 404), ({}, 422), ({"webhook_id": HOOK, "certificate": "perfect"}, 422)],
)
async def test_control_desk_signs_for_a_known_subscription_only(
    merchant: Merchant, params: dict[str, str], status: int
) -> None:
    answer = await merchant.http.post("/simulator/webhooks/sign", params=params, content=b"{}")

    assert answer.status_code == status
