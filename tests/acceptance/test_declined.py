"""PayPal refuses the payer: the payment ends or goes on, the order stays payable, and nothing else changes."""

import asyncio
import json

import pytest
from sqlalchemy import text

from models import tables
from models.enums import Job
from policies.payment_outcomes import MAX_APPROVAL_ROUNDS
from tests.acceptance.conftest import Launch
from tests.factories import make_account, make_service
from tests.harness.evidence import (
    accounts,
    consents,
    correspondence,
    history,
    money_taken,
    paypal_calls,
    reached,
    renewals,
)
from tests.harness.journeys import RETURN_URL, go_to_paypal, pay_with_new, pay_with_registered, start
from tests.harness.pages import Browser
from tests.harness.product import IMPATIENT, Product
from tests.harness.refusals import Desk, open_desk
from workflows.outbox import owing_from_outside

AT = "2025-03-08T09:30:00Z"
ASKED, BACK = 4, 2  # lines of history until the payer is asked, and for each approval that was declined


async def unpaid(product: Product, desk: Desk) -> None:
    """The order can be paid, its service has its old expiry, and nobody was told anything."""
    found = (await desk.client.run("order", number=desk.order.number))["order"]
    assert (found["status"], found["paidAt"], found["paymentBlocks"]) == ("AWAITING_PAYMENT", None, [])
    assert await renewals(desk.client) == {desk.service.label: ("OFF", None, "2026-03-08")}
    assert (await consents(product), await product.mails(0), await money_taken(product)) == ([], [], [])


@pytest.mark.parametrize(
    ("payer", "code", "advice", "message"),
    [
        ("declined", "FUNDING_DECLINED", "USE_ANOTHER_ACCOUNT", "PayPal non ha potuto addebitare l'importo sul conto."),
        ("refused", "OTHER", "USE_ANOTHER_ACCOUNT", "Il pagamento non è riuscito."),
        ("locked", "ACCOUNT_RESTRICTED", "CONTACT_PAYPAL", "PayPal limita i pagamenti da questo conto."),
    ],
)
async def test_a_refused_registered_account_ends_the_payment_with_a_reason_and_an_advice(
    product: Product, payer: str, code: str, advice: str, message: str
) -> None:
    desk = await open_desk(product, payer=payer)

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    assert (answer["payment"]["status"], answer["payment"]["nextAction"]) == ("FAILED", None)
    assert answer["payment"]["outcome"] == {
        "__typename": "PaymentFailed",
        "at": AT,
        "code": code,
        "advice": advice,
        "message": f"{message} Nulla è stato addebitato.",
    }
    await unpaid(product, desk)
    [account] = await accounts(desk.client)
    assert (account["id"], account["status"], account["lastChargedAt"]) == (desk.account.id, "ACTIVE", None)


async def test_after_a_decline_a_new_payment_pays_with_another_account(product: Product) -> None:
    desk = await open_desk(product, payer="declined")
    other = await product.register(make_account(desk.customer, masked_email="u•••@example.com"))
    failed = await pay_with_registered(desk.client, desk.order, desk.account)

    started = await start(desk.client, desk.order)
    paid = await pay_with_registered(desk.client, desk.order, other)

    assert (started["resumed"], started["payment"]["id"] == failed["payment"]["id"]) == (False, False)
    assert (paid["payment"]["id"], paid["payment"]["status"]) == (started["payment"]["id"], "SUCCEEDED")
    assert (paid["order"]["status"], await money_taken(product)) == ("PAID", [("COMPLETED", "36.60")])
    assert (await desk.client.payment(failed["payment"]["id"]))["status"] == "FAILED"
    assert len(await correspondence(product, 2)) == 2
    by_payment = {attempt.payment_id: attempt for attempt in await product.rows(tables.PaymentAttempt)}
    first, second = by_payment[failed["payment"]["id"]], by_payment[paid["payment"]["id"]]
    assert first.paypal_order_id != second.paypal_order_id
    assert await paypal_calls(product) == [
        ("POST", "/v2/checkout/orders", f"{first.id}-create", 201),
        ("POST", f"/v2/checkout/orders/{first.paypal_order_id}/capture", f"{first.id}-capture-1", 422),
        ("POST", "/v2/checkout/orders", f"{second.id}-create", 201),
        ("POST", f"/v2/checkout/orders/{second.paypal_order_id}/capture", f"{second.id}-capture-1", 201),
    ]


