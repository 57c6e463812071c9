"""The stream itself: who gets one, how it is written, and that nothing of it stays behind."""

import asyncio
import json
import re
import socket
from typing import Any

import httpx2
import pytest

from app.graphql.context import COOKIE
from app.graphql.endpoint import CLIENT_HEADER
from models.enums import PaymentStatus
from tests.acceptance.conftest import Launch
from tests.factories import make_event
from tests.harness.product import Client, Product, document, told
from tests.harness.refusals import Desk, open_desk, payment_in, unchanged
from tests.harness.streams import following, streaming

COST = ',"extensions":{"cost":{"requested":1,"remaining":9999999}}'
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)
URQL_SUBSCRIPTION = "text/event-stream, multipart/mixed"
QUERY = "{ viewer { id } }"
SIGN_OUT = "mutation { signOut { ok } }"
HEAVY = "subscription ($paymentId: ID!) { paymentChanged(paymentId: $paymentId) { history { note } status } }"
SHORT = "subscription Follow($paymentId: ID!) { paymentChanged(paymentId: $paymentId) { status } }"


async def waiting_payment(product: Product) -> tuple[Desk, str]:
    """Return a desk and the payment of its order, which waits for an approval that nobody gives."""
    desk = await open_desk(product)
    return desk, (await payment_in(product, desk, PaymentStatus.AWAITING_APPROVAL)).id


def own_tasks() -> set[str]:
    """Return the names of what runs in this process, as far as it is ours."""
    return {
        name
        for task in asyncio.all_tasks()
        if (name := getattr(task.get_coro(), "__qualname__", "")).startswith(
            ("EventStreamResponse.", "PaymentFeed.", "until_gone", "Event.wait")
        )
    }


async def nothing_left(product: Product) -> None:
    """Wait until no watcher, no task and no connection of a stream is left."""
    await product.until(lambda: not product.feed.watches and not own_tasks())


async def test_events_are_written_as_the_protocol_says(product: Product) -> None:
    desk, payment_id = await waiting_payment(product)

    async with streaming(desk.client, SHORT, paymentId=payment_id) as stream:
        await stream.payment()
        await desk.client.run("cancel_payment", paymentId=payment_id)
        await stream.until_complete()

    assert stream.response.status_code == 200
    assert {name: stream.response.headers[name] for name in ("content-type", "cache-control", "x-accel-buffering")} == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
    }
    assert stream.raw == (
        ":\n\n"
        'event: next\ndata: {"data":{"paymentChanged":{"status":"AWAITING_APPROVAL"}}' + COST + "}\n\n"
        'event: next\ndata: {"data":{"paymentChanged":{"status":"CANCELED"}}' + COST + "}\n\n"
        "event: complete\ndata:\n\n"
    )


@pytest.mark.parametrize("accept", ["text/event-stream", URQL_SUBSCRIPTION, "TEXT/Event-Stream;q=0.9, */*"])
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_who_accepts_events_and_no_json_gets_a_stream(product: Product, accept: str, method: str) -> None:
    desk, payment_id = await waiting_payment(product)
    sent = {"query": SHORT, "variables": {"paymentId": payment_id}}
    asked: dict[str, Any] = {"json": sent}
    if method == "GET":
        asked = {"params": {"query": SHORT, "variables": f'{{"paymentId": "{payment_id}"}}'}}

    async with desk.client.http.stream(method, "/graphql", headers={"accept": accept}, **asked) as response:
        chunks = response.aiter_text()
        text = ""
        while "next" not in text:
            text += await anext(chunks)

    assert '{"status":"AWAITING_APPROVAL"}' in text


@pytest.mark.parametrize("accept", [URQL, "application/json", "*/*", "text/event-stream;q=0, */*"])
async def test_who_accepts_json_gets_json(product: Product, accept: str) -> None:
    desk, payment_id = await waiting_payment(product)

    query = await ask(desk.client, QUERY, accept=accept)
    subscription = await ask(desk.client, SHORT, accept=accept, paymentId=payment_id)

    assert query.headers["content-type"].startswith("application/")
    assert told(query) == {"data": {"viewer": {"id": desk.customer.id}}}
    assert subscription.status_code == 406
    assert "send Accept: text/event-stream" in subscription.text
    await nothing_left(product)


async def ask(client: Client, query: str, *, accept: str, **variables: Any) -> httpx2.Response:
    body = {"query": query, "variables": variables}
    return await client.http.post("/graphql", json=body, headers={"accept": accept})


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        (QUERY, "BAD_REQUEST"),
        (SIGN_OUT, "BAD_REQUEST"),
        ("query A { __typename } query B { __typename }", "BAD_REQUEST"),
    ],
    ids=["query", "mutation", "which of the two"],
)
async def test_only_subscriptions_are_streamed(product: Product, operation: str, code: str) -> None:
    desk, _ = await waiting_payment(product)

    async with unchanged(product), streaming(desk.client, operation) as stream:
        error = await stream.refusal()

    assert (stream.response.status_code, error["extensions"]) == (200, {"code": code})
    assert "subscription" in error["message"] or "operation" in error["message"]


@pytest.mark.parametrize(
    ("operation", "says"),
    [
        ("subscription { paymentChanged(", "Syntax Error"),
        ("subscription { paymentChanged { status } }", "paymentId"),
        ("subscription { nothing }", "Cannot query field 'nothing'"),
    ],
)
async def test_what_cannot_be_executed_is_told_in_the_stream(product: Product, operation: str, says: str) -> None:
    desk, _ = await waiting_payment(product)

    async with streaming(desk.client, operation) as stream:
        error = await stream.refusal()

    assert (stream.response.status_code, says in error["message"]) == (200, True), error


