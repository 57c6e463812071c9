"""A registration that is refused, or comes to nothing, leaves no account, no renewal, no consent and no mail."""

from datetime import timedelta
from typing import Any

import httpx2
import pytest

from models import enums, tables
from tests.acceptance.conftest import Launch
from tests.factories import make_account, make_order, make_service
from tests.harness.evidence import consents, renewals
from tests.harness.journeys import RETURN_URL
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.refusals import unchanged
from tests.harness.registering import Newcomer, newcomer, vault_calls


async def nothing_came_of_it(mario: Newcomer, *, outcome: str) -> None:
    product = mario.product
    assert (await mario.ended()).outcome == outcome
    client = await product.signed_in(mario.customer)  # days may have passed
    viewer = await client.run("paypal_accounts", status=None)
    assert [each["status"] for each in viewer["payPalAccounts"]] == ["REMOVED"]
    assert await renewals(client) == {mario.service.label: ("OFF", None, "2026-03-08")}
    assert (await consents(product), await product.mails(0)) == ([], [])


async def test_annulla_e_torna_ends_it_and_leads_back_to_the_front_end(product: Product) -> None:
    mario = await newcomer(product)
    account_id, approve_url = await mario.begin(mario.service)

    browser = Browser()
    await browser.open(approve_url)
    await browser.press("Annulla e torna")

    assert browser.url == f"{RETURN_URL}?accountId={account_id}"
    await nothing_came_of_it(mario, outcome="REFUSED")


@pytest.mark.watched
async def test_an_approval_that_never_comes_expires(product: Product) -> None:
    mario = await newcomer(product)
    await mario.begin(mario.service)

    product.clock.advance(days=3)

    await nothing_came_of_it(mario, outcome="EXPIRED")


@pytest.mark.watched
async def test_a_registration_that_paypal_has_given_up_is_over(product: Product) -> None:
    mario = await newcomer(product)
    await mario.begin(mario.service)

    product.simulator.advance(3 * 86400 + 1)

    await nothing_came_of_it(mario, outcome="EXPIRED")


async def test_while_paypal_is_away_the_customer_is_told_so_and_may_try_again(product: Product) -> None:
    mario = await newcomer(product)
    product.simulator.fail("html_503", pattern="/v3/vault/setup-tokens", times=3)

    refused = await mario.ask(mario.service)
    await nothing_came_of_it(mario, outcome="FAILED")
    account_id = await mario.register(mario.service)

    assert (refused["__typename"], refused["code"]) == ("ProviderUnavailableError", "PROVIDER_UNAVAILABLE")
    assert (refused["retryable"], refused["retryAfterSeconds"] >= 1) == (True, True)
    first, second = await product.rows(tables.AccountSetup)
    assert first.create_request_id != second.create_request_id
    assert [each["id"] for each in await mario.active()] == [account_id]


async def test_paypal_that_does_not_let_us_keep_accounts_ends_it(product: Product) -> None:
    mario = await newcomer(product)
    product.simulator.fail("refused", issue="PERMISSION_DENIED", pattern="/v3/vault/setup-tokens")

    refused = await mario.ask()

    assert refused["__typename"] == "ProviderUnavailableError"
    await nothing_came_of_it(mario, outcome="FAILED")


@pytest.mark.parametrize(
    ("service", "block"),
    [
        ({"product": enums.Product.FIRMA_DIGITALE}, "PRODUCT_EXCLUDED"),
        ({"status": enums.ServiceStatus.SUSPENDED}, "SERVICE_NOT_ACTIVE"),
        ({"status": enums.ServiceStatus.EXPIRED}, "SERVICE_EXPIRED"),
    ],
)
async def test_a_service_that_cannot_renew_is_refused_before_paypal_is_asked(
    product: Product, service: dict[str, Any], block: str
) -> None:
    mario = await newcomer(product)
    unfit = make_service(mario.customer, **service)
    await product.save(unfit)

    async with unchanged(product):
        refused = await mario.ask(mario.service, unfit)

    assert (refused["__typename"], refused["service"]["id"]) == ("AutoRenewalNotAllowedError", unfit.id)
    assert [each["code"] for each in refused["blocks"]] == [block]
    assert vault_calls(product) == []


