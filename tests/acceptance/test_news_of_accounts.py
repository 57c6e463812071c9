"""PayPal tells of accounts: one is kept at last, or its owner takes the agreement back."""

import asyncio
from typing import Any

import pytest

from models import tables
from tests.acceptance.conftest import Launch
from tests.acceptance.test_news_of_payments import EXPIRY, desk_today, paypal_order_id
from tests.factories import make_order, make_service
from tests.harness.evidence import accounts, renewals
from tests.harness.journeys import pay_with_new, pay_with_registered
from tests.harness.news import all_handled, at_rest, signed, tell
from tests.harness.news import event as written
from tests.harness.news import post as deliver
from tests.harness.product import Product
from tests.harness.refusals import Desk

CONFIRMED = "Conferma pagamento"
LOST = "Il tuo account PayPal non può più essere usato per il rinnovo automatico"


def activated(desk: Desk) -> str:
    return f"Attivazione rinnovo automatico per il servizio {desk.service.label}"


async def waiting_account(product: Product, desk: Desk) -> tables.PayPalAccount:
    """Return the account that PayPal was still saving when the order was paid."""
    [found] = [row for row in await product.rows(tables.PayPalAccount) if row.payment_token is None]
    account: tables.PayPalAccount = found
    return account


async def in_force(product: Product, desk: Desk, account: tables.PayPalAccount) -> None:
    """See that the account is registered, the renewal on it is on, and its owner told once."""

    async def registered() -> bool:
        return bool((await product.row(account)).status == "ACTIVE")

    await product.until(registered)
    assert (await product.row(account)).payment_token is not None
    assert (await renewals(desk.client))[desk.service.label][:2] == ("ON", account.id)
    assert [subject for subject in await product.mails(2) if subject != CONFIRMED] == [activated(desk)]


@pytest.mark.parametrize("token_metadata", [True, False], ids=["which names its order", "which names nothing"])
async def test_an_account_kept_late_is_registered_at_the_news_of_it(inform: Launch, token_metadata: bool) -> None:
    async with inform() as product:
        product.simulator.webhook_mode(token_metadata=token_metadata, duplicate=1)
        desk = await desk_today(product)
        payment_id = await pay_with_new(desk.client, desk.order, payer="vault-late")
        await product.mails(1)
        account = await waiting_account(product, desk)
        meanwhile = (await renewals(desk.client))[desk.service.label][:2]

        product.simulator.finish_vault(await paypal_order_id(product, payment_id))

        assert meanwhile == ("PENDING", account.id)
        await in_force(product, desk, account)
        assert "" not in [call["path"].rpartition("/")[2] for call in product.simulator.calls("/v3/vault")]


