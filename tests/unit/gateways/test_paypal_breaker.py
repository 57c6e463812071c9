"""The breaker before PayPal: when it opens, what it refuses, and how it closes again."""

import asyncio
from contextlib import ExitStack

import httpx2
import pytest
from structlog.testing import capture_logs

from gateways.paypal.breaker import Breaker, BreakerState
from gateways.paypal.client import PayPalClient
from gateways.paypal.errors import PayPalError, PayPalUnavailable
from tests.unit.gateways.paypal_side import PayPalSide, Ticks, order, refusal

LOST = httpx2.ReadTimeout("slow")
MAINTENANCE = {"Content-Type": "text/html"}
NO_ANSWERS = [
    httpx2.ReadTimeout("slow"),
    httpx2.ConnectError("refused"),
    refusal(500, "INTERNAL_SERVER_ERROR"),
    httpx2.Response(503, content=b"<html>", headers=MAINTENANCE),
    httpx2.Response(200, content=b"<html>", headers=MAINTENANCE),
    httpx2.Response(403, content=b"<html>", headers=MAINTENANCE),
    httpx2.Response(200),
]
ANSWERS = [
    order("COMPLETED"),
    httpx2.Response(204),
    refusal(422, "INSTRUMENT_DECLINED"),
    refusal(404, "INVALID_RESOURCE_ID"),
    refusal(409, "PREVIOUS_REQUEST_IN_PROGRESS"),
    refusal(401, "AUTHENTICATION_FAILURE"),
]


def too_many(retry_after: str | None = None) -> httpx2.Response:
    headers = {} if retry_after is None else {"Retry-After": retry_after}
    return httpx2.Response(429, json={"name": "RATE_LIMIT_REACHED"}, headers=headers)


def three_strikes(ticks: Ticks) -> Breaker:
    return Breaker(failures=3, rest_seconds=30, ticks=ticks)


async def meet(client: PayPalClient, calls: int = 1) -> list[PayPalError | None]:
    """Make calls, one after the other, and return what each failed with."""
    met: list[PayPalError | None] = []
    for _ in range(calls):
        try:
            await client.delete_payment_token("nkq2y9g")
            met.append(None)
        except PayPalError as error:
            met.append(error)
    return met


@pytest.mark.parametrize("no_answer", NO_ANSWERS, ids=repr)
async def test_calls_without_an_answer_open_it_and_the_next_one_is_not_made(
    no_answer: httpx2.Response | Exception,
) -> None:
    paypal, ticks = PayPalSide(*[no_answer] * 3), Ticks()
    breaker = three_strikes(ticks)
    client = paypal.client(breaker=breaker)
    await meet(client, 2)
    closed = breaker.state
    await meet(client)
    ticks.advance(0.5)

    with pytest.raises(PayPalUnavailable) as refused:
        await client.capture_order("5O", request_id="attempt-1-capture")

    assert (closed, breaker.state) == (BreakerState.CLOSED, BreakerState.OPEN)
    assert (refused.value.sent, refused.value.retry_after_seconds) == (False, 30)
    assert len(paypal.requests) == 3


@pytest.mark.parametrize("answer", ANSWERS, ids=repr)
async def test_an_answer_of_any_kind_shows_that_paypal_lives(answer: httpx2.Response) -> None:
    paypal = PayPalSide(LOST, LOST, answer, answer, LOST, LOST)
    breaker = three_strikes(Ticks())

    await meet(paypal.client(breaker=breaker), 5 if answer.status_code == 401 else 6)

    assert breaker.state is BreakerState.CLOSED
    assert len(paypal.requests) == 6


async def test_the_fetching_of_a_token_counts_too() -> None:
    paypal = PayPalSide()
    paypal.token_answer = httpx2.ConnectTimeout("no route")
    client = paypal.client(breaker=three_strikes(Ticks()))

    met = await meet(client, 4)

    assert len(paypal.token_requests) == 3
    assert [error.retry_after_seconds for error in met if error] == [None, None, None, 30]
    assert [error.sent for error in met if error] == [False] * 4


async def test_after_its_rest_one_call_is_tried_and_an_answer_closes_it() -> None:
    paypal, ticks = PayPalSide(LOST, LOST, LOST, httpx2.Response(204), LOST, LOST), Ticks()
    breaker = three_strikes(ticks)
    client = paypal.client(breaker=breaker)
    await meet(client, 3)
    ticks.advance(29.9)
    still_open = (breaker.state, breaker.retry_after_seconds)

    ticks.advance(0.1)
    may_try = (breaker.state, breaker.retry_after_seconds)
    met = await meet(client, 3)

    assert still_open == (BreakerState.OPEN, 1)
    assert may_try == (BreakerState.HALF_OPEN, 0)
    assert met[0] is None
    assert breaker.state is BreakerState.CLOSED  # the count began anew
    assert len(paypal.requests) == 6


async def test_a_probe_without_an_answer_opens_it_again_at_once() -> None:
    paypal, ticks = PayPalSide(*[LOST] * 4), Ticks()
    breaker = three_strikes(ticks)
    client = paypal.client(breaker=breaker)
    await meet(client, 3)
    ticks.advance(30)

    _, refused = await meet(client, 2)

    assert breaker.state is BreakerState.OPEN
    assert refused is not None
    assert (refused.sent, refused.retry_after_seconds) == (False, 30)
    assert len(paypal.requests) == 4


