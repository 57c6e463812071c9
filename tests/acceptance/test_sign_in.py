"""Signing in and out: the session lives in a cookie, and the answers do not tell who is a customer."""

import hashlib
from collections.abc import Mapping
from functools import cache
from http.cookies import Morsel, SimpleCookie
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher
from graphql import build_schema

from app.graphql import schema
from app.graphql.context import COOKIE
from models import ids, tables
from tests.factories import make_customer
from tests.harness.journeys import RETURN_URL, euros
from tests.harness.mailbox import Mailbox
from tests.harness.product import Client, Product, document, running_product, told
from tests.harness.refusals import unchanged
from tests.harness.simulator import Simulator
from use_cases.sign_in import Passwords

LOGIN, PASSWORD = "123456@saldo.example", "Tre cavalli bianchi"
WITHOUT_SESSION: Mapping[str, tuple[str, dict[str, Any]]] = {
    "startPayment": ("start_payment", {"input": {"order": {"number": "SAL1"}, "returnUrl": RETURN_URL}}),
    "selectAccount": ("select_registered_account", {"paymentId": "pay_1", "accountId": "acc_1"}),
    "setAutoRenewal": ("set_auto_renewal", {"serviceId": "srv_1", "enabled": True}),
    "confirmPayment": ("confirm_payment", {"input": {"paymentId": "pay_1", "expectedAmount": euros(3660)}}),
    "cancelPayment": ("cancel_payment", {"paymentId": "pay_1"}),
    "cancelOrder": ("cancel_order", {"orderId": "ord_1"}),
    "registerPayPalAccount": ("register_paypal_account", {"input": {"account": {}, "returnUrl": RETURN_URL}}),
    "makeDefaultPayPalAccount": ("make_default_paypal_account", {"accountId": "acc_1"}),
    "removePayPalAccount": ("remove_paypal_account", {"accountId": "acc_1"}),
}


@cache
def stored_password() -> str:
    """Return the hash of ``PASSWORD`` as the product stores it; making one is slow on purpose."""
    return Passwords().hash(PASSWORD)


async def enrolled(product: Product) -> tables.Customer:
    """Store a customer who can sign in with ``LOGIN`` and ``PASSWORD``."""
    customer = make_customer(username=LOGIN, password_hash=stored_password())
    await product.save(customer)
    return customer


async def try_to_sign_in(client: Client, *, username: str = LOGIN, password: str = PASSWORD) -> httpx2.Response:
    return await client.post(document("sign_in"), username=username, password=password)


async def signed_in_as(client: Client) -> str | None:
    """Return the id of whoever is signed in, or None."""
    viewer = await client.run("services")
    return viewer["id"] if viewer else None


def cookie_of(response: httpx2.Response) -> Morsel[str]:
    [cookie] = SimpleCookie(response.headers["set-cookie"]).values()
    return cookie


async def test_signing_in_opens_a_session_in_a_cookie_that_scripts_cannot_read(product: Product) -> None:
    customer, client = await enrolled(product), product.anonymous()

    response = await try_to_sign_in(client)

    assert told(response)["data"]["signIn"] == {
        "__typename": "SignInPayload",
        "expiresAt": "2025-03-08T21:30:00Z",
        "viewer": {
            "id": customer.id,
            "username": LOGIN,
            "displayName": "Mario Rossi",
            "email": customer.email,
            "locale": "it",
        },
    }
    cookie, [opened] = cookie_of(response), await product.rows(tables.Session)
    assert {name: value for name, value in cookie.items() if value} == {
        "httponly": True,
        "max-age": "43200",
        "path": "/",
        "samesite": "lax",
    }
    assert (opened.customer_id, opened.token_hash) == (customer.id, hashlib.sha256(cookie.value.encode()).hexdigest())
    assert cookie.value not in response.text + repr(await product.snapshot())
    assert await signed_in_as(client) == customer.id


async def test_the_cookie_goes_over_https_only_where_the_operator_says_so(
    tmp_path: Path, template: Path, simulator: Simulator, mailbox: Mailbox
) -> None:
    where = {"template": template, "simulator": simulator, "mailbox": mailbox}
    async with running_product(tmp_path, **where, cookie_secure=True) as product:  # type: ignore[arg-type]
        await enrolled(product)

        cookies = [
            cookie_of(await try_to_sign_in(product.anonymous())),
            cookie_of(await product.anonymous().post(document("sign_out"))),
        ]

    assert [(cookie["secure"], cookie["httponly"], cookie["samesite"]) for cookie in cookies] == [
        (True, True, "lax")
    ] * 2


async def test_without_a_session_there_is_no_viewer_and_no_error(product: Product) -> None:
    await enrolled(product)

    assert await product.anonymous().send("services") == {"data": {"viewer": None}}


async def test_a_wrong_password_and_an_unknown_login_are_answered_alike(product: Product) -> None:
    await enrolled(product)
    client = product.anonymous()

    async with unchanged(product):
        wrong = await try_to_sign_in(client, password="Tre cavalli neri")
        others = [
            await try_to_sign_in(client, username="654321@saldo.example"),
            await try_to_sign_in(client, username=""),
            await try_to_sign_in(client, password=""),
            await try_to_sign_in(client, password=f" {PASSWORD}"),
            await try_to_sign_in(client, password=PASSWORD.upper()),
            await try_to_sign_in(client, username="' OR 1=1 --"),
        ]

    assert told(wrong) == {
        "data": {
            "signIn": {
                "__typename": "InvalidCredentialsError",
                "code": "INVALID_CREDENTIALS",
                "message": "Nome utente o password errati.",
                "retryable": False,
            }
        }
    }
    assert [told(each) for each in others] == [told(wrong)] * len(others)
    assert not any("set-cookie" in each.headers for each in [wrong, *others])
    assert await signed_in_as(client) is None


