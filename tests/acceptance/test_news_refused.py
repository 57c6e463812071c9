"""What PayPal did not send, or what nobody can read, is refused with a code and changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from app.webhooks import LARGEST_BYTES
from models import tables
from tests.acceptance.conftest import Launch
from tests.harness.news import Letter, address, all_handled, event, post, signed
from tests.harness.product import Product
from tests.harness.refusals import unchanged

NEWS = {"id": "5O190127TN364715T", "status": "APPROVED"}
REFUSED = {"code": "DELIVERY_REFUSED", "message": "This is not a delivery of PayPal's to this webhook."}


async def genuine(product: Product, **how: str) -> Letter:
    return await signed(product, event("CHECKOUT.ORDER.APPROVED", NEWS), **how)


async def know_the_certificate(product: Product) -> None:
    """Deliver something once, so that the certificate has been fetched, and forget about it."""
    assert (await post(product, await genuine(product))).status_code == 200
    await all_handled(product, events=1)


async def test_a_genuine_delivery_needs_no_session_and_is_taken_once_and_then_known(inform: Launch) -> None:
    async with inform() as product:
        letter = await genuine(product)

        answers = [await post(product, letter) for _ in range(3)]

        assert [(answer.status_code, answer.json()) for answer in answers] == [
            (200, {"code": "TAKEN"}),
            (200, {"code": "KNOWN"}),
            (200, {"code": "KNOWN"}),
        ]
        [row] = await all_handled(product, events=1)
        assert (row.event_type, row.resource_id, row.order_id) == ("CHECKOUT.ORDER.APPROVED", NEWS["id"], None)
        assert row.transmission_id == letter.headers["PAYPAL-TRANSMISSION-ID"]


FORGERIES: dict[str, dict[str, Any]] = {
    "another body": {"body": event("CHECKOUT.ORDER.APPROVED", {"id": "OTHER"})},
    "another transmission": {"PAYPAL-TRANSMISSION-ID": "69cd13f0-d67a-11e5-baa3-778b53f4ae55"},
    "another time": {"PAYPAL-TRANSMISSION-TIME": f"{datetime.now(UTC) - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}"},
    "another signature": {"PAYPAL-TRANSMISSION-SIG": "AAAA"},
    "another algorithm": {"PAYPAL-AUTH-ALGO": "SHA1withRSA"},
    "a certificate elsewhere": {"PAYPAL-CERT-URL": "https://evil.example/v1/notifications/certs/CERT-1"},
    "a certificate at PayPal": {"PAYPAL-CERT-URL": "https://api.paypal.com/v1/notifications/certs/CERT-1"},
    "a page as certificate": {"PAYPAL-CERT-URL": "http://127.0.0.1:1/v1/notifications/certs/CERT-1"},
    "no signature": {"PAYPAL-TRANSMISSION-SIG": ""},
    "no certificate": {"PAYPAL-CERT-URL": ""},
}


@pytest.mark.parametrize("forgery", FORGERIES.values(), ids=FORGERIES)
async def test_a_delivery_that_paypal_did_not_sign_is_refused_and_changes_nothing(
    inform: Launch, forgery: dict[str, Any]
) -> None:
    async with inform() as product:
        await know_the_certificate(product)
        letter = await genuine(product)
        headers = {name: value for name, value in forgery.items() if name != "body"}

        async with unchanged(product):
            answer = await post(
                product, Letter(headers=letter.headers | headers, body=forgery.get("body", letter.body))
            )

        assert (answer.status_code, answer.json()) == (400, REFUSED)


@pytest.mark.parametrize("certificate", ["expired", "foreign", "misnamed"])
async def test_a_certificate_that_is_not_to_be_believed_is_refused(inform: Launch, certificate: str) -> None:
    async with inform() as product:
        letter = await genuine(product, certificate=certificate)

        answer = await post(product, letter)

        assert (answer.status_code, answer.json()) == (400, REFUSED)
        assert await product.rows(tables.WebhookEvent) == []


async def test_a_delivery_to_another_webhook_of_the_same_merchant_is_refused(inform: Launch) -> None:
    async with inform() as product:
        await know_the_certificate(product)
        other = await asyncio.to_thread(product.simulator.subscribe, "http://127.0.0.1:1/", webhook_id="OTHER1")
        body = event("CHECKOUT.ORDER.APPROVED", NEWS)
        headers = await asyncio.to_thread(product.simulator.sign, body, webhook_id=other)

        async with unchanged(product):
            answer = await post(product, Letter(headers=headers, body=body))

        assert (answer.status_code, answer.json()) == (400, REFUSED)


@pytest.mark.parametrize("age", [timedelta(days=4), -timedelta(days=4)], ids=["too old", "from the future"])
async def test_an_old_delivery_played_again_is_refused(inform: Launch, age: timedelta) -> None:
    async with inform() as product:
        await know_the_certificate(product)
        letter = await genuine(product, transmission_time=(datetime.now(UTC) - age).isoformat())

        async with unchanged(product):
            answer = await post(product, letter)

        assert (answer.status_code, answer.json()) == (400, REFUSED)


@pytest.mark.parametrize("body", [b"", b"not json", b"[]", b"{}", b'{"event_type":"CHECKOUT.ORDER.APPROVED"}', b"\xff"])
async def test_a_signed_body_that_is_no_event_is_refused(inform: Launch, body: bytes) -> None:
    async with inform() as product:
        await know_the_certificate(product)
        letter = await signed(product, body)

        async with unchanged(product):
            answer = await post(product, letter)

        assert (answer.status_code, answer.json()) == (400, REFUSED)


async def chunks(size: int) -> AsyncIterator[bytes]:
    for _ in range(size // 65536):
        yield b" " * 65536


@pytest.mark.parametrize("declared", [True, False], ids=["with its length", "in pieces"])
async def test_a_body_that_is_too_large_is_refused_before_it_is_read(inform: Launch, declared: bool) -> None:
    async with inform() as product:
        size = LARGEST_BYTES + 65536

        async with unchanged(product), httpx2.AsyncClient(timeout=30) as http:
            answer = await http.post(address(product), content=b" " * size if declared else chunks(size))

        assert (answer.status_code, answer.json()["code"]) == (413, "BODY_TOO_LARGE")


async def test_a_large_body_of_paypals_is_taken(inform: Launch) -> None:
    async with inform() as product:
        body = event("CHECKOUT.ORDER.APPROVED", NEWS, padding="x" * (LARGEST_BYTES - 1000))

        answer = await post(product, await signed(product, body))

        assert answer.status_code == 200


async def test_while_the_certificate_cannot_be_fetched_paypal_is_asked_to_deliver_again(inform: Launch) -> None:
    async with inform() as product:
        letter = await genuine(product)
        product.simulator.fail("down", pattern="/v1/notifications/certs/*")

        undecided = await post(product, letter)
        stored = await product.rows(tables.WebhookEvent)
        product.clock.advance(seconds=11)
        again = await post(product, letter)

        assert (undecided.status_code, undecided.json()["code"]) == (503, "DELIVERY_UNDECIDED")
        assert (undecided.headers["retry-after"], stored) == ("30", [])
        assert (again.status_code, again.json()) == (200, {"code": "TAKEN"})


async def test_without_a_webhook_id_every_delivery_is_put_off(inform: Launch) -> None:
    async with inform(paypal_webhook_id=None) as product:
        letter = await genuine(product)

        async with unchanged(product):
            answer = await post(product, letter)

        assert (answer.status_code, answer.json()["code"]) == (503, "NOT_CONFIGURED")


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
async def test_only_deliveries_are_expected_there(inform: Launch, method: str) -> None:
    async with inform() as product, httpx2.AsyncClient() as http:
        assert (await http.request(method, address(product))).status_code == 405


@asynccontextmanager
async def asking(inform: Launch) -> AsyncIterator[Product]:
    """Run a product that asks PayPal about each delivery."""
    async with inform(paypal_webhook_check="online") as product:
        yield product


async def test_asked_about_its_own_delivery_paypal_recognises_it(inform: Launch) -> None:
    async with asking(inform) as product:
        answer = await post(product, await genuine(product))

        assert (answer.status_code, answer.json()) == (200, {"code": "TAKEN"})
        await all_handled(product, events=1)
        paths = [call["path"] for call in product.simulator.calls("/v1/notifications")]
        assert paths == ["/v1/notifications/verify-webhook-signature"]


async def test_asked_about_a_forged_delivery_paypal_does_not_recognise_it(inform: Launch) -> None:
    async with asking(inform) as product:
        letter = await genuine(product)

        answer = await post(product, Letter(headers=letter.headers, body=letter.body.replace(b"APPROVED", b"APPROVEE")))

        assert (answer.status_code, answer.json()) == (400, REFUSED)
        assert await product.rows(tables.WebhookEvent) == []


async def test_asked_while_it_is_down_paypal_is_to_deliver_again(inform: Launch) -> None:
    async with asking(inform) as product:
        letter = await genuine(product)
        product.simulator.fail("html_503", pattern="/v1/notifications/verify-webhook-signature")

        undecided = await post(product, letter)
        again = await post(product, letter)

        assert (undecided.status_code, again.status_code) == (503, 200)