async def test_of_fifty_calls_at_once_exactly_one_is_the_probe() -> None:
    paypal, ticks = PayPalSide(LOST, LOST, LOST, order()), Ticks()
    client = paypal.client(breaker=three_strikes(ticks))
    await meet(client, 3)
    ticks.advance(30)

    met = await asyncio.gather(*[client.get_order("5O") for _ in range(50)], return_exceptions=True)

    refused = [each for each in met if isinstance(each, PayPalUnavailable)]
    assert (len(refused), len(paypal.requests)) == (49, 4)
    assert {(each.sent, each.retry_after_seconds) for each in refused} == {(False, 1)}


async def test_a_canceled_probe_leaves_the_next_call_to_be_one() -> None:
    paypal, ticks = PayPalSide(LOST, LOST, LOST, order()), Ticks()
    client = paypal.client(breaker=three_strikes(ticks))
    await meet(client, 3)
    ticks.advance(30)
    probe = asyncio.create_task(client.get_order("5O"))
    await asyncio.sleep(0)
    probe.cancel()
    await asyncio.wait([probe])

    assert (await client.get_order("5O")).status == "CREATED"


async def test_a_late_answer_from_before_the_opening_does_not_close_it() -> None:
    ticks = Ticks()
    breaker = three_strikes(ticks)
    with breaker.passage("get_order") as early:
        await meet(PayPalSide(*[LOST] * 3).client(breaker=breaker), 3)
        breaker.learn(early, order())
    opened = breaker.state

    ticks.advance(30)
    with breaker.passage("get_order") as probe, pytest.raises(PayPalUnavailable), breaker.passage("get_order"):
        raise AssertionError("a second probe was let through")
    breaker.learn(early, order())
    half_open = breaker.state
    breaker.learn(probe, order())

    assert (opened, half_open, breaker.state) == (BreakerState.OPEN, BreakerState.HALF_OPEN, BreakerState.CLOSED)


async def test_too_many_requests_keep_all_calls_back_for_as_long_as_paypal_asks() -> None:
    paypal, ticks = PayPalSide(too_many("7"), httpx2.Response(204)), Ticks()
    breaker = three_strikes(ticks)
    client = paypal.client(breaker=breaker)
    [limited] = await meet(client)

    ticks.advance(6)
    [refused] = await meet(client)
    ticks.advance(1)
    [later] = await meet(client)

    assert limited is not None
    assert refused is not None
    assert (limited.sent, limited.retry_after_seconds) == (True, 7)
    assert (refused.sent, refused.retry_after_seconds, later) == (False, 1, None)
    assert (len(paypal.requests), breaker.state) == (2, BreakerState.CLOSED)


@pytest.mark.parametrize(("asked", "seconds"), [("0", 0), ("600", 600), ("601", 600), ("999999", 600)])
async def test_paypal_is_not_waited_for_longer_than_ten_minutes(asked: str, seconds: int) -> None:
    breaker = three_strikes(Ticks())

    await meet(PayPalSide(too_many(asked)).client(breaker=breaker))

    assert breaker.retry_after_seconds == seconds


async def test_without_a_word_of_how_long_the_pauses_double_until_an_answer() -> None:
    paypal, ticks = PayPalSide(*[too_many()] * 4, httpx2.Response(204), too_many(), *[too_many()] * 20), Ticks()
    breaker = three_strikes(ticks)
    client = paypal.client(breaker=breaker)
    pauses = []
    for _ in range(26):
        await meet(client)
        pauses.append(breaker.retry_after_seconds)
        ticks.advance(breaker.retry_after_seconds)

    assert pauses[:9] == [1, 2, 4, 8, 0, 1, 2, 4, 8]
    assert pauses[-2:] == [600, 600]


def test_calls_that_were_under_way_when_paypal_asked_for_quiet_do_not_double_the_pause() -> None:
    breaker, pauses = three_strikes(Ticks()), []
    with ExitStack() as under_way:
        calls = [under_way.enter_context(breaker.passage("get_order")) for _ in range(4)]
        for call, answer in zip(calls, [too_many(), too_many(), too_many("9"), too_many()], strict=True):
            breaker.learn(call, answer)
            pauses.append(breaker.retry_after_seconds)

    assert pauses == [1, 1, 9, 9]  # what is said late is honored


async def test_a_shorter_pause_said_late_does_not_shorten_the_rest() -> None:
    breaker = three_strikes(Ticks())
    with breaker.passage("get_order") as early:
        await meet(PayPalSide(*[LOST] * 3).client(breaker=breaker), 3)

    breaker.learn(early, too_many("2"))

    assert breaker.retry_after_seconds == 30


async def test_its_turns_are_told_and_every_call_that_was_not_made() -> None:
    paypal, ticks = PayPalSide(LOST, LOST, LOST, httpx2.Response(204), too_many("7")), Ticks()
    client = paypal.client(breaker=three_strikes(ticks))

    with capture_logs() as lines:
        await meet(client, 4)
        ticks.advance(30)
        await meet(client, 2)

    turns = [line for line in lines if line["event"] in {"paypal.breaker_opened", "paypal.breaker_closed"}]
    assert turns == [
        {
            "event": "paypal.breaker_opened",
            "log_level": "warning",
            "cause": "unanswered",
            "failures": 3,
            "seconds": 30,
        },
        {"event": "paypal.breaker_closed", "log_level": "info"},
        {
            "event": "paypal.breaker_opened",
            "log_level": "warning",
            "cause": "rate_limited",
            "failures": 0,
            "seconds": 7.0,
        },
    ]
    assert {
        "event": "paypal.not_called",
        "log_level": "info",
        "call": "delete_payment_token",
        "state": "open",
        "retry_after_seconds": 30,
    } in lines