async def test_an_unknown_login_costs_the_same_work_as_a_wrong_password(
    product: Product, monkeypatch: pytest.MonkeyPatch
) -> None:
    await enrolled(product)
    client, genuine, costs = product.anonymous(), PasswordHasher.verify, []

    def recording(hasher: PasswordHasher, stored: str, password: str) -> bool:
        costs.append(stored.rsplit("$", 2)[0])  # algorithm, version and parameters, without salt and hash
        return genuine(hasher, stored, password)

    monkeypatch.setattr(PasswordHasher, "verify", recording)

    await try_to_sign_in(client, password="Tre cavalli neri")
    await try_to_sign_in(client, username="654321@saldo.example")

    assert costs == ["$argon2id$v=19$m=65536,t=3,p=4"] * 2


async def test_a_stored_hash_that_cannot_be_read_is_no_password_and_no_news(product: Product) -> None:
    await product.save(make_customer(username=LOGIN, password_hash="$argon2id$unreadable"))

    async with unchanged(product):
        answers = [await try_to_sign_in(product.anonymous(), username=each) for each in (LOGIN, "654321@saldo.example")]

    assert told(answers[0]) == told(answers[1])
    assert told(answers[0])["data"]["signIn"]["__typename"] == "InvalidCredentialsError"


@pytest.mark.parametrize("typed", ["  123456@saldo.example ", "123456@SALDO.Example"])
async def test_spaces_and_capitals_around_a_login_do_not_matter(product: Product, typed: str) -> None:
    customer, client = await enrolled(product), product.anonymous()

    await try_to_sign_in(client, username=typed)

    assert await signed_in_as(client) == customer.id


async def test_signing_in_again_ends_the_session_the_browser_had(product: Product) -> None:
    customer, client = await enrolled(product), product.anonymous()
    first = cookie_of(await try_to_sign_in(client)).value

    second = cookie_of(await try_to_sign_in(client)).value

    assert first != second
    assert await signed_in_as(product.anonymous(cookie=f"{COOKIE}={first}")) is None
    assert await signed_in_as(client) == customer.id
    assert len(await product.rows(tables.Session)) == 1


async def test_a_wrong_password_leaves_the_present_session_alone(product: Product) -> None:
    customer, client = await enrolled(product), product.anonymous()
    await try_to_sign_in(client)

    async with unchanged(product):
        await try_to_sign_in(client, password="Tre cavalli neri")

    assert await signed_in_as(client) == customer.id


async def test_signing_out_ends_this_session_and_no_other(product: Product) -> None:
    customer, client, elsewhere = await enrolled(product), product.anonymous(), product.anonymous()
    token = cookie_of(await try_to_sign_in(client)).value
    await try_to_sign_in(elsewhere)

    response = await client.post(document("sign_out"))

    assert told(response) == {"data": {"signOut": {"ok": True}}}
    assert (cookie_of(response).value, cookie_of(response)["max-age"]) == ("", "0")
    assert await signed_in_as(product.anonymous(cookie=f"{COOKIE}={token}")) is None
    assert await signed_in_as(elsewhere) == customer.id
    async with unchanged(product):
        assert await client.run("sign_out") == {"ok": True}


async def test_a_session_ends_after_half_an_hour_without_a_request(product: Product) -> None:
    customer, client = await enrolled(product), product.anonymous()
    await try_to_sign_in(client)

    product.clock.advance(minutes=29, seconds=59)
    assert await signed_in_as(client) == customer.id
    product.clock.advance(minutes=29, seconds=59)
    assert await signed_in_as(client) == customer.id
    product.clock.advance(minutes=30)

    assert await signed_in_as(client) is None
    async with unchanged(product):
        answer = await client.send("cancel_order", orderId="ord_1")
    assert answer["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"


async def test_a_session_ends_after_twelve_hours_however_busy(product: Product) -> None:
    customer, client = await enrolled(product), product.anonymous()
    await try_to_sign_in(client)

    seen = []
    for _ in range(36):
        product.clock.advance(minutes=20)
        seen.append(await signed_in_as(client))

    assert seen == [customer.id] * 35 + [None]


async def test_a_forged_cookie_is_no_session(product: Product) -> None:
    await enrolled(product)
    await try_to_sign_in(product.anonymous())
    [opened] = await product.rows(tables.Session)

    async with unchanged(product):
        viewers = [
            await signed_in_as(product.anonymous(cookie=f"{COOKIE}={forged}"))
            for forged in (ids.new_secret(), opened.token_hash, opened.customer_id, "null", "")
        ]

    assert viewers == [None] * 5


async def test_no_mutation_works_without_a_session(product: Product) -> None:
    mutations = build_schema(schema.as_str()).mutation_type
    assert mutations is not None
    assert mutations.fields.keys() - WITHOUT_SESSION.keys() == {"signIn", "signOut"}
    client = product.anonymous()

    async with unchanged(product):
        answers = {name: await client.send(name_of, **sent) for name, (name_of, sent) in WITHOUT_SESSION.items()}

    for name, answer in answers.items():
        [error] = answer["errors"]
        assert answer["data"] == {name: None}
        assert (error["path"], error["extensions"], error["message"]) == (
            [name],
            {"code": "UNAUTHENTICATED"},
            "Accedi per continuare.",
        )
