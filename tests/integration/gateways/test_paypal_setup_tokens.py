"""The client against the simulator: an account registered without a purchase, and then charged by the merchant."""

import pytest

from gateways.paypal.errors import AlreadyDone, PayerMustAct, PayPalUnavailable, ResourceMissing
from gateways.paypal.messages import PaymentToken
from gateways.paypal.setup_tokens import SetupToken, SetupTokenRequest
from models.enums import CustomerKind
from tests.integration.gateways.paypal_simulation import PRICE, URL, Simulation, charge

REQUEST = SetupTokenRequest(
    return_url="https://saldo.test/paypal/return?a=r1",
    cancel_url="https://saldo.test/paypal/cancel?a=r1",
    locale="it-IT",
    brand_name="Saldo",
    merchant_customer_id="customer-7",
    description="Rinnovo automatico dei servizi",
    customer_type=CustomerKind.CONSUMER,
)


async def setup(paypal: Simulation) -> SetupToken:
    return await paypal.client.create_setup_token(REQUEST, request_id="registration-1-setup")


async def register(paypal: Simulation, payer: str = "pays") -> PaymentToken:
    token = await setup(paypal)
    await paypal.approve_setup(token.id, payer)
    return await paypal.client.create_payment_token(token.id, request_id="registration-1-token")


async def test_an_account_is_registered_without_a_purchase_and_charged_later(paypal: Simulation) -> None:
    asked = await setup(paypal)
    again = await setup(paypal)
    await paypal.approve_setup(asked.id, "pays")
    approved = await paypal.client.get_setup_token(asked.id)
    stored = await paypal.client.create_payment_token(asked.id, request_id="registration-1-token")
    order = await paypal.create()
    paid = await paypal.client.capture_order(order.id, request_id="renew-1-capture", charge=charge(stored.id))

    assert (asked.status, again, approved.status) == ("PAYER_ACTION_REQUIRED", asked, "APPROVED")
    assert asked.approve_url == f"{URL}/agreements/approve?approval_session_id={asked.id}"
    assert (stored.email, stored.customer_id) == ("pays@payer.example", asked.customer_id)
    assert (await paypal.client.get_setup_token(asked.id)).status == "VAULTED"
    assert await paypal.client.list_payment_tokens(stored.customer_id or "") == [stored]
    assert paid.capture is not None
    assert (paid.capture.status, paid.capture.amount) == ("COMPLETED", PRICE)


async def test_before_the_approval_there_is_no_account(paypal: Simulation) -> None:
    token = await setup(paypal)

    with pytest.raises(PayerMustAct) as refused:
        await paypal.client.create_payment_token(token.id, request_id="registration-1-token")

    assert refused.value.issue == "PAYER_ACTION_REQUIRED"
    assert await paypal.client.list_payment_tokens(token.customer_id or "") == []


async def test_the_same_request_id_gives_the_same_account_and_another_one_none(paypal: Simulation) -> None:
    token = await setup(paypal)
    await paypal.approve_setup(token.id, "pays")
    stored = await paypal.client.create_payment_token(token.id, request_id="registration-1-token")

    again = await paypal.client.create_payment_token(token.id, request_id="registration-1-token")
    with pytest.raises(AlreadyDone) as refused:
        await paypal.client.create_payment_token(token.id, request_id="another-key")

    assert again == stored
    assert refused.value.issue == "SETUP_TOKEN_ALREADY_TOKENIZED"
    assert await paypal.client.list_payment_tokens(stored.customer_id or "") == [stored]


async def test_an_account_whose_answer_was_lost_is_found_by_the_same_call(paypal: Simulation) -> None:
    token = await setup(paypal)
    await paypal.approve_setup(token.id, "pays")
    await paypal.fail("lost_answer", "/v3/vault/payment-tokens")
    with pytest.raises(PayPalUnavailable) as unknown:
        await paypal.client.create_payment_token(token.id, request_id="registration-1-token")

    stored = await paypal.client.create_payment_token(token.id, request_id="registration-1-token")

    assert unknown.value.sent is True
    assert await paypal.client.list_payment_tokens(token.customer_id or "") == [stored]


async def test_what_nobody_approved_lapses_after_three_days(paypal: Simulation) -> None:
    token = await setup(paypal)

    await paypal.control("POST", "/clock", {"advance_seconds": 3 * 24 * 60 * 60})

    with pytest.raises(ResourceMissing):
        await paypal.client.get_setup_token(token.id)


async def test_the_same_paypal_account_registered_again_is_the_same_token(paypal: Simulation) -> None:
    first = await register(paypal)
    second_setup = await paypal.client.create_setup_token(REQUEST, request_id="registration-2-setup")
    await paypal.approve_setup(second_setup.id, "pays")

    second = await paypal.client.create_payment_token(second_setup.id, request_id="registration-2-token")

    assert second == first
