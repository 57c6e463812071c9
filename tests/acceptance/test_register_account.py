"""The customer registers a PayPal account without a purchase, and switches renewal on with it."""

import asyncio

import pytest

from models import tables
from tests.acceptance.conftest import Launch
from tests.acceptance.renewing import CHARGE, NOTICE
from tests.factories import make_account, make_service
from tests.harness.calendar import automatic_payments, comes
from tests.harness.evidence import consents, money_taken, renewals
from tests.harness.journeys import RETURN_URL
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.registering import newcomer, vault_calls

REGISTERED = "Nuovo account PayPal registrato"


def activated(service: tables.Service) -> str:
    return f"Attivazione rinnovo automatico per il servizio {service.label}"


async def test_registered_approved_renewed_and_charged(product: Product) -> None:
    mario = await newcomer(product)
    answer = await mario.ask(mario.service, nickname=" Ufficio ")
    account_id, approve_url = answer["account"]["id"], answer["approve"]["redirectUrl"]
    waiting = await mario.accounts("PENDING_APPROVAL")
    untouched = (await mario.active(), await renewals(mario.client))

    browser = Browser()
    await browser.sign_in_and_accept(approve_url, payer="pays")
    told = sorted(await product.mails(2))
    for day in (NOTICE, CHARGE):
        await comes(product, day)

    assert answer["__typename"] == "RegisterPayPalAccountPayload"
    assert answer["account"] == {"id": account_id, "status": "PENDING_APPROVAL", "nickname": "Ufficio"}
    assert answer["approve"]["expiresAt"] == "2025-03-11T09:30:00Z"
    assert [each["id"] for each in waiting] == [account_id]
    assert untouched == ([], {mario.service.label: ("OFF", None, "2026-03-08")})
    assert browser.url == f"{RETURN_URL}?accountId={account_id}"
    assert told == [activated(mario.service), REGISTERED]
    assert await consents(product) == [
        ("ACCOUNT_REGISTRATION", True, None, account_id),
        ("AUTO_RENEWAL", True, mario.service.id, account_id),
    ]
    [payment] = await automatic_payments(product)
    assert (payment.status, payment.account_id) == ("SUCCEEDED", account_id)
    assert await money_taken(product) == [("COMPLETED", "36.60")]


async def test_the_account_is_shown_as_its_owner_named_it_and_nothing_is_charged(product: Product) -> None:
    mario = await newcomer(product)

    account_id = await mario.register(mario.service, nickname="Ufficio")

    [account] = await mario.active()
    assert (account["id"], account["status"], account["nickname"]) == (account_id, "ACTIVE", "Ufficio")
    assert (account["maskedEmail"], account["isDefault"]) == ("p•••@payer.example", True)
    assert account["renews"] == [mario.service.label]
    assert vault_calls(product) == [
        ("POST", "setup-tokens", 201),
        ("GET", "setup-tokens", 200),
        ("POST", "payment-tokens", 201),
    ]
    assert await money_taken(product) == []
    await product.mails(2)
    text = product.mailbox.text(REGISTERED)
    assert "\nAccount PayPal: p•••@payer.example\nNome nell'area clienti: Ufficio\n" in text
    assert f"\nServizi che si rinnovano con questo account\n- {mario.service.label}\n\nChe cosa puoi fare" in text


async def test_without_a_wish_nothing_is_switched_on(product: Product) -> None:
    mario = await newcomer(product)

    account_id = await mario.register()

    assert [each["id"] for each in await mario.active()] == [account_id]
    assert await renewals(mario.client) == {mario.service.label: ("OFF", None, "2026-03-08")}
    assert await consents(product) == [("ACCOUNT_REGISTRATION", True, None, account_id)]
    assert await product.mails(1) == [REGISTERED]


@pytest.mark.parametrize("default", [False, True])
async def test_it_becomes_the_default_when_it_is_the_first_or_when_that_is_asked(
    product: Product, default: bool
) -> None:
    mario = await newcomer(product)
    first = await product.register(make_account(mario.customer, is_default=True))

    account_id = await mario.register(default=default)

    assert {each["id"]: each["isDefault"] for each in await mario.active()} == {
        first.id: not default,
        account_id: default,
    }


async def test_a_renewal_on_another_account_moves_to_the_new_one(product: Product) -> None:
    mario = await newcomer(product)
    former = await product.register(make_account(mario.customer, is_default=True))
    renewing = make_service(mario.customer, renews_on=former)
    await product.save(renewing)

    account_id = await mario.register(renewing, mario.service)

    assert await renewals(mario.client) == {
        service.label: ("ON", account_id, "2026-03-08") for service in (renewing, mario.service)
    }
    assert sorted(await product.mails(3)) == sorted([activated(renewing), activated(mario.service), REGISTERED])


@pytest.mark.parametrize("times", [2, 5])
async def test_a_double_click_begins_one_registration(product: Product, times: int) -> None:
    mario = await newcomer(product)

    answers = await asyncio.gather(*(mario.ask(mario.service) for _ in range(times)))

    assert answers == [answers[0]] * times
    assert len(await product.rows(tables.AccountSetup)) == 1
    assert vault_calls(product) == [("POST", "setup-tokens", 201)]


async def test_another_wish_replaces_the_first_and_an_approval_of_that_one_does_nothing(product: Product) -> None:
    mario = await newcomer(product)
    given_up, former_url = await mario.begin(mario.service)
    account_id, approve_url = await mario.begin()

    late = Browser()
    await late.sign_in_and_accept(former_url, payer="review")
    await Browser().sign_in_and_accept(approve_url, payer="pays")

    assert late.url == f"{RETURN_URL}?accountId={given_up}"
    assert {each["id"]: each["status"] for each in await mario.accounts()} == {
        given_up: "REMOVED",
        account_id: "ACTIVE",
    }
    assert await renewals(mario.client) == {mario.service.label: ("OFF", None, "2026-03-08")}
    assert await product.mails(1) == [REGISTERED]


async def test_the_same_paypal_account_registered_again_stays_one(product: Product) -> None:
    mario = await newcomer(product)
    account_id = await mario.register(nickname="Casa")
    product.clock.advance(minutes=1)

    again = await mario.register(mario.service, nickname="Ufficio")

    assert again == account_id
    assert [(each["id"], each["nickname"]) for each in await mario.active()] == [(account_id, "Ufficio")]
    assert await renewals(mario.client) == {mario.service.label: ("ON", account_id, "2026-03-08")}


async def test_an_account_removed_and_registered_again_is_taken_up_again(product: Product) -> None:
    mario = await newcomer(product)
    account_id = await mario.register()
    await mario.client.run("remove_paypal_account", accountId=account_id)

    async def forgotten() -> bool:
        [row] = await product.rows(tables.PayPalAccount)
        return row.payment_token is None

    await product.until(forgotten)

    again = await mario.register(mario.service)

    assert again == account_id
    assert await renewals(mario.client) == {mario.service.label: ("ON", account_id, "2026-03-08")}


async def test_a_registration_given_up_by_its_owner_never_comes_about(launch: Launch) -> None:
    async with launch(return_patience_seconds=0.5) as product:
        mario = await newcomer(product)
        account_id, approve_url = await mario.begin(mario.service)

        removed = await mario.client.run("remove_paypal_account", accountId=account_id)
        await Browser().sign_in_and_accept(approve_url, payer="pays")

        assert removed["removedId"] == account_id
        assert (await mario.setup()).outcome == "REFUSED"
        assert await mario.active() == []
        assert (await consents(product), await product.mails(0)) == ([], [])
