"""Access tokens: given, refused, expired."""

import httpx2
import pytest

from tests.integration.simulator.driving import Clock, Merchant

TOKEN = "/v1/oauth2/token"
GRANT = {"grant_type": "client_credentials"}


async def test_token_is_given_for_the_secret(http: httpx2.AsyncClient) -> None:
    answer = await http.post(TOKEN, data=GRANT, auth=("saldo-demo", "saldo-demo-secret"))

    assert answer.status_code == 200
    assert (answer.json()["token_type"], answer.json()["expires_in"]) == ("Bearer", 31668)


async def test_wrong_secret_is_refused_in_its_own_shape(http: httpx2.AsyncClient) -> None:
    answer = await http.post(TOKEN, data=GRANT, auth=("saldo-demo", "wrong"))

    assert answer.status_code == 401
    assert answer.json() == {"error": "invalid_client", "error_description": "Client Authentication failed"}


@pytest.mark.parametrize("authorization", ["", "Bearer unknown", "Basic x"])
async def test_api_is_closed_without_a_known_token(http: httpx2.AsyncClient, authorization: str) -> None:
    answer = await http.get("/v2/checkout/orders/X", headers={"Authorization": authorization})

    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_token")


async def test_token_dies_at_its_time(merchant: Merchant, clock: Clock) -> None:
    clock.advance(seconds=31667)
    alive = await merchant.create()
    clock.advance(seconds=1)

    dead = await merchant.create()

    assert (alive.status_code, dead.status_code) == (201, 401)


async def test_journal_never_shows_a_bearer_token(merchant: Merchant) -> None:
    await merchant.create()

    journal = await merchant.http.get("/simulator/calls")

    assert len(journal.json()["calls"]) == 2
    assert merchant.bearer not in journal.text
    assert "secret" not in journal.text
