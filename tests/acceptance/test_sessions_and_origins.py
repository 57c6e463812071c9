"""Who may send a request with the session's cookie, and signing out everywhere."""

import httpx2
import pytest
from argon2 import PasswordHasher

from app.graphql.endpoint import CLIENT_HEADER
from tests.acceptance.conftest import Launch
from tests.factories import make_customer
from tests.harness.ports import free_port
from tests.harness.product import Product, document, told
from tests.harness.refusals import unchanged
from use_cases.sign_in import Passwords

LOGIN, PASSWORD = "123456@saldo.example", "Tre cavalli bianchi"
SIGN_OUT = {"query": "mutation { signOut { ok } }"}


async def enrolled(product: Product) -> None:
    hasher = PasswordHasher(time_cost=1, memory_cost=1024)
    await product.save(make_customer(username=LOGIN, password_hash=Passwords(hasher).hash(PASSWORD)))


async def test_a_post_with_the_cookie_needs_a_header_that_no_foreign_page_can_set(product: Product) -> None:
    customer = make_customer()
    await product.save(customer)
    client = await product.signed_in(customer)
    del client.http.headers[CLIENT_HEADER]

    async with unchanged(product):
        refused = await client.http.post("/graphql", json=SIGN_OUT)
    read = await client.http.get("/graphql", params={"query": "{ viewer { id } }"})
    client.http.cookies.clear()
    without_cookie = await client.http.post("/graphql", json={"query": "{ __typename }"})

    assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (403, "CLIENT_HEADER_MISSING")
    assert told(read) == {"data": {"viewer": {"id": customer.id}}}
    assert without_cookie.status_code == 200


async def test_pages_of_allowed_origins_may_call_with_the_cookie_and_no_others(launch: Launch) -> None:
    async with launch(cors_origins=("https://area.example",)) as product:

        async def ask(origin: str) -> httpx2.Response:
            headers = {
                "Origin": origin,
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": f"content-type,{CLIENT_HEADER.lower()}",
            }
            return await product.anonymous().http.options("/graphql", headers=headers)

        allowed, foreign = await ask("https://area.example"), await ask("https://evil.example")
        answer = await product.anonymous(Origin="https://area.example").post("{ __typename }")

    assert allowed.headers["access-control-allow-origin"] == "https://area.example"
    assert allowed.headers["access-control-allow-credentials"] == "true"
    assert "access-control-allow-origin" not in foreign.headers
    assert answer.headers["access-control-allow-origin"] == "https://area.example"


async def test_without_allowed_origins_no_preflight_is_answered(product: Product) -> None:
    answer = await product.anonymous().http.options("/graphql", headers={"Origin": "https://area.example"})

    assert (answer.status_code, "access-control-allow-origin" in answer.headers) == (405, False)


async def test_over_https_the_cookies_name_forbids_other_hosts_to_set_it(launch: Launch) -> None:
    async with launch(cookie_secure=True) as product:
        await enrolled(product)
        response = await product.anonymous().post(document("sign_in"), username=LOGIN, password=PASSWORD)

    cookie = response.headers["set-cookie"].lower()
    assert cookie.startswith("__host-saldo_session=")
    assert {"httponly", "secure", "path=/", "samesite=lax"} <= {part.strip() for part in cookie.split(";")}


async def test_while_the_identity_provider_is_away_a_token_is_neither_accepted_nor_refused(launch: Launch) -> None:
    async with launch(oidc_issuer=f"http://127.0.0.1:{free_port()}") as product:
        client = product.anonymous(Authorization="Bearer some.bearer.token")

        answers = [await client.post("{ viewer { id } }") for _ in range(2)]

    assert [(each.status_code, each.headers["Retry-After"]) for each in answers] == [(503, "10")] * 2
    assert {each.json()["errors"][0]["extensions"]["code"] for each in answers} == {"IDENTITY_UNAVAILABLE"}


@pytest.mark.parametrize(("everywhere", "left"), [(False, 2), (True, 0)])
async def test_signing_out_ends_one_session_or_all_of_the_customer(
    product: Product, everywhere: bool, left: int
) -> None:
    customer, other = make_customer(), make_customer()
    await product.save(customer, other)
    here, elsewhere, third = [await product.signed_in(customer) for _ in range(3)]
    foreign = await product.signed_in(other)

    await here.post("mutation ($all: Boolean!) { signOut(everywhere: $all) { ok } }", all=everywhere)

    viewers = [(await client.run("services")) for client in (here, elsewhere, third, foreign)]
    assert viewers[0] is None
    assert sum(viewer is not None for viewer in viewers[1:3]) == left
    assert viewers[3] is not None