@pytest.mark.parametrize(
    ("wish", "path", "message"),
    [
        (
            {"nickname": "x" * 61},
            ["input", "account", "nickname"],
            "Il nome scelto per il conto supera i 60 caratteri.",
        ),
        (
            {"returnUrl": "https://elsewhere.example/"},
            ["input", "returnUrl"],
            "L'indirizzo di ritorno non è tra quelli ammessi.",
        ),
    ],
)
async def test_a_value_that_cannot_be_used_is_refused_before_paypal_is_asked(
    product: Product, wish: dict[str, Any], path: list[str], message: str
) -> None:
    mario = await newcomer(product)

    async with unchanged(product):
        refused = await mario.ask(mario.service, **wish)

    assert (refused["__typename"], refused["path"], refused["message"]) == ("InvalidInputError", path, message)


async def test_a_twenty_first_account_is_refused_with_and_without_a_payment(product: Product) -> None:
    mario = await newcomer(product)
    order, *lines = make_order(mario.customer)
    await product.save(order, *lines, *(make_account(mario.customer) for _ in range(20)))
    revoked = make_account(mario.customer, status=enums.PayPalAccountStatus.REVOKED)
    await product.save(revoked)
    started = await mario.client.run(
        "start_payment", input={"order": {"number": order.number}, "returnUrl": RETURN_URL}
    )

    async with unchanged(product):
        alone = await mario.ask()
        paying = await mario.client.run("select_new_account", paymentId=started["payment"]["id"])

    assert [each["__typename"] for each in (alone, paying)] == ["InvalidInputError"] * 2
    assert (alone["path"], paying["path"]) == (["input", "account"], ["input", "account", "new"])
    assert alone["message"].startswith("Hai già 20 conti PayPal registrati")


async def test_what_became_impossible_meanwhile_is_left_out_and_said(product: Product) -> None:
    mario = await newcomer(product)
    other = make_service(mario.customer)
    await product.save(other)
    _, approve_url = await mario.begin(mario.service, other)
    await product.change(other, status=enums.ServiceStatus.SUSPENDED)

    await Browser().sign_in_and_accept(approve_url, payer="pays")

    await product.mails(2)
    account_id = (await mario.ended()).account_id
    assert await renewals(mario.client) == {
        mario.service.label: ("ON", account_id, "2026-03-08"),
        other.label: ("OFF", None, "2026-03-08"),
    }
    assert f"\nRinnovo automatico non attivato\n- {other.label}\nLo avevi chiesto" in product.mailbox.text(
        "Nuovo account"
    )


@pytest.mark.parametrize("outcome", ["return", "cancel"])
@pytest.mark.parametrize("query", ["", "setup=", "setup=unknown", "setup={key}&approval_token_id=5O190127TN364715T"])
async def test_an_address_that_we_did_not_hand_out_changes_nothing(product: Product, outcome: str, query: str) -> None:
    mario = await newcomer(product)
    await mario.begin(mario.service)
    key = (await mario.setup()).return_key

    async with unchanged(product), httpx2.AsyncClient() as http:
        refused = await http.get(f"{product.url}/paypal/accounts/{outcome}?{query.format(key=key)}")

    assert refused.status_code == 404
    assert "Collegamento non valido" in refused.text


async def test_a_visit_before_the_approval_registers_nothing_and_uses_nothing_up(launch: Launch) -> None:
    async with launch(return_patience_seconds=0.2) as product:
        mario = await newcomer(product)
        account_id, approve_url = await mario.begin(mario.service)
        key = (await mario.setup()).return_key

        async with httpx2.AsyncClient() as http:
            early = await http.get(f"{product.url}/paypal/accounts/return?setup={key}")
        meanwhile = await mario.active()
        await Browser().sign_in_and_accept(approve_url, payer="pays")

        assert (early.status_code, early.headers["location"]) == (303, f"{RETURN_URL}?accountId={account_id}")
        assert meanwhile == []
        assert (await mario.ended()).outcome == "REGISTERED"


async def test_a_consent_of_long_ago_is_not_handed_back_shortly_before_its_end(product: Product) -> None:
    mario = await newcomer(product)
    former, _ = await mario.begin(mario.service)
    await product.change(await mario.setup(), approval_expires_at=product.clock() + timedelta(minutes=30))

    account_id, _ = await mario.begin(mario.service)

    assert account_id != former
