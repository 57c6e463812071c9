"""An unpaid order is paid with a PayPal account that is registered already."""

import asyncio

import pytest

from models import enums, tables
from policies.consents import TEXT_VERSION
from tests.acceptance.sales import (
    BOUGHT_CONSERVAZIONE,
    BOUGHT_FIRMA,
    BOUGHT_MARCA,
    CASES,
    MIXED,
    PEC,
    RENEWED_FATTURAZIONE,
    Case,
    open_shop,
)
from tests.factories import make_account
from tests.harness.evidence import accounts, consents, correspondence, history, paypal_calls, renewals
from tests.harness.journeys import RETURN_URL, begin, confirm, pay_with_registered, start
from tests.harness.product import Product

AT = "2025-03-08T09:30:00Z"


@pytest.mark.parametrize("keeps", [True, False], ids=["renewal kept", "renewal removed"])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
async def test_the_order_is_paid_and_each_renewal_follows_its_flag(product: Product, case: Case, keeps: bool) -> None:
    shop = await open_shop(product, case)
    account = await product.register(make_account(shop.customer))
    client = await product.signed_in(shop.customer)

    confirmed = await pay_with_registered(
        client, shop.order, account, without_renewal_of=() if keeps else shop.renewable
    )

    charged_to = account.id if keeps else None
    assert await correspondence(product, 1 + len(shop.renewable) * keeps) == shop.letters(renewals=keeps)
    assert await renewals(client) == shop.renewals_on(charged_to)
    assert await consents(product) == sorted(
        ("AUTO_RENEWAL", keeps, service.id, charged_to) for service in shop.renewable
    )
    assert (confirmed["replayed"], confirmed["order"]) == (
        False,
        {
            "id": shop.order.id,
            "number": shop.order.number,
            "status": "PAID",
            "statusLabel": "Pagato",
            "paidAt": AT,
        },
    )
    payment = await client.payment(confirmed["payment"]["id"])
    [attempt] = await product.rows(tables.PaymentAttempt)
    captured = product.simulator.order(attempt.paypal_order_id)["purchase_units"][0]["payments"]["captures"]
    assert await paypal_calls(product) == [
        ("POST", "/v2/checkout/orders", f"{attempt.id}-create", 201),
        ("POST", f"/v2/checkout/orders/{attempt.paypal_order_id}/capture", f"{attempt.id}-capture-1", 201),
    ]
    assert payment["amount"] == {"amount": case.amount, "currency": "EUR"}
    assert payment["nextAction"] is None
    assert payment["outcome"] == {
        "__typename": "PaymentSucceeded",
        "at": AT,
        "payPalReference": captured[0]["id"],
        "account": {"maskedEmail": account.masked_email, "payerId": account.payer_id},
        "confirmationEmail": {"to": shop.customer.email, "status": "SENT", "at": AT},
    }
    assert history(payment) == [
        ("AWAITING_ACCOUNT", "CUSTOMER"),
        ("AWAITING_CONFIRMATION", "CUSTOMER"),
        ("PROCESSING", "CUSTOMER"),
        ("SUCCEEDED", "PAYPAL_REPLY"),
    ]
    assert [(capture["status"], capture["amount"]) for capture in captured] == [
        ("COMPLETED", {"currency_code": "EUR", "value": case.amount})
    ]


@pytest.mark.parametrize("case", [PEC, MIXED], ids=lambda case: case.name)
async def test_paypal_learns_the_order_its_sum_as_text_and_who_asked(product: Product, case: Case) -> None:
    shop = await open_shop(product, case)
    account = await product.register(make_account(shop.customer))
    client = await product.signed_in(shop.customer)

    await pay_with_registered(client, shop.order, account)

    [attempt] = await product.rows(tables.PaymentAttempt)
    create, capture = await asyncio.to_thread(product.simulator.calls, "/v2")
    unit = {
        "reference_id": "default",
        "custom_id": attempt.id,
        "invoice_id": shop.order.number,
        "description": f"Ordine {shop.order.number}",
        "amount": {"currency_code": "EUR", "value": case.amount},
    }
    assert create["request_body"] == {"intent": "CAPTURE", "purchase_units": [unit]}
    wallet = capture["request_body"]["payment_source"]["paypal"]
    assert wallet["vault_id"] == account.payment_token
    assert wallet["stored_credential"] == {"payment_initiator": "CUSTOMER", "usage": "SUBSEQUENT"}


async def test_the_flag_is_on_for_the_four_products_and_absent_for_the_other_two(product: Product) -> None:
    sales = (*MIXED.sales, RENEWED_FATTURAZIONE, BOUGHT_CONSERVAZIONE)
    shop = await open_shop(product, Case(name="all six", amount="165.68", sales=sales))
    client = await product.signed_in(shop.customer)

    started = await start(client, shop.order)

    assert [
        (choice["service"]["product"], choice["enabled"], choice["eligibility"])
        for choice in started["payment"]["renewalChoices"]
    ] == [(name, True, {"allowed": True, "blocks": []}) for name in ("PEC", "SPID", "FATTURAZIONE_PA", "CONSERVAZIONE")]