async def test_where_only_trusted_documents_are_run_a_stream_is_no_way_around(launch: Launch) -> None:
    async with launch(free_text=False) as product:
        desk, payment_id = await waiting_payment(product)

        async with unchanged(product), streaming(desk.client, SHORT, paymentId=payment_id) as stream:
            error = await stream.refusal()
        async with following(desk.client, payment_id) as trusted:
            payment = await trusted.payment()

    assert error["extensions"] == {"code": "DOCUMENT_NOT_TRUSTED"}
    assert payment["status"] == "AWAITING_APPROVAL"


async def test_a_silent_stream_gives_signs_of_life(launch: Launch) -> None:
    async with launch(live_heartbeat_seconds=0.05) as product:
        desk, payment_id = await waiting_payment(product)

        async with following(desk.client, payment_id) as stream:
            await stream.payment()
            while stream.raw.count(":\n\n") < 5:
                stream.raw += await stream.more()
            await desk.client.run("cancel_payment", paymentId=payment_id)

            assert await stream.until_complete() == ["AWAITING_APPROVAL", "CANCELED"]


async def test_a_client_that_leaves_leaves_nothing_running(product: Product) -> None:
    desk, payment_id = await waiting_payment(product)
    before = own_tasks()

    for _ in range(3):
        async with following(desk.client, payment_id) as stream:
            await stream.payment()
            assert (len(product.feed.watches), bool(own_tasks())) == (1, True)
    async with streaming(desk.client, document("payment_changed"), paymentId=payment_id):
        pass  # left before the first event

    await nothing_left(product)
    assert before == set()


async def test_a_stream_ends_without_a_last_word_when_its_time_is_over(launch: Launch) -> None:
    async with launch(live_minutes=0.5 / 60) as product:
        desk, payment_id = await waiting_payment(product)

        async with following(desk.client, payment_id) as stream:
            await stream.payment()
            await stream.ended()

        assert "complete" not in stream.raw
        await nothing_left(product)


async def test_a_server_that_stops_ends_its_streams_within_seconds(launch: Launch) -> None:
    streams = []
    async with launch() as product:
        desk, payment_id = await waiting_payment(product)
        loop = asyncio.get_running_loop()

        async def follow() -> float:
            async with following(desk.client, payment_id) as stream:
                streams.append(stream)
                await stream.payment()
                await stream.ended()
            return loop.time()

        followers = [asyncio.create_task(follow()) for _ in range(3)]
        await product.until(lambda: len(product.feed.watches) == 3)
        await product.until(lambda: all(stream.seen for stream in streams))
        stopped_at = loop.time()
        product.server.should_exit = True
        ends = await asyncio.gather(*followers)

    assert max(ends) - stopped_at < 2
    assert loop.time() - stopped_at < 6
    assert not any("complete" in stream.raw for stream in streams)


async def test_a_client_that_does_not_read_finds_the_newest_state_and_not_all_of_them(launch: Launch) -> None:
    async with launch(live_poll_ms=5, live_heartbeat_seconds=0.05) as product:
        desk = await open_desk(product)
        payment = await payment_in(product, desk, PaymentStatus.AWAITING_APPROVAL)
        weight = make_event(payment, position=2, note="x" * 1_000_000)  # a few such events are more than a line holds
        await product.save(weight)
        line = await connected(product, desk.client, payment.id)

        for turn in range(30):
            await product.change(payment, account_id=None if turn % 2 else desk.account.id)
            await asyncio.sleep(0.02)
        await give_up_before_a_reader(desk.client, payment.id)
        text = await read_to_the_end(line)

        events = re.findall(r'^data: .*"status":"(\w+)"', text, flags=re.MULTILINE)
        assert len(events) < 20
        assert (events[-1], set(events[:-1])) == ("CANCELED", {"AWAITING_APPROVAL"})
        assert "event: complete" in text
        await nothing_left(product)


async def connected(product: Product, client: Client, payment_id: str) -> socket.socket:
    """Follow a payment over a connection of which nothing is read, with as little room as it can have."""
    body = json.dumps({"query": HEAVY, "variables": {"paymentId": payment_id}})
    head = [
        "POST /graphql HTTP/1.1",
        "host: saldo",
        "accept: text/event-stream",
        f"{CLIENT_HEADER}: tests",
        "content-type: application/json",
        "x-saldo-client: slow",
        f"content-length: {len(body)}",
        f"cookie: {COOKIE}={client.http.cookies[COOKIE]}",
        "connection: close",
    ]
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.setblocking(False)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(line, ("127.0.0.1", product.settings.port))
    await loop.sock_sendall(line, "\r\n".join([*head, "", body]).encode())
    return line


async def give_up_before_a_reader(client: Client, payment_id: str) -> None:
    """End the payment, before the eyes of somebody who reads although another does not."""
    async with following(client, payment_id) as stream:
        await stream.payment()
        await client.run("cancel_payment", paymentId=payment_id)
        assert (await stream.until_complete())[-1] == "CANCELED"


async def read_to_the_end(line: socket.socket) -> str:
    """Return all that was sent."""
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**20)
    loop, received = asyncio.get_running_loop(), b""
    async with asyncio.timeout(30):
        while chunk := await loop.sock_recv(line, 2**20):
            received += chunk
    line.close()
    return received.decode()