async def test_a_payer_declined_once_is_asked_again_for_the_same_order_and_then_pays(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        browser = Browser()

        await browser.sign_in_and_accept(approve_url, payer="declined-once")
        asked_again = await reached(product, desk.client, payment_id, "AWAITING_APPROVAL", steps=ASKED + BACK)
        await unpaid(product, desk)
        await browser.sign_in_and_accept(asked_again["nextAction"]["redirectUrl"], payer="declined-once")

        paid = await reached(product, desk.client, payment_id, "SUCCEEDED")
        [attempt] = await product.rows(tables.PaymentAttempt)
        assert browser.url == f"{RETURN_URL}?paymentId={payment_id}"
        assert asked_again["nextAction"] == {
            "__typename": "ApproveOnPayPalAction",
            "redirectUrl": f"{product.simulator.url}/checkoutnow?token={attempt.paypal_order_id}",
            "expiresAt": "2025-03-08T12:30:00Z",
        }
        assert history(paid)[3:] == [
            ("AWAITING_APPROVAL", "PAYPAL_REPLY"),
            ("PROCESSING", "CUSTOMER"),
            ("AWAITING_APPROVAL", "CUSTOMER"),
            ("PROCESSING", "CUSTOMER"),
            ("SUCCEEDED", "CUSTOMER"),
        ]
        assert len(await correspondence(product, 2)) == 2
        path = f"/v2/checkout/orders/{attempt.paypal_order_id}"
        assert [call for call in await paypal_calls(product) if call[0] == "POST"] == [
            ("POST", "/v2/checkout/orders", f"{attempt.id}-create", 201),
            ("POST", f"{path}/capture", f"{attempt.id}-capture-1", 422),
            ("POST", f"{path}/capture", f"{attempt.id}-capture-2", 201),
        ]


@pytest.mark.watched
async def test_a_declined_payer_who_does_nothing_is_not_charged_again_and_again(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    await Browser().sign_in_and_accept(approve_url, payer="declined")
    await reached(product, desk.client, payment_id, "AWAITING_APPROVAL", steps=ASKED + BACK)

    looked_at = len(await paypal_calls(product))
    await product.until(lambda: looks_since(product, looked_at) >= 3)

    assert (await desk.client.payment(payment_id))["status"] == "AWAITING_APPROVAL"
    assert len(await asyncio.to_thread(product.simulator.captures)) == 1
    await unpaid(product, desk)


def looks_since(product: Product, count: int) -> int:
    """Return how many calls about orders were made after the first ``count``."""
    return len(product.simulator.calls("/v2")) - count


async def test_a_return_that_is_taken_up_only_after_the_decline_asks_for_no_money_again(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id, address = await go_to_paypal(desk.client, desk.order)
        await Browser().sign_in_and_accept(address, payer="declined")
        await reached(product, desk.client, payment_id, "AWAITING_APPROVAL", steps=ASKED + BACK)

        await take_up_the_return_once_more(product)

        assert len(await asyncio.to_thread(product.simulator.captures)) == 1
        await unpaid(product, desk)


async def take_up_the_return_once_more(product: Product) -> None:
    """Owe what the payer's return had owed, as a second click or a crash would, and wait until it has been done."""
    async with product.database.read() as session:
        owed = text("SELECT inputs FROM workflow_input WHERE workflow_uuid LIKE 'return-%'")
        arguments = json.loads(await session.scalar(owed))["positionalArgs"]
    async with owing_from_outside(product.database), product.database.write() as session:
        await session.later(Job.ADVANCE_PAYMENT, "again", *arguments)

    async def taken_up() -> bool:
        async with product.database.read() as session:
            status = await session.scalar(text("SELECT status FROM workflow_status WHERE workflow_uuid = 'again'"))
        return bool(status == "SUCCESS")

    await product.until(taken_up)


async def test_a_payer_declined_every_time_is_sent_back_a_few_times_and_then_the_payment_fails(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id, address = await go_to_paypal(desk.client, desk.order)

        for back in range(1, MAX_APPROVAL_ROUNDS + 1):
            await Browser().sign_in_and_accept(address, payer="declined")
            await reached(product, desk.client, payment_id, "AWAITING_APPROVAL", steps=ASKED + BACK * back)
        await Browser().sign_in_and_accept(address, payer="declined")

        payment = await reached(product, desk.client, payment_id, "FAILED")
        assert len(await asyncio.to_thread(product.simulator.captures)) == MAX_APPROVAL_ROUNDS + 1
        assert (payment["outcome"]["code"], payment["outcome"]["advice"]) == ("FUNDING_DECLINED", "USE_ANOTHER_ACCOUNT")
        [account] = await accounts(desk.client)
        assert account["id"] == desk.account.id
        await unpaid(product, desk)


@pytest.mark.parametrize(
    ("payer", "code", "advice"),
    [("refused", "OTHER", "USE_ANOTHER_ACCOUNT"), ("locked", "ACCOUNT_RESTRICTED", "CONTACT_PAYPAL")],
)
async def test_a_refused_new_account_ends_the_payment_and_is_not_registered(
    product: Product, payer: str, code: str, advice: str
) -> None:
    desk = await open_desk(product)

    payment_id = await pay_with_new(desk.client, desk.order, payer=payer)

    payment = await reached(product, desk.client, payment_id, "FAILED")
    assert (payment["outcome"]["code"], payment["outcome"]["advice"]) == (code, advice)
    assert [account["id"] for account in await accounts(desk.client)] == [desk.account.id]
    await unpaid(product, desk)


async def test_a_registered_account_that_paypal_wants_to_see_pays_after_the_payers_approval(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product, payer="needs-action")

        asked = await pay_with_registered(desk.client, desk.order, desk.account)
        await unpaid(product, desk)
        await Browser().sign_in_and_accept(asked["payment"]["nextAction"]["redirectUrl"], payer="needs-action")

        [attempt] = await product.rows(tables.PaymentAttempt)
        assert asked["payment"]["status"] == "AWAITING_APPROVAL"
        assert asked["payment"]["nextAction"] == {
            "__typename": "ApproveOnPayPalAction",
            "redirectUrl": f"{product.simulator.url}/checkoutnow?token={attempt.paypal_order_id}",
            "expiresAt": "2025-03-08T12:30:00Z",
        }
        paid = await reached(product, desk.client, asked["payment"]["id"], "SUCCEEDED")
        assert paid["order"]["status"] == "PAID"
        assert paid["outcome"]["account"]["maskedEmail"] == desk.account.masked_email
        assert await renewals(desk.client) == {desk.service.label: ("ON", desk.account.id, "2027-03-08")}
        assert [account["id"] for account in await accounts(desk.client)] == [desk.account.id]
        assert (await money_taken(product), len(await correspondence(product, 2))) == ([("COMPLETED", "36.60")], 2)


async def test_an_approval_asked_of_a_registered_account_can_be_declined_by_its_owner(product: Product) -> None:
    desk = await open_desk(product, payer="needs-action")
    asked = await pay_with_registered(desk.client, desk.order, desk.account)
    browser = Browser()

    await browser.open(asked["payment"]["nextAction"]["redirectUrl"])
    await browser.press("Accedi", email="pays@payer.example", password="secret")
    await browser.press("Annulla e torna")

    payment = await desk.client.payment(asked["payment"]["id"])
    assert browser.url == f"{RETURN_URL}?paymentId={payment['id']}"
    assert payment["outcome"] == {"__typename": "PaymentCanceled", "at": AT, "by": "CUSTOMER"}
    await unpaid(product, desk)


async def test_a_revoked_account_is_given_up_and_the_renewals_on_it_are_lost(product: Product) -> None:
    desk = await open_desk(product, payer="revoked")
    renewing = make_service(desk.customer, renews_on=desk.account)
    await product.save(renewing)

    answer = await pay_with_registered(desk.client, desk.order, desk.account)

    outcome = answer["payment"]["outcome"]
    assert (answer["payment"]["status"], outcome["code"]) == ("FAILED", "CONSENT_REVOKED")
    assert (outcome["advice"], answer["order"]["status"]) == ("USE_ANOTHER_ACCOUNT", "AWAITING_PAYMENT")
    assert await accounts(desk.client) == []
    revoked = await desk.client.run("paypal_accounts", status=["REVOKED"])
    assert [account["id"] for account in revoked["payPalAccounts"]] == [desk.account.id]
    assert await renewals(desk.client) == {
        desk.service.label: ("OFF", None, "2026-03-08"),
        renewing.label: ("ACCOUNT_LOST", desk.account.id, "2026-03-08"),
    }
    told = "Il tuo account PayPal non può più essere usato per il rinnovo automatico"
    assert (await product.mails(1), await money_taken(product)) == ([told], [])
    assert f"- {renewing.label}\n" in product.mailbox.text(told)


async def test_a_revoked_account_cannot_be_chosen_again(product: Product) -> None:
    desk = await open_desk(product, payer="revoked")
    await pay_with_registered(desk.client, desk.order, desk.account)
    started = await start(desk.client, desk.order)

    chosen = await desk.client.run(
        "select_registered_account", paymentId=started["payment"]["id"], accountId=desk.account.id
    )

    assert started["payment"]["nextAction"]["accounts"] == []
    assert (chosen["__typename"], chosen["account"]["status"]) == ("AccountNotUsableError", "REVOKED")
