"""What is announced, and in which words."""

import json

import pytest

from tests.integration.simulator.driving import (
    Clock,
    Json,
    Merchant,
    Payer,
    Webhook,
    capture_of,
    order_body,
    stored,
    vault_of,
    wallet,
)
from tests.integration.simulator.happenings import approved, kinds
from tests.integration.simulator.test_vault import SETUP, TOKENS, exchange, setup_body


def headings(webhook: Webhook) -> tuple[str, str, str]:
    event = webhook.event
    return event["resource_type"], event["resource_version"], event["summary"]


def up_of(resource: Json) -> str:
    [link] = [link["href"] for link in resource["links"] if link["rel"] == "up"]
    return str(link).removeprefix("http://127.0.0.1")


async def test_approved_and_captured_order(merchant: Merchant) -> None:
    order_id = await approved(merchant)
    seen = (await merchant.get(f"/v2/checkout/orders/{order_id}")).json()
    capture = capture_of(await merchant.capture(order_id))

    approval, completed = await merchant.pull()

    assert approval.event_type == "CHECKOUT.ORDER.APPROVED"
    assert headings(approval) == ("checkout-order", "2.0", "An order has been approved by buyer")
    assert approval.event["resource"] == seen
    assert completed.event_type == "PAYMENT.CAPTURE.COMPLETED"
    assert headings(completed) == ("capture", "2.0", "Payment completed for EUR 12.3 EUR")
    assert completed.event["resource"] == capture
    assert completed.event["resource"]["supplementary_data"]["related_ids"]["order_id"] == order_id
    assert up_of(completed.event["resource"]) == f"/v2/checkout/orders/{order_id}"


async def test_envelope_is_paypals(merchant: Merchant) -> None:
    await approved(merchant)

    [webhook] = await merchant.pull()

    event = webhook.event
    path = f"http://127.0.0.1/v1/notifications/webhooks-events/{event['id']}"
    assert event["id"].startswith("WH-")
    assert [len(part) for part in event["id"].split("-")] == [2, 17, 17]
    assert (event["event_version"], event["create_time"]) == ("1.0", "2026-03-02T09:00:00.000Z")
    assert [(link["rel"], link["href"]) for link in event["links"]] == [("self", path), ("resend", f"{path}/resend")]


async def test_body_is_not_what_an_encoder_would_write(merchant: Merchant) -> None:
    await approved(merchant)

    [webhook] = await merchant.pull()

    assert b'"attributes":{}' in webhook.body
    assert b'"weight": 1.0' in webhook.body
    assert "caffè – ☕".encode() in webhook.body
    for form in ({}, {"ensure_ascii": False}, {"separators": (",", ":")}, {"indent": 2}):
        assert json.dumps(webhook.event, **form).encode() != webhook.body


