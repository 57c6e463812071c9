"""The client against the simulator: every call, and what its answer says."""

import pytest

from gateways.paypal.errors import ResourceMissing
from gateways.paypal.messages import Capture, PaymentToken, PayPalOrder
from models.money import Money
from tests.integration.gateways.paypal_simulation import PRICE, URL, Simulation, charge, charge_of_customer


async def test_an_order_to_approve_says_where(paypal: Simulation) -> None:
    order = await paypal.create(paypal.request(vault=True))

    assert order == PayPalOrder(
        id=order.id,
        status="PAYER_ACTION_REQUIRED",
        intent="CAPTURE",
        amount=PRICE,
        custom_id="attempt-1",
        invoice_id="2026/1",
        approve_url=f"{URL}/checkoutnow?token={order.id}",
    )


async def test_creating_again_with_the_same_request_id_gives_the_same_order(paypal: Simulation) -> None:
    first = await paypal.client.create_order(paypal.request(), request_id="attempt-1-create")

    again = await paypal.client.create_order(paypal.request(), request_id="attempt-1-create")

    assert again == first
    assert first.status == "CREATED"


async def test_capturing_an_approved_order_takes_the_money_and_keeps_the_account(paypal: Simulation) -> None:
    order = await paypal.paid("pays")

    assert order.status == "COMPLETED"
    assert order.capture == Capture(
        id=order.capture.id if order.capture else "",
        status="COMPLETED",
        amount=PRICE,
        custom_id="attempt-1",
        invoice_id="2026/1",
        order_id=order.id,
    )
    assert order.vault is not None
    assert order.vault.status == "VAULTED"
    assert order.payer is not None
    assert order.payer.email == "pays@payer.example"
    assert await paypal.client.get_order(order.id) == order
    assert await paypal.client.get_capture(order.capture.id if order.capture else "") == order.capture
    kept = PaymentToken(
        id=order.vault.payment_token or "",
        customer_id=order.vault.customer_id,
        payer_id=order.payer.payer_id,
        email="pays@payer.example",
    )
    assert await paypal.client.list_payment_tokens(order.vault.customer_id or "") == [kept]


async def test_capturing_again_with_the_same_request_id_takes_the_money_once(paypal: Simulation) -> None:
    order = await paypal.approved("pays")
    first = await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    again = await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert again == first


async def test_an_account_is_not_kept_unless_asked(paypal: Simulation) -> None:
    order = await paypal.approved("pays", vault=False)

    captured = await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert captured.capture is not None
    assert (captured.capture.status, captured.vault) == ("COMPLETED", None)


@pytest.mark.parametrize("by", [charge, charge_of_customer])
async def test_a_stored_account_pays_in_two_calls(paypal: Simulation, by: type) -> None:
    token = await paypal.stored("pays")
    order = await paypal.create()

    captured = await paypal.client.capture_order(order.id, request_id="renew-1-capture", charge=by(token))

    assert order.status == "CREATED"
    assert captured.capture is not None
    assert (captured.capture.status, captured.capture.amount) == ("COMPLETED", PRICE)
    assert await paypal.calls(f"/v2/checkout/orders/{order.id}/capture") == ["renew-1-capture"]


async def test_a_capture_in_review_says_why_and_is_decided_later(paypal: Simulation) -> None:
    pending = (await paypal.paid("review")).capture
    assert pending is not None

    await paypal.control("POST", f"/captures/{pending.id}/release", {"status": "DENIED"})

    assert (pending.status, pending.reason) == ("PENDING", "PENDING_REVIEW")
    assert (await paypal.client.get_capture(pending.id)).status == "DECLINED"


async def test_an_account_kept_late_is_found_by_asking_again(paypal: Simulation) -> None:
    order = await paypal.paid("vault-late")

    await paypal.control("POST", f"/orders/{order.id}/vault")
    later = await paypal.client.get_order(order.id)

    assert order.vault is not None
    assert later.vault is not None
    assert (order.vault.status, order.vault.payment_token) == ("APPROVED", None)
    assert later.vault.status == "VAULTED"
    token = await paypal.client.get_payment_token(later.vault.payment_token or "")
    assert token.customer_id == later.vault.customer_id


async def test_an_account_that_paypal_does_not_keep_leaves_the_order_paid(paypal: Simulation) -> None:
    order = await paypal.paid("not-vaulted")

    assert order.capture is not None
    assert (order.capture.status, order.vault) == ("COMPLETED", None)


async def test_another_amount_than_asked_is_reported_as_it_is(paypal: Simulation) -> None:
    order = await paypal.paid("other-amount")

    assert order.capture is not None
    assert (order.amount, order.capture.amount) == (PRICE, Money(1229, "EUR"))


async def test_all_stored_accounts_are_listed_over_the_pages(paypal: Simulation) -> None:
    stored = [await paypal.stored("pays", token=f"token-{number}") for number in range(7)]

    tokens = await paypal.client.list_payment_tokens("ROaPMoZUaV")

    assert [token.id for token in tokens] == stored
    assert len(await paypal.calls("/v3/vault/payment-tokens")) == 2
    assert await paypal.client.list_payment_tokens("nobody-there") == []


async def test_a_removed_account_is_gone_and_may_be_removed_again(paypal: Simulation) -> None:
    token = await paypal.stored("pays")
    await paypal.client.delete_payment_token(token)

    await paypal.client.delete_payment_token(token)

    with pytest.raises(ResourceMissing) as missing:
        await paypal.client.get_payment_token(token)
    assert missing.value.issue == "INVALID_RESOURCE_ID"
