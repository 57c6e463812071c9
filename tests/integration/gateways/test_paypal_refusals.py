"""The client against the simulator: every kind of refusal, and answers that say nothing."""

import asyncio
from pathlib import Path

import httpx2
import pytest

from gateways.paypal.client import PayPalClient
from gateways.paypal.errors import (
    AlreadyDone,
    MandateDead,
    MerchantMisconfigured,
    PayerMustAct,
    PayerRefused,
    PayPalError,
    PayPalUnavailable,
    PossibleDuplicate,
    RequestRejected,
    ResourceMissing,
)
from gateways.paypal.messages import PayPalOrder
from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings
from models.money import Money
from tests.integration.gateways.paypal_simulation import NOON, URL, Simulation, charge


async def test_an_order_that_was_not_approved_sends_the_payer_back(paypal: Simulation) -> None:
    order = await paypal.create(paypal.request(vault=True))

    with pytest.raises(PayerMustAct) as refused:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert refused.value.issue == "ORDER_NOT_APPROVED"
    assert await paypal.status(order.id) == "PAYER_ACTION_REQUIRED"


async def test_a_declined_payer_may_pay_the_same_order_after_another_approval(paypal: Simulation) -> None:
    order = await paypal.approved("declined-once")
    with pytest.raises(PayerMustAct) as declined:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")
    assert declined.value.issue == "INSTRUMENT_DECLINED"
    assert declined.value.approve_url == f"{URL}/checkoutnow?token={order.id}"

    await paypal.approve(order.id, "declined-once")
    with pytest.raises(PayerMustAct):
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")  # the old key: the old answer
    captured = await paypal.client.capture_order(order.id, request_id="attempt-1-capture-2")

    assert captured.capture is not None
    assert captured.capture.status == "COMPLETED"


async def test_a_stored_account_that_needs_its_payer_says_where(paypal: Simulation) -> None:
    token = await paypal.stored("needs-action")
    order = await paypal.create()

    with pytest.raises(PayerMustAct) as refused:
        await paypal.client.capture_order(order.id, request_id="renew-1-capture", charge=charge(token))

    assert refused.value.issue == "PAYER_ACTION_REQUIRED"
    assert refused.value.approve_url == f"{URL}/checkoutnow?token={order.id}"
    assert (await paypal.client.get_order(order.id)).capture is None


@pytest.mark.parametrize(
    ("payer", "kind", "issue"),
    [
        ("declined", PayerMustAct, "INSTRUMENT_DECLINED"),
        ("revoked", MandateDead, "AGREEMENT_ALREADY_CANCELLED"),
        ("locked", PayerRefused, "PAYER_ACCOUNT_LOCKED_OR_CLOSED"),
        ("refused", PayerRefused, "TRANSACTION_REFUSED"),
    ],
)
async def test_a_stored_account_that_cannot_pay_is_refused(
    paypal: Simulation, payer: str, kind: type[PayPalError], issue: str
) -> None:
    token = await paypal.stored(payer)
    order = await paypal.create()

    with pytest.raises(kind) as refused:
        await paypal.client.capture_order(order.id, request_id="renew-1-capture", charge=charge(token))

    assert refused.value.issue == issue
    assert refused.value.debug_id
    assert (await paypal.client.get_order(order.id)).capture is None


async def test_an_account_that_paypal_does_not_know_is_a_dead_mandate(paypal: Simulation) -> None:
    order = await paypal.create()

    with pytest.raises(MandateDead) as refused:
        await paypal.client.capture_order(order.id, request_id="renew-1-capture", charge=charge("nkq2y9g"))

    assert refused.value.issue == "TOKEN_ID_NOT_FOUND"
    assert await paypal.status(order.id) == "CREATED"


async def test_an_order_captured_before_is_already_done(paypal: Simulation) -> None:
    order = await paypal.paid("pays")

    with pytest.raises(AlreadyDone) as refused:
        await paypal.client.capture_order(order.id, request_id="another-key")

    assert refused.value.issue == "ORDER_ALREADY_CAPTURED"
    assert await paypal.client.get_order(order.id) == order


async def test_an_invoice_paid_before_is_a_possible_duplicate(paypal: Simulation) -> None:
    await paypal.paid("pays")
    second = await paypal.approved("pays")

    with pytest.raises(PossibleDuplicate) as refused:
        await paypal.client.capture_order(second.id, request_id="attempt-2-capture")

    assert refused.value.issue == "DUPLICATE_INVOICE_ID"
    assert await paypal.status(second.id) == "APPROVED"