async def test_stored_account_that_is_charged(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    captured = await merchant.create(order_body(source=stored(token)))

    [completed] = await merchant.pull()

    assert completed.event["resource"] == capture_of(captured)


@pytest.mark.parametrize(
    ("decision", "name", "status"),
    [("COMPLETED", "PAYMENT.CAPTURE.COMPLETED", "COMPLETED"), ("DENIED", "PAYMENT.CAPTURE.DENIED", "DECLINED")],
)
async def test_pending_capture_and_its_decision(merchant: Merchant, decision: str, name: str, status: str) -> None:
    token = await merchant.register("review@payer.example")
    capture = capture_of(await merchant.create(order_body(source=stored(token))))
    await merchant.control(f"/captures/{capture['id']}/release", {"status": decision})

    pending, decided = await merchant.pull()

    assert pending.event_type == "PAYMENT.CAPTURE.PENDING"
    assert pending.event["resource"]["status_details"] == {"reason": "PENDING_REVIEW"}
    assert decided.event_type == name
    assert decided.event["resource"]["status"] == status


async def test_refund_names_its_capture_in_a_link_only(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    capture = capture_of(await merchant.create(order_body(source=stored(token))))
    refund = (await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")).json()

    [_, refunded] = await merchant.pull()

    assert refunded.event_type == "PAYMENT.CAPTURE.REFUNDED"
    assert headings(refunded) == ("refund", "2.0", "A EUR 12.3 EUR capture payment was refunded")
    assert refunded.event["resource"] == refund
    assert up_of(refund) == f"/v2/payments/captures/{capture['id']}"


async def test_refused_capture_is_not_announced(merchant: Merchant) -> None:
    order_id = await approved(merchant, "declined")
    await merchant.capture(order_id)

    assert kinds(await merchant.pull()) == ["CHECKOUT.ORDER.APPROVED"]


async def test_replayed_capture_is_announced_once(merchant: Merchant) -> None:
    order_id = await approved(merchant)
    for _ in range(2):
        await merchant.capture(order_id, key="k")

    assert kinds(await merchant.pull()) == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"]


async def test_account_stored_with_an_order_names_it(merchant: Merchant) -> None:
    order_id = await approved(merchant, vault=True)
    vault = vault_of(await merchant.capture(order_id))

    [_, _, created] = await merchant.pull()

    resource = created.event["resource"]
    assert created.event_type == "VAULT.PAYMENT-TOKEN.CREATED"
    assert headings(created) == ("payment_token", "3.0", "A payment token has been created.")
    assert vault is not None
    assert (resource["id"], resource["customer"]["id"]) == (vault["id"], vault["customer"]["id"])
    assert resource["metadata"] == {"order_id": order_id}
    assert resource["payment_source"]["paypal"]["email_address"] == "pays@payer.example"


async def test_stored_account_may_keep_its_order_to_itself(merchant: Merchant) -> None:
    await merchant.control("/webhooks/mode", {"token_metadata": False})
    await merchant.capture(await approved(merchant, vault=True))

    [_, _, created] = await merchant.pull()

    assert "metadata" not in created.event["resource"]


async def test_late_account_is_announced_when_it_is_there(merchant: Merchant, clock: Clock) -> None:
    await merchant.capture(await approved(merchant, "vault-late", vault=True))
    await merchant.pull()

    clock.advance(seconds=59)
    too_early = await merchant.pull()
    clock.advance(seconds=1)
    announced, again = await merchant.pull(), await merchant.pull()

    assert (too_early, kinds(announced), again) == ([], ["VAULT.PAYMENT-TOKEN.CREATED"], [])
    token = announced[0].event["resource"]["id"]
    assert (await merchant.get(f"{TOKENS}/{token}")).status_code == 200


async def test_hurried_account_is_announced_at_once(merchant: Merchant) -> None:
    order_id = await approved(merchant, "vault-late", vault=True)
    await merchant.capture(order_id)
    await merchant.pull()

    await merchant.control(f"/orders/{order_id}/vault")

    assert kinds(await merchant.pull()) == ["VAULT.PAYMENT-TOKEN.CREATED"]


async def test_account_that_is_known_already_is_not_announced_again(merchant: Merchant) -> None:
    await merchant.capture(await approved(merchant, vault=True))
    await merchant.pull()

    await merchant.capture(await approved(merchant, vault=True))

    assert kinds(await merchant.pull()) == ["CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED"]


async def test_account_stored_without_a_purchase(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.post(SETUP, setup_body())
    await browser.approve(created, "pays@payer.example")
    token = await merchant.post(TOKENS, exchange(created.json()["id"]))

    [announced] = await merchant.pull()

    assert announced.event["resource"] == token.json()


async def test_account_that_the_merchant_deletes(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    seen = (await merchant.get(f"{TOKENS}/{token}")).json()
    await merchant.delete(f"{TOKENS}/{token}")

    webhooks = await merchant.pull()

    assert kinds(webhooks) == ["VAULT.PAYMENT-TOKEN.DELETION-INITIATED", "VAULT.PAYMENT-TOKEN.DELETED"]
    assert [webhook.event["resource"] for webhook in webhooks] == [seen, seen]


async def test_account_that_the_payer_takes_away(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    for _ in range(2):
        await merchant.http.delete(f"/simulator/payment-tokens/{token}")

    [deleted] = await merchant.pull()

    assert (deleted.event_type, deleted.event["resource"]["id"]) == ("VAULT.PAYMENT-TOKEN.DELETED", token)


async def test_approved_order_that_nobody_captures(merchant: Merchant, clock: Clock) -> None:
    order_id = await approved(merchant)
    await merchant.pull()

    clock.advance(hours=3)
    [reversal] = await merchant.pull()

    assert reversal.event_type == "CHECKOUT.PAYMENT-APPROVAL.REVERSED"
    assert reversal.event["resource"]["id"] == reversal.event["resource"]["order_id"] == order_id
    await merchant.sign_in()
    assert (await merchant.get(f"/v2/checkout/orders/{order_id}")).status_code == 404


async def test_order_is_made_to_lapse(merchant: Merchant) -> None:
    order_id = await approved(merchant)
    await merchant.control(f"/orders/{order_id}/lapse")

    assert kinds(await merchant.pull()) == ["CHECKOUT.ORDER.APPROVED", "CHECKOUT.PAYMENT-APPROVAL.REVERSED"]
    assert (await merchant.capture(order_id)).status_code == 404


async def test_order_that_nobody_approved_lapses_in_silence(merchant: Merchant, clock: Clock) -> None:
    await merchant.create(order_body(source=wallet()))
    clock.advance(hours=3)

    assert await merchant.pull() == []


async def test_past_events_are_listed_newest_first(merchant: Merchant, clock: Clock) -> None:
    order_id = await approved(merchant)
    clock.advance(minutes=1)
    capture = capture_of(await merchant.capture(order_id))
    approval, completed = (webhook.event for webhook in await merchant.pull())
    path = "/v1/notifications/webhooks-events"

    everything = (await merchant.get(path)).json()
    early = (await merchant.get(path, start_time="2026-03-02T09:00:00Z", end_time="2026-03-02T09:00:30Z")).json()
    late = (await merchant.get(path, start_time="2026-03-02T09:00:30Z")).json()
    of_type = (await merchant.get(path, event_type="CHECKOUT.ORDER.APPROVED")).json()
    of_capture = (await merchant.get(path, transaction_id=capture["id"])).json()
    first = (await merchant.get(path, page_size="1")).json()
    one = (await merchant.get(f"{path}/{approval['id']}")).json()

    assert (everything["events"], everything["count"]) == ([completed, approval], 2)
    assert [page["events"] for page in (early, late, of_type, of_capture, first)] == [
        [approval], [completed], [approval], [completed], [completed],
    ]  # fmt: skip
    assert one == approval
    assert (await merchant.get(f"{path}/WH-NOPE")).status_code == 404
    assert (await merchant.get(path, start_time="yesterday")).status_code == 400
