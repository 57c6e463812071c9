"""The payer's pages, used without a script."""

import pytest

from tests.integration.simulator.driving import Clock, Merchant, Payer, capture_of, order_body, vault_of, wallet


async def test_payer_comes_back_with_order_and_account(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet()))

    await browser.approve(created, "pays@payer.example")

    address, parameters = browser.landed
    order = (await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")).json()
    assert address == "https://shop.example/return"
    assert parameters == {"a": "r1", "token": order["id"], "PayerID": order["payer"]["payer_id"]}
    assert order["status"] == "APPROVED"


async def test_review_shows_what_is_paid_and_what_is_saved(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet(vault=True)))

    await browser.open(created.json()["links"][1]["href"])
    await browser.press("Paola Paga")

    for text in ("Fornitore &amp; Figli", "12,30\u00a0€", "Ordine 2026/1234", "Rinnovo automatico", "simulatore"):
        assert text in browser.page.text


async def test_large_amounts_are_grouped(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(value="1234567.80", source=wallet()))

    await browser.open(created.json()["links"][1]["href"])

    assert "1.234.567,80\u00a0€" in browser.page.text


async def test_payer_who_goes_back_leaves_the_order_unapproved(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet()))

    await browser.open(created.json()["links"][1]["href"])
    await browser.press("Paola Paga")
    await browser.press("Annulla e torna")

    assert browser.landed == ("https://shop.example/cancel", {"a": "r1", "token": created.json()["id"]})
    order = await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")
    assert order.json()["status"] == "PAYER_ACTION_REQUIRED"


async def test_new_payer_creates_an_account_and_pays(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet(vault=True)))

    await browser.open(created.json()["links"][1]["href"])
    await browser.press("Crea un conto")
    await browser.press(
        "Crea il conto", given_name="Ada", surname="Bianchi", email="ada@esempio.it", password="segreta"
    )
    await browser.press("Accetta e continua")

    captured = await merchant.capture(created.json()["id"])
    assert capture_of(captured)["status"] == "COMPLETED"
    assert captured.json()["payer"]["email_address"] == "ada@esempio.it"
    assert vault_of(captured) is not None


async def test_new_account_behaves_as_its_address_says(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet()))

    await browser.open(created.json()["links"][1]["href"])
    await browser.press("Crea un conto")
    await browser.press(
        "Crea il conto", given_name="Ada", surname="Bianchi", email="declined+ada@esempio.it", password="x"
    )
    await browser.press("Accetta e continua")

    assert (await merchant.capture(created.json()["id"])).status_code == 422


@pytest.mark.parametrize(
    ("email", "password", "complaint"),
    [("nobody@payer.example", "x", "Nessun conto"), ("pays@payer.example", "", "Scrivi la password")],
)
async def test_sign_in_that_fails_stays_on_the_page(
    merchant: Merchant, browser: Payer, email: str, password: str, complaint: str
) -> None:
    created = await merchant.create(order_body(source=wallet()))

    await browser.open(created.json()["links"][1]["href"])
    await browser.press("Accedi", email=email, password=password)

    assert browser.page.status_code == 422
    assert complaint in browser.page.text
    order = await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")
    assert order.json()["status"] == "PAYER_ACTION_REQUIRED"


async def test_expired_order_has_a_page_of_its_own(merchant: Merchant, browser: Payer, clock: Clock) -> None:
    created = await merchant.create(order_body(source=wallet()))
    clock.advance(hours=3)

    await browser.open(created.json()["links"][1]["href"])

    assert browser.page.status_code == 404
    assert "scaduta" in browser.page.text


async def test_paid_order_cannot_be_approved_again(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet()))
    await browser.approve(created, "pays@payer.example")
    await merchant.capture(created.json()["id"])

    await browser.open(created.json()["links"][1]["href"])

    assert browser.page.status_code == 404
    assert "già stato pagato" in browser.page.text


async def test_texts_of_the_merchant_are_escaped(merchant: Merchant, browser: Payer) -> None:
    source = wallet()
    source["paypal"]["experience_context"]["brand_name"] = "<script>alert(1)</script>"
    created = await merchant.create(order_body(source=source))

    await browser.open(created.json()["links"][1]["href"])

    assert "<script>" not in browser.page.text


async def test_order_without_addresses_ends_on_a_page(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create()

    await browser.approve(created, "pays@payer.example")

    assert "Puoi tornare al sito" in browser.page.text


async def test_home_lists_the_payers(browser: Payer) -> None:
    await browser.open("/")

    assert "declined-once@payer.example" in browser.page.text
    assert "Questo non è PayPal" in browser.page.text