async def test_an_account_that_its_order_does_not_show_is_found_among_those_of_the_customer(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        first, *lines = make_order(desk.customer)
        await product.save(first, *lines)
        await pay_with_new(desk.client, first, payer="pays")
        await product.mails(1)
        payment_id = await pay_with_new(desk.client, desk.order, payer="vault-late")
        await product.mails(2)
        await product.until(lambda: at_rest(product))
        account = await waiting_account(product, desk)
        order_id = await paypal_order_id(product, payment_id)
        product.simulator.fail("internal_error", pattern=f"/v2/checkout/orders/{order_id}", times=3)

        product.simulator.finish_vault(order_id)

        await product.until(lambda: at_rest(product))
        await product.mails(3)
        kept = await product.row(account)
        assert (kept.status, kept.payer_id) == ("ACTIVE", account.payer_id)
        assert (await renewals(desk.client))[desk.service.label][:2] == ("ON", account.id)
        assert [call["status"] for call in product.simulator.calls("/v3/vault/payment-tokens")][-1] == 200
        assert len(await accounts(desk.client)) == 3


async def test_an_agreement_that_the_payer_cancels_stops_the_renewal_and_nothing_is_charged(inform: Launch) -> None:
    async with inform() as product:
        product.simulator.webhook_mode(duplicate=1)
        desk = await desk_today(product)
        renewing = make_service(desk.customer, renews_on=desk.account, expires_on=EXPIRY)
        await product.save(renewing)

        await asyncio.to_thread(product.simulator.revoke, desk.account.payment_token or "")

        assert await product.mails(1) == [LOST]
        assert f"- {renewing.label}\n" in product.mailbox.text(LOST)
        assert desk.service.label not in product.mailbox.text(LOST)
        assert (await product.row(desk.account)).status == "REVOKED"
        assert await accounts(desk.client) == []
        assert (await renewals(desk.client))[renewing.label][:2] == ("ACCOUNT_LOST", desk.account.id)
        await all_handled(product, events=await count_events(product))
        assert (await product.mails(1), product.simulator.captures()) == ([LOST], [])


async def count_events(product: Product) -> int:
    return len(await product.rows(tables.WebhookEvent))


async def test_nobody_is_written_to_about_an_account_that_renewed_nothing(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)

        await asyncio.to_thread(product.simulator.revoke, desk.account.payment_token or "")

        async def revoked() -> bool:
            return bool((await product.row(desk.account)).status == "REVOKED")

        await product.until(revoked)
        assert await product.mails(0) == []


async def test_an_account_lost_while_it_is_charged_is_told_of_once(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product)
        await product.save(make_service(desk.customer, renews_on=desk.account, expires_on=EXPIRY))
        product.simulator.webhook_mode(hold=True)
        await asyncio.to_thread(product.simulator.revoke, desk.account.payment_token or "")

        charged = await pay_with_registered(desk.client, desk.order, desk.account)
        product.simulator.flush()

        assert charged["payment"]["outcome"]["code"] == "CONSENT_REVOKED"
        await product.until(lambda: all_delivered(product))
        await all_handled(product, events=await count_events(product))
        assert product.mailbox.subjects.count(LOST) == 1


async def test_an_account_lost_while_paypal_holds_the_money_takes_over_no_renewal(inform: Launch) -> None:
    async with inform() as product:
        desk = await desk_today(product, payer="review")
        held = await pay_with_registered(desk.client, desk.order, desk.account)
        await asyncio.to_thread(product.simulator.revoke, desk.account.payment_token or "")
        await product.until(lambda: all_delivered(product))
        await all_handled(product, events=await count_events(product))
        lost = (await product.row(desk.account)).status

        order_id = await paypal_order_id(product, held["payment"]["id"])
        await asyncio.to_thread(product.simulator.release, order_id, "COMPLETED")

        assert (held["payment"]["status"], lost) == ("PENDING", "REVOKED")
        assert sorted(await product.mails(2)) == [
            CONFIRMED,
            f"Rinnovo automatico non attivato per l'ordine {desk.order.number}",
        ]
        assert (await renewals(desk.client))[desk.service.label][:2] == ("OFF", None)
        assert (await product.row(desk.order)).status == "PAID"


def all_delivered(product: Product) -> bool:
    return {each["status"] for each in product.simulator.deliveries()} == {"DELIVERED"}


async def test_while_paypal_cannot_be_read_an_event_waits_and_is_not_lost(inform: Launch) -> None:
    async with inform(watch_first_seconds=0.3, watch_ceiling_seconds=0.6) as product:
        desk = await desk_today(product)
        await product.save(make_service(desk.customer, renews_on=desk.account, expires_on=EXPIRY))
        token = desk.account.payment_token or ""
        product.simulator.fail("html_503", pattern=f"/v3/vault/payment-tokens/{token}", times=6)
        product.simulator.webhook_mode(drop=True)
        await asyncio.to_thread(product.simulator.revoke, token)

        answer = await tell(product, "VAULT.PAYMENT-TOKEN.DELETED", {"id": token})
        await product.until(lambda: len(product.simulator.calls(f"/v3/vault/payment-tokens/{token}")) >= 3)
        [meanwhile] = await product.rows(tables.WebhookEvent)
        untouched = (await product.row(desk.account)).status

        assert (answer.status_code, meanwhile.handled_at, untouched) == (200, None, "ACTIVE")
        await all_handled(product, events=1)
        assert (await product.row(desk.account)).status == "REVOKED"
        assert await product.mails(1) == [LOST]


@pytest.mark.parametrize(
    ("event_type", "resource"),
    [
        ("PAYMENT.SALE.COMPLETED", {"id": "4EU7004268015634R"}),
        ("SOMETHING.OF.TOMORROW", {"id": {"deep": [1.0, {}]}, "links": 5}),
        ("CUSTOMER.DISPUTE.CREATED", {"dispute_id": "PP-D-27803", "disputed_transactions": []}),
        ("CHECKOUT.ORDER.APPROVED", {"id": "5O190127TN364715T"}),
        ("CHECKOUT.PAYMENT-APPROVAL.REVERSED", {"order_id": "5O190127TN364715T"}),
        ("PAYMENT.CAPTURE.COMPLETED", {"id": "3C679366HH908993F"}),
        ("PAYMENT.CAPTURE.REFUNDED", {"id": "1JU08902781691411"}),
        ("PAYMENT.CAPTURE.REVERSED", {}),
        ("VAULT.PAYMENT-TOKEN.CREATED", {"id": "foreign-token"}),
        ("VAULT.PAYMENT-TOKEN.DELETED", {"id": "foreign-token"}),
        ("VAULT.PAYMENT-TOKEN.DELETED", {"id": "../../etc/passwd"}),
    ],
)
async def test_what_is_unknown_or_not_ours_is_taken_and_done_with(
    inform: Launch, event_type: str, resource: dict[str, Any]
) -> None:
    async with inform() as product:
        await desk_today(product)
        before = await product.snapshot()

        answer = await deliver(product, await signed(product, written(event_type, resource)))

        assert (answer.status_code, answer.json()) == (200, {"code": "TAKEN"})
        await all_handled(product, events=1)
        after = await product.snapshot()
        assert {name for name in after if after[name] != before[name]} <= {"webhook_events", "owed", "calls"}
