"""A body of the attacker's own with a genuine signature: it is let in, and nothing in it is believed."""

import asyncio
import json
import zlib
from typing import Any

import pytest

from models import tables
from models.enums import PaymentStatus
from tests.acceptance.conftest import Launch
from tests.acceptance.test_news_of_payments import approve_and_close_the_tab, desk_today, paypal_order_id
from tests.factories import make_service
from tests.harness.checksums import with_checksum
from tests.harness.evidence import money_taken
from tests.harness.journeys import go_to_paypal, pay_with_new, pay_with_registered
from tests.harness.news import Letter, all_handled, event, post, signed
from tests.harness.product import Product
from tests.harness.refusals import Desk, payment_in


async def overheard(product: Product) -> Letter:
    """Return a genuine delivery of PayPal's, as it might be read in the log of a proxy; it has not reached us."""
    return await signed(product, event("CHECKOUT.ORDER.APPROVED", {"id": "5O190127TN364715T"}))


def forge(letter: Letter, event_type: str, resource: dict[str, Any]) -> Letter:
    """Return an event of the attacker's under the genuine headers: its checksum is that of the genuine body."""
    body = with_checksum(event(event_type, resource), zlib.crc32(letter.body))
    assert (json.loads(body)["resource"], zlib.crc32(body)) == (resource, zlib.crc32(letter.body))
    return Letter(headers=letter.headers, body=body)


async def believed_nothing(product: Product, forged: Letter) -> None:
    """Deliver it and see that it was let in, changed no row but its own, sent no mail, and only read at PayPal."""
    before = await product.snapshot()
    known = len(before["webhook_events"])
    calls = len(product.simulator.calls())

    answer = await post(product, forged)

    assert (answer.status_code, answer.json()) == (200, {"code": "TAKEN"})
    await all_handled(product, events=known + 1)
    after = await product.snapshot()
    expected_to_differ = {"webhook_events", "owed", "calls"}
    assert {name for name in after if after[name] != before[name]} <= expected_to_differ
    assert [call["method"] for call in product.simulator.calls()[calls:] if call["path"] != "/v1/oauth2/token"] != []
    assert {call["method"] for call in product.simulator.calls()[calls:] if call["path"] != "/v1/oauth2/token"} == {
        "GET"
    }


def captured(order_id: str, attempt: tables.PaymentAttempt, capture_id: str = "3C679366HH908993F") -> dict[str, Any]:
    """Return a capture as PayPal would announce it, for all that the attempt wants to hear."""
    return {
        "id": capture_id,
        "status": "COMPLETED",
        "amount": {"currency_code": "EUR", "value": "36.60"},
        "final_capture": True,
        "custom_id": attempt.id,
        "supplementary_data": {"related_ids": {"order_id": order_id}},
    }


async def newest_attempt(product: Product) -> tables.PaymentAttempt:
    attempt: tables.PaymentAttempt = (await product.rows(tables.PaymentAttempt))[-1]
    return attempt


