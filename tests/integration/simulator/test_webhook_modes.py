"""Deliveries made worse than they should be, on demand."""

import pytest

from tests.integration.simulator.driving import HOOK, Clock, Json, Merchant, order_body, stored, vault_of, wallet
from tests.integration.simulator.happenings import approved, kinds

APPROVED, COMPLETED, CREATED = "CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED", "VAULT.PAYMENT-TOKEN.CREATED"


async def pay(merchant: Merchant) -> str:
    """Pay an order and store the account: three events."""
    order_id = await approved(merchant, vault=True)
    assert vault_of(await merchant.capture(order_id)) is not None
    return order_id


async def deliveries(merchant: Merchant) -> list[Json]:
    return list((await merchant.http.get("/simulator/deliveries")).json()["deliveries"])


async def test_order_is_that_of_what_happened(merchant: Merchant) -> None:
    await pay(merchant)

    assert kinds(await merchant.pull()) == [APPROVED, COMPLETED, CREATED]
    assert {delivery["status"] for delivery in await deliveries(merchant)} == {"TAKEN"}
    assert await merchant.pull() == []


async def test_duplicates_are_deliveries_of_their_own(merchant: Merchant) -> None:
    await merchant.control("/webhooks/mode", {"duplicate": 2})
    await approved(merchant)

    copies = await merchant.pull()

    assert kinds(copies) == [APPROVED] * 3
    assert len({copy.body for copy in copies}) == 1
    assert len({copy.headers["PAYPAL-TRANSMISSION-ID"] for copy in copies}) == 3


async def test_delay_is_by_the_simulators_clock(merchant: Merchant, clock: Clock) -> None:
    await merchant.control("/webhooks/mode", {"delay_seconds": 30})
    await approved(merchant)

    clock.advance(seconds=29)
    too_early = await merchant.pull()
    await merchant.control("/clock", {"advance_seconds": 1})
    [late] = await merchant.pull()

    assert too_early == []
    assert late.headers["PAYPAL-TRANSMISSION-TIME"] == "2026-03-02T09:00:30Z"
    assert late.event["create_time"] == "2026-03-02T09:00:00.000Z"


async def test_what_is_due_together_can_go_out_newest_first(merchant: Merchant) -> None:
    await merchant.control("/webhooks/mode", {"reorder": True})
    await pay(merchant)

    assert kinds(await merchant.pull()) == [CREATED, COMPLETED, APPROVED]


async def test_dropped_event_is_known_to_paypal_alone(merchant: Merchant) -> None:
    await merchant.control("/webhooks/mode", {"drop": True})
    await approved(merchant)
    await merchant.control("/webhooks/mode")

    assert await merchant.pull() == []
    [event] = (await merchant.get("/v1/notifications/webhooks-events")).json()["events"]
    assert [delivery["status"] for delivery in await deliveries(merchant)] == ["DROPPED"]
    await merchant.post(f"/v1/notifications/webhooks-events/{event['id']}/resend", {"webhook_ids": [HOOK]})
    assert [webhook.event for webhook in await merchant.pull()] == [event]


@pytest.mark.parametrize(
    ("reverse", "expected"), [(False, [APPROVED, COMPLETED, CREATED]), (True, [CREATED, COMPLETED, APPROVED])]
)
async def test_held_deliveries_wait_for_the_control_desk(
    merchant: Merchant, reverse: bool, expected: list[str]
) -> None:
    await merchant.control("/webhooks/mode", {"hold": True})
    await pay(merchant)
    await merchant.control("/webhooks/mode")
    held = await merchant.pull()

    flushed = (await merchant.control("/webhooks/flush", {"reverse": reverse}))["deliveries"]

    assert held == []
    assert [delivery["event_type"] for delivery in flushed] == expected
    assert kinds(await merchant.pull()) == expected


async def test_reset_makes_everything_normal_again(merchant: Merchant) -> None:
    await merchant.control("/webhooks/mode", {"hold": True, "duplicate": 3})
    await approved(merchant)

    await merchant.control("/reset")

    assert await deliveries(merchant) == []
    assert (await merchant.http.get("/simulator/webhooks/mode")).json()["hold"] is False
    await approved(merchant)
    assert kinds(await merchant.pull()) == [APPROVED]


async def test_unknown_mode_is_refused(merchant: Merchant) -> None:
    answer = await merchant.http.post("/simulator/webhooks/mode", json={"lose": True})

    assert answer.status_code == 422
    await approved(merchant)
    assert kinds(await merchant.pull()) == [APPROVED]


async def test_approval_without_pages_tells_where_the_payer_goes(merchant: Merchant) -> None:
    order_id = (await merchant.create(order_body(source=wallet()))).json()["id"]

    approval = await merchant.control(f"/orders/{order_id}/approve", {"payer_email": "new@payer.example"})

    payer = approval["payer_id"]
    assert approval["return_url"] == f"https://shop.example/return?a=r1&token={order_id}&PayerID={payer}"
    captured = await merchant.capture(order_id)
    assert captured.json()["payer"]["email_address"] == "new@payer.example"


async def test_paid_order_is_not_approved_again(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    order_id = (await merchant.create(order_body(source=stored(token)))).json()["id"]

    answer = await merchant.http.post(
        f"/simulator/orders/{order_id}/approve", json={"payer_email": "new@payer.example"}
    )

    assert answer.status_code == 404
    assert "new@payer.example" not in (await merchant.http.get("/simulator/payers")).text
    assert kinds(await merchant.pull()) == [COMPLETED]