async def test_an_order_nobody_approved_lapses(paypal: Simulation) -> None:
    order = await paypal.create(paypal.request(vault=True))

    await paypal.control("POST", "/clock", {"advance_seconds": 3 * 60 * 60})

    with pytest.raises(ResourceMissing) as missing:
        await paypal.client.get_order(order.id)
    assert (missing.value.status, missing.value.issue) == (404, "INVALID_RESOURCE_ID")


async def test_a_request_that_paypal_cannot_accept_is_rejected(paypal: Simulation) -> None:
    with pytest.raises(RequestRejected) as refused:
        await paypal.create(paypal.request(price=Money(0, "EUR")))

    assert refused.value.issue == "CANNOT_BE_ZERO_OR_NEGATIVE"


async def test_a_wrong_secret_is_for_the_operator(tmp_path: Path) -> None:
    settings = SimulatorSettings(database=tmp_path / "paypal.db", public_url=URL)
    transport = httpx2.ASGITransport(app=create_simulator(settings, lambda: NOON))
    client = PayPalClient(
        base_url=URL, client_id=settings.client_id, client_secret="wrong", clock=lambda: NOON, transport=transport
    )

    with pytest.raises(MerchantMisconfigured) as refused:
        await client.get_order("5O190127TN364715T")

    assert (refused.value.issue, refused.value.status) == ("invalid_client", 401)


async def test_a_token_that_paypal_forgot_is_replaced_unseen(paypal: Simulation) -> None:
    order = await paypal.approved("pays")
    await paypal.fail("unauthorized", "*/capture")

    captured = await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert captured.status == "COMPLETED"
    assert len(await paypal.calls("/v1/oauth2/token")) == 2
    assert len(await paypal.calls(f"/v2/checkout/orders/{order.id}/capture")) == 2


async def test_a_token_that_expired_at_paypal_alone_is_replaced_unseen(paypal: Simulation) -> None:
    await paypal.stored("pays")
    await paypal.client.list_payment_tokens("ROaPMoZUaV")

    await paypal.control("POST", "/clock", {"advance_seconds": 31_668})

    assert len(await paypal.client.list_payment_tokens("ROaPMoZUaV")) == 1


async def test_too_many_requests_say_how_long_to_wait(paypal: Simulation) -> None:
    order = await paypal.approved("pays")
    await paypal.fail("rate_limited", "*/capture", seconds=7)

    with pytest.raises(PayPalUnavailable) as refused:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert (refused.value.status, refused.value.retry_after_seconds) == (429, 7)
    assert await paypal.status(order.id) == "APPROVED"


@pytest.mark.parametrize("fault", ["html_503", "html_200", "empty", "internal_error"])
@pytest.mark.parametrize("after_processing", [False, True])
async def test_an_answer_that_says_nothing_is_settled_by_the_same_call_again(
    paypal: Simulation, fault: str, after_processing: bool
) -> None:
    order = await paypal.approved("pays")
    await paypal.fail(fault, "*/capture", after_processing=after_processing)
    with pytest.raises(PayPalUnavailable) as unknown:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")
    assert unknown.value.sent is True
    assert await paypal.status(order.id) == ("COMPLETED" if after_processing else "APPROVED")

    captured = await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert captured == await paypal.client.get_order(order.id)
    assert captured.capture is not None
    assert captured.capture.status == "COMPLETED"


async def test_a_truncated_answer_leaves_the_outcome_to_be_asked_for(paypal: Simulation) -> None:
    order = await paypal.approved("pays")
    await paypal.fail("truncated", "*/capture")

    with pytest.raises(PayPalUnavailable) as unknown:
        await paypal.client.capture_order(order.id, request_id="attempt-1-capture")

    assert unknown.value.sent is True
    assert (await paypal.client.get_order(order.id)).status == "COMPLETED"


async def test_the_same_key_twice_at_once_captures_once(paypal: Simulation) -> None:
    order = await paypal.approved("pays")
    await paypal.fail("slow", "*/capture", seconds=1.0)

    both = await asyncio.gather(
        *[paypal.client.capture_order(order.id, request_id="attempt-1-capture") for _ in range(2)],
        return_exceptions=True,
    )
    slow, refused = sorted(both, key=lambda met: isinstance(met, PayPalUnavailable))

    assert isinstance(slow, PayPalOrder)
    assert slow.status == "COMPLETED"
    assert isinstance(refused, PayPalUnavailable)
    assert (refused.status, refused.issue) == (409, "PREVIOUS_REQUEST_IN_PROGRESS")