async def test_an_order_that_nobody_approved_is_not_paid_by_saying_so(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, _ = await go_to_paypal(desk.client, desk.order)
        order_id, attempt = await paypal_order_id(product, payment_id), await newest_attempt(product)

        approved = forge(await overheard(product), "CHECKOUT.ORDER.APPROVED", {"id": order_id, "status": "APPROVED"})
        await believed_nothing(product, approved)
        paid = forge(await overheard(product), "PAYMENT.CAPTURE.COMPLETED", captured(order_id, attempt))
        await believed_nothing(product, paid)

        assert (await desk.client.payment(payment_id))["status"] == "AWAITING_APPROVAL"
        assert await money_taken(product) == []


@pytest.mark.parametrize("status", [PaymentStatus.FAILED, PaymentStatus.CANCELED, PaymentStatus.EXPIRED])
async def test_a_payment_that_has_ended_is_not_brought_to_life(inform: Launch, status: PaymentStatus) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment = await payment_in(product, desk, status)
        attempt = await newest_attempt(product)

        forged = captured(attempt.paypal_order_id or "", attempt)
        await believed_nothing(product, forge(await overheard(product), "PAYMENT.CAPTURE.COMPLETED", forged))

        assert (await product.row(payment)).status is status


async def paid_desk(product: Product) -> tuple[Desk, tables.Payment]:
    """Return a desk whose order has been paid with its registered account."""
    desk = await desk_today(product)
    product.simulator.webhook_mode(drop=True)
    await pay_with_registered(desk.client, desk.order, desk.account)
    await product.mails(2)
    [payment] = await product.rows(tables.Payment)
    return desk, payment


@pytest.mark.parametrize(
    "event_type", ["PAYMENT.CAPTURE.REFUNDED", "PAYMENT.CAPTURE.REVERSED", "PAYMENT.REFUND.PENDING"]
)
async def test_money_is_not_given_back_by_saying_so(inform: Launch, event_type: str) -> None:
    async with inform() as product:
        desk, payment = await paid_desk(product)
        refund = {
            "id": "1JU08902781691411",
            "status": "COMPLETED",
            "amount": {"currency_code": "EUR", "value": "36.60"},
            "links": [{"rel": "up", "href": f"https://api-m.paypal.com/v2/payments/captures/{payment.capture_id}"}],
        }

        await believed_nothing(product, forge(await overheard(product), event_type, refund))

        assert (await product.row(desk.order)).status == "PAID"
        assert await product.rows(tables.Refund) == []


async def test_a_paid_payment_is_not_undone_by_saying_so(inform: Launch) -> None:
    async with inform() as product:
        _, payment = await paid_desk(product)
        attempt = await newest_attempt(product)
        denied = captured(attempt.paypal_order_id or "", attempt, payment.capture_id or "") | {"status": "DECLINED"}

        await believed_nothing(product, forge(await overheard(product), "PAYMENT.CAPTURE.DENIED", denied))

        assert (await product.row(payment)).status is PaymentStatus.SUCCEEDED


async def test_an_account_is_not_lost_by_saying_so(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        renewing = make_service(desk.customer, renews_on=desk.account)
        await product.save(renewing)
        gone = {"id": desk.account.payment_token}

        await believed_nothing(product, forge(await overheard(product), "VAULT.PAYMENT-TOKEN.DELETED", gone))

        assert (await product.row(desk.account)).status == "ACTIVE"


async def test_an_account_is_not_kept_by_saying_so(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        product.simulator.webhook_mode(drop=True)
        payment_id = await pay_with_new(desk.client, desk.order, payer="vault-late")
        await product.mails(1)
        foreign = await asyncio.to_thread(
            product.simulator.ask,
            "POST",
            "/payment-tokens",
            {"payer_email": "thief@payer.example", "token": "stolen-token"},
        )
        kept = {
            "id": foreign["id"],
            "customer": {"id": "ANY"},
            "payment_source": {"paypal": {"email_address": "thief@payer.example", "payer_id": foreign["id"]}},
            "metadata": {"order_id": await paypal_order_id(product, payment_id)},
        }

        await believed_nothing(product, forge(await overheard(product), "VAULT.PAYMENT-TOKEN.CREATED", kept))

        [waiting] = [each for each in await product.rows(tables.PayPalAccount) if each.id != desk.account.id]
        assert (waiting.status, waiting.payment_token) == ("PENDING_APPROVAL", None)


async def test_the_paid_order_of_one_customer_does_not_pay_that_of_another(inform: Launch) -> None:
    async with inform() as product:
        _, paid = await paid_desk(product)
        mine = await newest_attempt(product)
        other = await desk_today(product)
        other_id, _ = await go_to_paypal(other.client, other.order)
        theirs = await newest_attempt(product)

        replayed = captured(mine.paypal_order_id or "", theirs, paid.capture_id or "")
        await believed_nothing(product, forge(await overheard(product), "PAYMENT.CAPTURE.COMPLETED", replayed))
        crossed = captured(theirs.paypal_order_id or "", theirs, paid.capture_id or "")
        await believed_nothing(product, forge(await overheard(product), "PAYMENT.CAPTURE.COMPLETED", crossed))

        assert (await other.client.payment(other_id))["status"] == "AWAITING_APPROVAL"
        assert (await product.row(other.order)).status == "AWAITING_PAYMENT"
        assert await money_taken(product) == [("COMPLETED", "36.60")]


async def test_a_forgery_shuts_out_neither_the_next_event_nor_the_truth(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        letter = await overheard(product)
        await post(
            product, forge(letter, "CHECKOUT.ORDER.APPROVED", {"id": await paypal_order_id(product, payment_id)})
        )

        known = await post(product, letter)
        await approve_and_close_the_tab(approve_url)

        assert known.json() == {"code": "KNOWN"}
        await product.until(product.simulator.captures)
        assert [call["status"] for call in product.simulator.captures()] == [201]
