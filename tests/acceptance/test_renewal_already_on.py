"""An order is paid for a service whose automatic renewal is on already."""

from typing import Any

import pytest

from models import enums, tables
from tests.factories import make_account, make_customer, make_order, make_service
from tests.harness.evidence import accounts, consents, correspondence, renewals
from tests.harness.journeys import begin, confirm, pay_with_new, pay_with_registered, start
from tests.harness.product import Client, Product

PAID_UNTIL = "2027-03-08"


async def renewing(product: Product, **order: Any) -> tuple[Client, tables.Service, tables.PayPalAccount, tables.Order]:
    """Store a PEC that renews on an account, with an unpaid renewal order."""
    customer = make_customer()
    account = make_account(customer)
    service = make_service(customer, renews_on=account)
    unpaid, *lines = make_order(customer, renews=service, **order)
    await product.save(customer)
    await product.register(account)
    await product.save(service, unpaid, *lines)
    return await product.signed_in(customer), service, account, unpaid


def deactivated(service: tables.Service) -> str:
    return f"Disattivazione rinnovo automatico per il servizio {service.label}"


async def another_account(product: Product) -> tables.PayPalAccount:
    """Store a second account of the customer."""
    [customer] = await product.rows(tables.Customer)
    return await product.register(make_account(customer, masked_email="u•••@example.com"))


async def test_the_flag_removed_switches_the_renewal_off(product: Product) -> None:
    client, service, account, order = await renewing(product)
    payment_id = await begin(client, order, without_renewal_of=[service])
    await client.run("select_registered_account", paymentId=payment_id, accountId=account.id)
    unpaid = await renewals(client)

    await confirm(client, payment_id, order)

    assert unpaid == {service.label: ("ON", account.id, "2026-03-08")}
    assert await renewals(client) == {service.label: ("OFF", None, PAID_UNTIL)}
    assert await consents(product) == [("AUTO_RENEWAL", False, service.id, account.id)]
    assert [subject for subject, _ in await correspondence(product, 2)] == ["Conferma pagamento", deactivated(service)]


async def test_the_flag_removed_switches_the_renewal_off_though_a_new_account_pays(product: Product) -> None:
    client, service, account, order = await renewing(product)

    await pay_with_new(client, order, without_renewal_of=[service])

    [new] = [each for each in await accounts(client) if each["id"] != account.id]
    assert await renewals(client) == {service.label: ("OFF", None, PAID_UNTIL)}
    assert await consents(product) == [
        ("ACCOUNT_REGISTRATION", True, None, new["id"]),
        ("AUTO_RENEWAL", False, service.id, account.id),
    ]
    assert [subject for subject, _ in await correspondence(product, 2)] == ["Conferma pagamento", deactivated(service)]


async def test_the_flag_kept_with_another_account_moves_the_renewal_to_it(product: Product) -> None:
    client, service, _, order = await renewing(product)
    other = await another_account(product)

    await pay_with_registered(client, order, other)

    assert await renewals(client) == {service.label: ("ON", other.id, PAID_UNTIL)}
    assert await consents(product) == [("AUTO_RENEWAL", True, service.id, other.id)]
    activated = f"Attivazione rinnovo automatico per il servizio {service.label}"
    assert [subject for subject, _ in await correspondence(product, 2)] == [activated, "Conferma pagamento"]
    assert "\nAccount PayPal: u•••@example.com\n" in product.mailbox.text(activated)


async def test_the_flag_kept_with_the_same_account_changes_nothing_and_announces_nothing(product: Product) -> None:
    client, service, account, order = await renewing(product)

    await pay_with_registered(client, order, account)

    assert await renewals(client) == {service.label: ("ON", account.id, PAID_UNTIL)}
    assert await consents(product) == [("AUTO_RENEWAL", True, service.id, account.id)]
    assert [subject for subject, _ in await correspondence(product, 1)] == ["Conferma pagamento"]


async def test_a_renewal_order_of_the_system_shows_the_renewal_as_on_and_offers_no_choice(product: Product) -> None:
    client, service, _, order = await renewing(product, origin=enums.OrderOrigin.SCHEDULER)
    started = await start(client, order)
    before = await product.snapshot()

    refused = await client.run(
        "set_auto_renewal", serviceId=service.id, enabled=False, paymentId=started["payment"]["id"]
    )

    [choice] = started["payment"]["renewalChoices"]
    assert (choice["enabled"], choice["eligibility"]["allowed"]) == (True, False)
    assert [block["code"] for block in choice["eligibility"]["blocks"]] == ["RENEWAL_ORDER_OPEN"]
    assert (refused["__typename"], refused["code"], refused["service"]["product"]) == (
        "AutoRenewalNotAllowedError",
        "AUTO_RENEWAL_NOT_ALLOWED",
        "PEC",
    )
    assert [(block["code"], block["resolvable"]) for block in refused["blocks"]] == [("RENEWAL_ORDER_OPEN", False)]
    assert await product.snapshot() == before


@pytest.mark.parametrize("payer", ["same", "other", "new"])
async def test_paying_a_renewal_order_of_the_system_leaves_the_renewal_alone(product: Product, payer: str) -> None:
    client, service, account, order = await renewing(product, origin=enums.OrderOrigin.SCHEDULER)
    other = await another_account(product)

    if payer == "new":
        await pay_with_new(client, order)
    else:
        await pay_with_registered(client, order, account if payer == "same" else other)

    assert await renewals(client) == {service.label: ("ON", account.id, PAID_UNTIL)}
    assert [kind for kind, *_ in await consents(product)] == ["ACCOUNT_REGISTRATION"] * (payer == "new")
    assert [subject for subject, _ in await correspondence(product, 1)] == ["Conferma pagamento"]
    assert (await product.row(order)).status is enums.OrderStatus.PAID


async def test_a_renewal_order_of_the_system_does_not_switch_on_what_was_switched_off_meanwhile(
    product: Product,
) -> None:
    client, service, account, order = await renewing(product, origin=enums.OrderOrigin.SCHEDULER)
    await client.run("set_auto_renewal", serviceId=service.id, enabled=False)
    started = await start(client, order)

    await pay_with_registered(client, order, account)

    assert [choice["enabled"] for choice in started["payment"]["renewalChoices"]] == [False]
    assert await renewals(client) == {service.label: ("OFF", None, PAID_UNTIL)}
    assert [subject for subject, _ in await correspondence(product, 2)] == ["Conferma pagamento", deactivated(service)]
