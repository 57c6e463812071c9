"""The customer switches "Rinnovo automatico" on and off in the customer area, outside a payment."""

from datetime import date
from typing import Any

import pytest

from models import enums, tables
from tests.factories import make_account, make_customer, make_service
from tests.harness.evidence import accounts, consents, correspondence
from tests.harness.product import Client, Product

NEXT_CHARGE = {
    "noticeSentAt": None,
    "amount": None,
    "noticeOn": "2026-02-06",
    "chargeOn": "2026-03-01",
    "retryOn": ["2026-03-03", "2026-03-05", "2026-03-07"],
    "newExpiry": "2027-03-08",
    "termYears": 1,
    "stoppableUntil": "2026-02-28T23:00:00Z",
}
PREVIEW = {"chargeOn": "2026-03-01", "newExpiry": "2027-03-08"}


async def prepared(
    product: Product, /, *, on: bool, after_days: float = 0, **service: Any
) -> tuple[Client, tables.Service, tables.PayPalAccount]:
    """Store a PEC until 8 March 2026 and a registered account; the customer looks at it after so many days."""
    customer = make_customer()
    account = make_account(customer)
    pec = make_service(customer, renews_on=account if on else None, **service)
    await product.save(customer)
    await product.register(account)
    await product.save(pec)
    product.clock.advance(days=after_days)
    return await product.signed_in(customer), pec, account


async def renewal_of(client: Client) -> dict[str, Any]:
    """Return the renewal of the only service."""
    [service] = (await client.run("services"))["services"]["nodes"]
    renewal: dict[str, Any] = service["autoRenewal"]
    return renewal


async def test_switching_on_takes_effect_at_once_and_is_announced(product: Product) -> None:
    client, pec, account = await prepared(product, on=False)

    answer = await client.run("set_auto_renewal", serviceId=pec.id, enabled=True, accountId=account.id)

    assert answer == {
        "__typename": "SetAutoRenewalPayload",
        "effect": "IMMEDIATE",
        "service": {
            "id": pec.id,
            "label": pec.label,
            "autoRenewal": {
                "status": "ON",
                "account": {"id": account.id, "maskedEmail": "m•••@example.com"},
                "maximumPrice": None,
            },
        },
        "stagedIn": None,
    }
    assert await consents(product) == [("AUTO_RENEWAL", True, pec.id, account.id)]
    assert await correspondence(product, 1) == [
        (f"Attivazione rinnovo automatico per il servizio {pec.label}", (await product.rows(tables.Customer))[0].email)
    ]
    text = product.mailbox.text("Attivazione rinnovo automatico")
    assert "\nProssima scadenza: 8 marzo 2026\nAddebito: 1º marzo 2026, 7 giorni prima della scadenza\n" in text
    assert "\nPuoi disattivarlo fino a: 28 febbraio 2026, ore 24:00 (ora di Roma)\n" in text
    assert [each["renews"] for each in await accounts(client)] == [[pec.label]]
    assert product.simulator.calls() == []


async def test_switching_off_takes_effect_at_once_and_withdraws_the_consent(product: Product) -> None:
    client, pec, account = await prepared(product, on=True)

    answer = await client.run("set_auto_renewal", serviceId=pec.id, enabled=False)

    assert (answer["effect"], answer["service"]["autoRenewal"]) == (
        "IMMEDIATE",
        {"status": "OFF", "account": None, "maximumPrice": None},
    )
    assert await consents(product) == [("AUTO_RENEWAL", False, pec.id, account.id)]
    assert await product.mails(1) == [f"Disattivazione rinnovo automatico per il servizio {pec.label}"]
    text = product.mailbox.text("Disattivazione rinnovo automatico")
    assert "\nAccount PayPal: m•••@example.com\nScadenza: 8 marzo 2026\n" in text
    assert "È già in corso un pagamento" not in text


@pytest.mark.parametrize(
    ("after_days", "status"),
    [
        pytest.param(0, enums.ServiceStatus.ACTIVE, id="a year before the expiry"),
        pytest.param(358, enums.ServiceStatus.EXPIRING, id="on the day of the charge"),
        pytest.param(365, enums.ServiceStatus.EXPIRING, id="on the last day"),
        pytest.param(400, enums.ServiceStatus.EXPIRED, id="after the expiry"),
        pytest.param(0, enums.ServiceStatus.SUSPENDED, id="while the service is suspended"),
    ],
)
async def test_it_can_be_switched_off_at_any_time(
    product: Product, after_days: float, status: enums.ServiceStatus
) -> None:
    client, pec, account = await prepared(product, on=True, after_days=after_days, status=status)

    answer = await client.run("set_auto_renewal", serviceId=pec.id, enabled=False)

    assert (answer["effect"], answer["service"]["autoRenewal"]["status"]) == ("IMMEDIATE", "OFF")
    assert await consents(product) == [("AUTO_RENEWAL", False, pec.id, account.id)]


