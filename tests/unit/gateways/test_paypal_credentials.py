"""The access token: one for everybody, renewed in time, replaced when PayPal forgets it."""

import asyncio
import base64

import httpx2
import pytest

from gateways.paypal.breaker import Breaker
from gateways.paypal.credentials import Credentials
from gateways.paypal.errors import MerchantMisconfigured, PayPalUnavailable
from tests.unit.gateways.paypal_side import CLIENT_ID, CLIENT_SECRET, INVALID_TOKEN, Clock, PayPalSide, order

INVALID_CLIENT = {"error": "invalid_client", "error_description": "Client Authentication failed"}


async def test_the_token_is_asked_with_our_id_and_secret() -> None:
    paypal = PayPalSide(order())

    await paypal.client().get_order("5O")

    [asked] = paypal.token_requests
    pair = base64.b64encode(f"{CLIENT_ID}:{CLIENT_SECRET}".encode()).decode()
    assert (asked.method, str(asked.url)) == ("POST", "https://paypal.test/v1/oauth2/token")
    assert asked.headers["Authorization"] == f"Basic {pair}"
    assert asked.headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert asked.content == b"grant_type=client_credentials"


async def test_fifty_calls_at_once_share_one_token() -> None:
    paypal = PayPalSide(*[order() for _ in range(50)])
    client = paypal.client()

    await asyncio.gather(*[client.get_order("5O") for _ in range(50)])

    assert len(paypal.token_requests) == 1
    assert paypal.bearers == ["Bearer T1"] * 50


async def test_fifty_calls_refused_at_once_share_one_new_token() -> None:
    paypal = PayPalSide(*[order() for _ in range(51)])
    client = paypal.client()
    await client.get_order("5O")
    paypal.forgotten_tokens = {"T1"}

    await asyncio.gather(*[client.get_order("5O") for _ in range(50)])

    assert len(paypal.token_requests) == 2
    assert sorted(paypal.bearers) == ["Bearer T1"] * 51 + ["Bearer T2"] * 50


@pytest.mark.parametrize(("seconds", "tokens"), [(31_668 - 301, 1), (31_668 - 300, 2), (31_668, 2)])
async def test_the_token_is_renewed_five_minutes_before_it_dies(seconds: int, tokens: int) -> None:
    paypal, clock = PayPalSide(order(), order()), Clock()
    client = paypal.client(clock=clock)
    await client.get_order("5O")

    clock.advance(seconds=seconds)
    await client.get_order("5O")

    assert len(paypal.token_requests) == tokens
    assert paypal.bearers[-1] == f"Bearer T{tokens}"


async def test_a_token_that_paypal_forgot_is_replaced_once_and_the_call_repeated_unchanged() -> None:
    paypal = PayPalSide(order(), httpx2.Response(401, json=INVALID_TOKEN), order("COMPLETED"))
    client = paypal.client()
    await client.get_order("5O")

    captured = await client.capture_order("5O", request_id="attempt-1-capture")

    _, refused, repeated = paypal.requests
    assert captured.status == "COMPLETED"
    assert paypal.bearers == ["Bearer T1", "Bearer T1", "Bearer T2"]
    assert (refused.url, refused.content) == (repeated.url, repeated.content)
    assert refused.headers["PayPal-Request-Id"] == repeated.headers["PayPal-Request-Id"] == "attempt-1-capture"


async def test_a_token_refused_twice_is_our_configuration() -> None:
    paypal = PayPalSide(*[httpx2.Response(401, json=INVALID_TOKEN) for _ in range(2)])

    with pytest.raises(MerchantMisconfigured) as refused:
        await paypal.client().get_order("5O")

    assert (refused.value.issue, refused.value.status) == ("invalid_token", 401)
    assert len(paypal.requests) == 2


async def test_an_old_refusal_does_not_throw_away_a_newer_token() -> None:
    paypal = PayPalSide()
    http = httpx2.AsyncClient(base_url="https://paypal.test", transport=httpx2.MockTransport(paypal))
    credentials = Credentials(
        http=http, breaker=Breaker(), client_id=CLIENT_ID, client_secret=CLIENT_SECRET, clock=Clock()
    )
    older = await credentials.token()
    credentials.drop(older)
    newer = await credentials.token()

    credentials.drop(older)

    assert (older, newer, await credentials.token()) == ("T1", "T2", "T2")


async def test_a_wrong_secret_is_our_configuration_and_nothing_else_is_called() -> None:
    paypal = PayPalSide()
    paypal.token_answer = httpx2.Response(401, json=INVALID_CLIENT)

    with pytest.raises(MerchantMisconfigured) as refused:
        await paypal.client().capture_order("5O", request_id="attempt-1-capture")

    assert (refused.value.issue, refused.value.sent) == ("invalid_client", False)
    assert paypal.requests == []


@pytest.mark.parametrize(
    "token_answer",
    [
        httpx2.ConnectError("refused"),
        httpx2.ReadTimeout("slow"),
        httpx2.RemoteProtocolError("reset"),
        httpx2.Response(503, content=b"<html>"),
        httpx2.Response(200, content=b"<html>"),
        httpx2.Response(200, json={"access_token": "T1"}),
        httpx2.Response(429, json={"name": "RATE_LIMIT_REACHED"}),
    ],
)
async def test_without_a_token_the_call_certainly_did_not_happen(token_answer: httpx2.Response | Exception) -> None:
    paypal = PayPalSide()
    paypal.token_answer = token_answer

    with pytest.raises(PayPalUnavailable) as failed:
        await paypal.client().capture_order("5O", request_id="attempt-1-capture")

    assert failed.value.sent is False
    assert paypal.requests == []


async def test_after_a_failed_refresh_the_next_call_asks_again() -> None:
    paypal = PayPalSide(order())
    client = paypal.client()
    paypal.token_answer = httpx2.ConnectError("refused")
    with pytest.raises(PayPalUnavailable):
        await client.get_order("5O")

    paypal.token_answer = None
    await client.get_order("5O")

    assert paypal.bearers == ["Bearer T2"]
