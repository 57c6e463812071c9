"""An unpaid order is paid with "Nuovo account PayPal", which is registered along with it."""

import asyncio

import httpx2
import pytest

from gateways.paypal.client import PayPalClient
from models import tables
from tests.acceptance.sales import CASES, MIXED, PEC, Case, open_shop
from tests.factories import make_account, make_order
from tests.harness.evidence import accounts, consents, correspondence, history, paypal_calls, renewals
from tests.harness.journeys import RETURN_URL, begin, confirm, pay_with_new, pay_with_registered
from tests.harness.product import Product

AT = "2025-03-08T09:30:00Z"
PAYER = "luca.verdi@posta.example"


@pytest.mark.parametrize("keeps", [True, False], ids=["renewal kept", "renewal removed"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_order_is_paid_the_account_registered_and_each_renewal_follows_its_flag(
    product: Product, case: Case, keeps: bool
) -> None:
    shop = await open_shop(product, case)
    client = await product.signed_in(shop.customer)

    payment_id = await pay_with_new(
        client, shop.order, creates=PAYER, without_renewal_of=() if keeps else shop.renewable
    )

    [account] = await accounts(client)
    charged_to = account["id"] if keeps else None
    assert await correspondence(product, 1 + len(shop.renewable) * keeps) == shop.letters(renewals=keeps)
    assert await renewals(client) == shop.renewals_on(charged_to)
    assert await consents(product) == [
        ("ACCOUNT_REGISTRATION", True, None, account["id"]),
        *sorted(("AUTO_RENEWAL", keeps, service.id, charged_to) for service in shop.renewable),
    ]
    assert account == {
        "id": account["id"],
        "status": "ACTIVE",
        "maskedEmail": "l•••@posta.example",
        "nickname": None,
        "isDefault": True,
        "registeredAt": AT,
        "lastChargedAt": AT,
        "renews": sorted(service.label for service in shop.renewable) if keeps else [],
    }
    payment = await client.payment(payment_id)
    assert (await product.row(shop.order)).paid_at == product.clock()
    assert payment["order"] == {
        "id": shop.order.id,
        "number": shop.order.number,
        "status": "PAID",
        "statusLabel": "Pagato",
    }
    await check_outcome(product, shop.customer, payment)
    assert payment["amount"] == {"amount": case.amount, "currency": "EUR"}


async def check_outcome(product: Product, customer: tables.Customer, payment: dict[str, object]) -> None:
    """The payment succeeded after one approval, one order and one capture at PayPal."""
    [attempt] = await product.rows(tables.PaymentAttempt)
    [stored] = await product.rows(tables.PayPalAccount)
    [capture] = product.simulator.order(attempt.paypal_order_id)["purchase_units"][0]["payments"]["captures"]
    assert payment["nextAction"] is None
    assert payment["outcome"] == {
        "__typename": "PaymentSucceeded",
        "at": AT,
        "payPalReference": capture["id"],
        "account": {"maskedEmail": "l•••@posta.example", "payerId": stored.payer_id},
        "confirmationEmail": {"to": customer.email, "status": "SENT", "at": AT},
    }
    assert history(payment) == [
        ("AWAITING_ACCOUNT", "CUSTOMER"),
        ("AWAITING_CONFIRMATION", "CUSTOMER"),
        ("PROCESSING", "CUSTOMER"),
        ("AWAITING_APPROVAL", "PAYPAL_REPLY"),
        ("PROCESSING", "CUSTOMER"),
        ("SUCCEEDED", "CUSTOMER"),
    ]
    order_path = f"/v2/checkout/orders/{attempt.paypal_order_id}"
    assert await paypal_calls(product) == [
        ("POST", "/v2/checkout/orders", f"{attempt.id}-create", 201),
        ("GET", order_path, None, 200),
        ("POST", f"{order_path}/capture", f"{attempt.id}-capture-1", 201),
    ]


@pytest.mark.parametrize("case", [PEC, MIXED], ids=lambda case: case.name)
async def test_paypal_learns_the_order_its_sum_as_text_and_that_the_account_is_kept(
    product: Product, case: Case
) -> None:
    shop = await open_shop(product, case)
    client = await product.signed_in(shop.customer)

    await pay_with_new(client, shop.order)

    [attempt] = await product.rows(tables.PaymentAttempt)
    create, _, capture = await asyncio.to_thread(product.simulator.calls, "/v2")
    unit = {
        "reference_id": "default",
        "custom_id": attempt.id,
        "invoice_id": shop.order.number,
        "description": f"Ordine {shop.order.number}",
        "amount": {"currency_code": "EUR", "value": case.amount},
    }
    assert create["request_body"]["purchase_units"] == [unit]
    wallet = create["request_body"]["payment_source"]["paypal"]
    assert wallet["attributes"]["customer"] == {"merchant_customer_id": shop.customer.id}
    assert wallet["attributes"]["vault"]["store_in_vault"] == "ON_SUCCESS"
    assert wallet["experience_context"]["return_url"] == f"{product.url}/paypal/return?attempt={attempt.return_key}"
    assert wallet["experience_context"]["cancel_url"] == f"{product.url}/paypal/cancel?attempt={attempt.return_key}"
    assert capture["request_body"] == {}


async def test_nothing_takes_effect_before_the_payer_accepts(product: Product) -> None:
    shop = await open_shop(product, PEC)
    client = await product.signed_in(shop.customer)
    payment_id = await begin(client, shop.order)

    selected = await client.run("select_new_account", paymentId=payment_id)
    confirmed = await confirm(client, payment_id, shop.order)

    assert selected["payment"]["nextAction"] == {
        "__typename": "ConfirmAction",
        "amount": {"amount": "36.60", "currency": "EUR"},
        "account": None,
    }
    [attempt] = await product.rows(tables.PaymentAttempt)
    assert confirmed["payment"] == {
        "id": payment_id,
        "status": "AWAITING_APPROVAL",
        "nextAction": {
            "__typename": "ApproveOnPayPalAction",
            "redirectUrl": f"{product.simulator.url}/checkoutnow?token={attempt.paypal_order_id}",
            "expiresAt": "2025-03-08T12:30:00Z",
        },
        "outcome": None,
    }
    assert (confirmed["order"]["status"], confirmed["order"]["paidAt"]) == ("AWAITING_PAYMENT", None)
    assert await renewals(client) == {shop.services[0].label: ("OFF", None, "2026-03-08")}
    assert (await accounts(client), await consents(product), await product.mails(0)) == ([], [], [])
    assert await asyncio.to_thread(product.simulator.captures) == []


async def test_paypal_keeps_the_account_and_the_next_order_is_paid_with_it_at_once(product: Product) -> None:
    shop = await open_shop(product, PEC)
    client = await product.signed_in(shop.customer)
    await pay_with_new(client, shop.order, creates=PAYER)
    [account] = await product.rows(tables.PayPalAccount)
    second, *lines = make_order(shop.customer)
    await product.save(second, *lines)

    paid = await pay_with_registered(client, second, account)

    assert paid["payment"]["status"] == "SUCCEEDED"
    assert paid["payment"]["outcome"]["account"] == {
        "maskedEmail": "l•••@posta.example",
        "payerId": account.payer_id,
    }
    paypal = PayPalClient(
        base_url=product.simulator.url,
        client_id="saldo-demo",
        client_secret="saldo-demo-secret",
        clock=product.clock,
    )
    token = await paypal.get_payment_token(account.payment_token)
    await paypal.aclose()
    assert (token.email, token.payer_id, token.customer_id) == (PAYER, account.payer_id, account.paypal_customer_id)


@pytest.mark.parametrize(("make_default", "defaults"), [(False, [True, False]), (True, [False, True])])
async def test_the_new_account_gets_the_nickname_and_is_the_default_only_if_asked(
    product: Product, make_default: bool, defaults: list[bool]
) -> None:
    shop = await open_shop(product, PEC)
    first = await product.register(make_account(shop.customer, is_default=True, nickname="Ufficio"))
    client = await product.signed_in(shop.customer)

    await pay_with_new(client, shop.order, creates=PAYER, nickname="  Conto di casa ", makeDefault=make_default)

    by_nickname = {account["nickname"]: account for account in await accounts(client)}
    assert [by_nickname[name]["isDefault"] for name in ("Ufficio", "Conto di casa")] == defaults
    assert (by_nickname["Ufficio"]["id"], by_nickname["Ufficio"]["renews"]) == (first.id, [])
    assert by_nickname["Conto di casa"]["renews"] == [shop.services[0].label]


async def test_an_account_registered_twice_is_kept_once(product: Product) -> None:
    shop = await open_shop(product, PEC)
    client = await product.signed_in(shop.customer)
    await pay_with_new(client, shop.order, nickname="Ufficio")
    second, *lines = make_order(shop.customer)
    await product.save(second, *lines)

    await pay_with_new(client, second)

    assert [(account["maskedEmail"], account["nickname"]) for account in await accounts(client)] == [
        ("p•••@payer.example", "Ufficio")
    ]


async def test_the_payer_who_comes_back_twice_pays_once(product: Product) -> None:
    shop = await open_shop(product, PEC)
    client = await product.signed_in(shop.customer)
    payment_id = await pay_with_new(client, shop.order)
    await product.mails(2)
    before = await product.snapshot()

    [attempt] = await product.rows(tables.PaymentAttempt)
    address = f"{product.url}/paypal/return?attempt={attempt.return_key}&token={attempt.paypal_order_id}"
    async with httpx2.AsyncClient() as browser:
        back = await browser.get(address)

    assert (back.status_code, back.headers["location"]) == (303, f"{RETURN_URL}?paymentId={payment_id}")
    assert await product.snapshot() == before