async def test_an_order_without_an_eligible_service_has_no_flag_and_refuses_one(product: Product) -> None:
    case = Case(name="no flag", amount="62.22", sales=(BOUGHT_FIRMA, BOUGHT_MARCA))
    shop = await open_shop(product, case)
    client = await product.signed_in(shop.customer)
    started = await start(client, shop.order)
    before = await product.snapshot()

    refused = [
        await client.run("set_auto_renewal", serviceId=each.id, enabled=True, paymentId=started["payment"]["id"])
        for each in shop.services
    ]

    assert started["payment"]["renewalChoices"] == []
    assert [(answer["__typename"], answer["code"], answer["service"]["product"]) for answer in refused] == [
        ("AutoRenewalNotAllowedError", "AUTO_RENEWAL_NOT_ALLOWED", "FIRMA_DIGITALE"),
        ("AutoRenewalNotAllowedError", "AUTO_RENEWAL_NOT_ALLOWED", "MARCA_TEMPORALE"),
    ]
    assert [[(block["code"], block["resolvable"]) for block in answer["blocks"]] for answer in refused] == [
        [("PRODUCT_EXCLUDED", False)],
        [("PRODUCT_EXCLUDED", False)],
    ]
    assert await product.snapshot() == before


async def test_each_flag_decides_for_its_own_service_and_only_when_the_order_is_paid(product: Product) -> None:
    shop = await open_shop(product, MIXED)
    pec, firma, spid, marca = shop.services
    account = await product.register(make_account(shop.customer))
    client = await product.signed_in(shop.customer)

    payment_id = await begin(client, shop.order, without_renewal_of=[pec])
    await client.run("select_registered_account", paymentId=payment_id, accountId=account.id)
    staged = await renewals(client)
    await confirm(client, payment_id, shop.order)

    assert staged == {
        pec.label: ("OFF", None, None),
        firma.label: ("UNAVAILABLE", None, None),
        spid.label: ("OFF", None, None),
        marca.label: ("UNAVAILABLE", None, None),
    }
    assert await renewals(client) == {
        pec.label: ("OFF", None, "2026-03-08"),
        firma.label: ("UNAVAILABLE", None, "2028-03-08"),
        spid.label: ("ON", account.id, "2027-03-08"),
        marca.label: ("UNAVAILABLE", None, None),
    }
    assert await correspondence(product, 2) == [
        (f"Attivazione rinnovo automatico per il servizio {spid.label}", shop.customer.email),
        ("Conferma pagamento", shop.customer.email),
    ]


async def test_the_account_shows_that_it_was_charged_and_what_renews_on_it(product: Product) -> None:
    shop = await open_shop(product, PEC)
    account = await product.register(make_account(shop.customer, nickname="Ufficio"))
    client = await product.signed_in(shop.customer)

    await pay_with_registered(client, shop.order, account)

    assert await accounts(client) == [
        {
            "id": account.id,
            "status": "ACTIVE",
            "maskedEmail": "m•••@example.com",
            "nickname": "Ufficio",
            "isDefault": False,
            "registeredAt": AT,
            "lastChargedAt": AT,
            "renews": [shop.services[0].label],
        }
    ]


async def test_a_renewed_service_is_active_again_and_a_bought_one_waits_for_its_activation(product: Product) -> None:
    expired, bought = CASES[2], CASES[1]
    statuses = {}

    for case in (expired, bought):
        shop = await open_shop(product, case)
        account = await product.register(make_account(shop.customer))
        client = await product.signed_in(shop.customer)
        await pay_with_registered(client, shop.order, account)
        statuses[case.name] = (await product.row(shop.services[0])).status

    assert statuses == {
        "Fatturazione PA renewed after expiry": enums.ServiceStatus.ACTIVE,
        "SPID bought": enums.ServiceStatus.PENDING_ACTIVATION,
    }


async def test_what_was_shown_beside_the_flag_and_chosen_is_recorded(product: Product) -> None:
    shop = await open_shop(product, PEC)
    account = await product.register(make_account(shop.customer))
    client = await product.signed_in(shop.customer)

    confirmed = await pay_with_registered(client, shop.order, account)

    [consent] = await product.rows(tables.Consent)
    assert (consent.text, consent.text_version, consent.payment_id, consent.at) == (
        f"Rinnovo automatico di {shop.services[0].label}: alla prossima scadenza il servizio sarà rinnovato per 1 anno "
        "e l'importo addebitato sul conto PayPal scelto 7 giorni prima, con un avviso 30 giorni prima. "
        "Puoi disattivarlo in qualsiasi momento dall'area clienti.",
        TEXT_VERSION,
        confirmed["payment"]["id"],
        product.clock(),
    )


async def test_the_payer_could_come_back_from_paypal_to_this_very_payment(product: Product) -> None:
    shop = await open_shop(product, PEC)
    account = await product.register(make_account(shop.customer))
    client = await product.signed_in(shop.customer)

    confirmed = await pay_with_registered(client, shop.order, account)

    [attempt] = await product.rows(tables.PaymentAttempt)
    [capture] = await asyncio.to_thread(product.simulator.captures)
    returning = capture["request_body"]["payment_source"]["paypal"]["experience_context"]["return_url"]
    assert returning == f"{product.url}/paypal/return?attempt={attempt.return_key}"
    back = await client.http.get(returning, params={"attempt": attempt.return_key, "token": attempt.paypal_order_id})
    assert (back.status_code, back.headers["location"]) == (
        303,
        f"{RETURN_URL}?paymentId={confirmed['payment']['id']}",
    )
