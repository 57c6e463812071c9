"""Accounts stored without a purchase, listed, deleted."""

from tests.integration.simulator.driving import Clock, Json, Merchant, Payer, issue, rels, stored

SETUP = "/v3/vault/setup-tokens"
TOKENS = "/v3/vault/payment-tokens"


def setup_body(**more: object) -> Json:
    wallet: Json = {
        "description": "Rinnovo automatico",
        "usage_type": "MERCHANT",
        "experience_context": {"return_url": "https://shop.example/r", "cancel_url": "https://shop.example/c"},
        **more,
    }
    return {"customer": {"merchant_customer_id": "customer-7"}, "payment_source": {"paypal": wallet}}


def exchange(setup_id: str) -> Json:
    return {"payment_source": {"token": {"id": setup_id, "type": "SETUP_TOKEN"}}}


async def test_approved_setup_token_becomes_a_stored_account(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.post(SETUP, setup_body())
    setup_id = created.json()["id"]
    await browser.approve(created, "pays@payer.example")
    approved = await merchant.get(f"{SETUP}/{setup_id}")

    token = await merchant.post(TOKENS, exchange(setup_id))

    assert (created.status_code, created.json()["status"]) == (201, "PAYER_ACTION_REQUIRED")
    assert browser.landed == (
        "https://shop.example/r",
        {"approval_token_id": setup_id, "approval_session_id": setup_id},
    )
    assert approved.json()["status"] == "APPROVED"
    assert token.status_code == 201
    assert token.json()["payment_source"]["paypal"]["email_address"] == "pays@payer.example"
    assert token.json()["customer"]["merchant_customer_id"] == "customer-7"
    assert rels(token) == ["self", "delete"]
    assert (await merchant.get(f"{SETUP}/{setup_id}")).json()["status"] == "VAULTED"


async def test_setup_token_needs_the_payer_first(merchant: Merchant) -> None:
    setup_id = (await merchant.post(SETUP, setup_body())).json()["id"]

    refused = await merchant.post(TOKENS, exchange(setup_id))

    assert (refused.status_code, issue(refused)) == (422, "PAYER_ACTION_REQUIRED")


async def test_setup_token_is_used_once(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.post(SETUP, setup_body())
    await browser.approve(created, "pays@payer.example")
    await merchant.post(TOKENS, exchange(created.json()["id"]))

    refused = await merchant.post(TOKENS, exchange(created.json()["id"]))

    assert (refused.status_code, issue(refused)) == (422, "SETUP_TOKEN_ALREADY_TOKENIZED")


async def test_setup_token_is_gone_after_three_days(merchant: Merchant, clock: Clock) -> None:
    setup_id = (await merchant.post(SETUP, setup_body())).json()["id"]
    clock.advance(days=3)
    await merchant.sign_in()

    assert (await merchant.get(f"{SETUP}/{setup_id}")).status_code == 404
    assert (await merchant.post(TOKENS, exchange(setup_id))).status_code == 404


async def test_setup_description_admits_no_accents(merchant: Merchant) -> None:
    refused = await merchant.post(SETUP, setup_body(description="Rinnovo già attivo"))

    assert (refused.status_code, issue(refused)) == (400, "INVALID_PARAMETER_SYNTAX")


async def test_vault_needs_a_request_id(merchant: Merchant) -> None:
    refused = await merchant.post(SETUP, setup_body(), key=None)

    assert issue(refused) == "PAYPAL_REQUEST_ID_REQUIRED"


async def test_tokens_are_listed_in_pages(merchant: Merchant) -> None:
    emails = [f"pays+{name}@payer.example" for name in ("ada", "bea", "cleo")]
    tokens = [await merchant.register(email, customer_id="customer_1") for email in emails]
    await merchant.register("pays@payer.example", customer_id="customer_2")

    page = await merchant.get(TOKENS, customer_id="customer_1", page="2", page_size="2", total_required="true")

    assert [token["id"] for token in page.json()["payment_tokens"]] == tokens[2:]
    assert (page.json()["total_items"], page.json()["total_pages"]) == (3, 2)


async def test_deleted_token_is_unknown_everywhere(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example", customer_id="customer_1")
    order_id = (await merchant.create()).json()["id"]

    deleted = await merchant.delete(f"{TOKENS}/{token}")

    assert deleted.status_code == 204
    assert (await merchant.get(f"{TOKENS}/{token}")).status_code == 404
    assert (await merchant.delete(f"{TOKENS}/{token}")).status_code == 404
    assert (await merchant.get(TOKENS, customer_id="customer_1")).json()["payment_tokens"] == []
    refused = await merchant.capture(order_id, stored(token))
    assert (refused.status_code, issue(refused)) == (422, "TOKEN_ID_NOT_FOUND")


async def test_account_revoked_by_the_payer_is_dead(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    await merchant.http.delete(f"/simulator/payment-tokens/{token}")

    refused = await merchant.capture((await merchant.create()).json()["id"], stored(token))

    assert issue(refused) == "AGREEMENT_ALREADY_CANCELLED"