@pytest.mark.parametrize("on", [True, False], ids=["on", "off"])
async def test_setting_it_to_what_it_is_changes_nothing(product: Product, on: bool) -> None:
    client, pec, account = await prepared(product, on=on)
    before = await product.snapshot()

    answer = await client.run("set_auto_renewal", serviceId=pec.id, enabled=on, accountId=account.id if on else None)

    assert (answer["__typename"], answer["effect"]) == ("SetAutoRenewalPayload", "UNCHANGED")
    assert answer["service"]["autoRenewal"]["status"] == ("ON" if on else "OFF")
    assert await product.snapshot() == before


async def test_it_can_be_switched_off_and_on_again(product: Product) -> None:
    client, pec, account = await prepared(product, on=False)

    effects = []
    for enabled in (True, False, True):
        product.clock.advance(minutes=1)
        answer = await client.run(
            "set_auto_renewal", serviceId=pec.id, enabled=enabled, accountId=account.id if enabled else None
        )
        effects.append((answer["effect"], answer["service"]["autoRenewal"]["status"]))

    assert effects == [("IMMEDIATE", "ON"), ("IMMEDIATE", "OFF"), ("IMMEDIATE", "ON")]
    assert [row.granted for row in await product.rows(tables.Consent)] == [True, False, True]
    activated = f"Attivazione rinnovo automatico per il servizio {pec.label}"
    assert [subject for subject, _ in await correspondence(product, 3)] == [
        activated,
        activated,
        f"Disa{activated[1:]}",
    ]


async def test_another_account_takes_the_renewal_over(product: Product) -> None:
    client, pec, _ = await prepared(product, on=True)
    [customer] = await product.rows(tables.Customer)
    other = await product.register(make_account(customer, masked_email="u•••@example.com"))

    answer = await client.run("set_auto_renewal", serviceId=pec.id, enabled=True, accountId=other.id)

    assert (answer["effect"], answer["service"]["autoRenewal"]) == (
        "IMMEDIATE",
        {"status": "ON", "account": {"id": other.id, "maskedEmail": "u•••@example.com"}, "maximumPrice": None},
    )
    assert await consents(product) == [("AUTO_RENEWAL", True, pec.id, other.id)]
    assert len(await product.mails(1)) == 1


async def test_the_next_charge_is_shown_with_its_dates_while_renewal_is_on(product: Product) -> None:
    client, _, account = await prepared(product, on=True)

    renewal = await renewal_of(client)

    assert (renewal["status"], renewal["account"]["id"]) == ("ON", account.id)
    assert (renewal["nextCharge"], renewal["preview"]) == (NEXT_CHARGE, PREVIEW)


async def test_while_renewal_is_off_only_a_preview_of_the_charge_is_shown(product: Product) -> None:
    client, _, _ = await prepared(product, on=False)

    renewal = await renewal_of(client)

    assert (renewal["status"], renewal["account"], renewal["nextCharge"]) == ("OFF", None, None)
    assert renewal["preview"] == PREVIEW
    assert renewal["eligibility"] == {"allowed": True, "blocks": []}


@pytest.mark.parametrize("product_name", [enums.Product.FIRMA_DIGITALE, enums.Product.MARCA_TEMPORALE])
async def test_it_is_unavailable_for_the_two_products_without_it(product: Product, product_name: enums.Product) -> None:
    client, service, account = await prepared(
        product, on=False, product=product_name, expires_on=date(2028, 3, 8), term_years=3
    )
    before = await product.snapshot()

    renewal = await renewal_of(client)
    refused = [
        await client.run("set_auto_renewal", serviceId=service.id, enabled=True, accountId=account.id),
        await client.run("set_auto_renewal", serviceId=service.id, enabled=False),
    ]

    assert (renewal["status"], renewal["nextCharge"], renewal["preview"]) == ("UNAVAILABLE", None, None)
    assert [block["code"] for block in renewal["eligibility"]["blocks"]] == ["PRODUCT_EXCLUDED"]
    assert [each["__typename"] for each in refused] == ["AutoRenewalNotAllowedError"] * 2
    assert [block["code"] for each in refused for block in each["blocks"]] == ["PRODUCT_EXCLUDED"] * 2
    assert await product.snapshot() == before
