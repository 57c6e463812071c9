"""One stream at the level of ASGI: whatever happens to its line, its events are closed and its tasks end."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from app.graphql.event_stream import EventStreamResponse, Streams

SCOPE: dict[str, Any] = {"type": "http"}
Send = Callable[[Any], Awaitable[None]]


class Source:
    """Events that end by themselves or never, and note that they were closed."""

    def __init__(self, *events: str, endless: bool = True) -> None:
        self.events = events
        self.endless = endless
        self.closed = False

    async def __call__(self) -> AsyncGenerator[str, None]:
        try:
            for event in self.events:
                yield event
            if self.endless:
                await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)  # closing takes its time, too
            self.closed = True


class Line:
    """The connection as the server hands it to an application; ``jammed``: nothing more goes out."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.gone = asyncio.Event()
        self.used = asyncio.Event()  # the first of the source's events is out
        self.jammed_after: int | None = None

    async def receive(self) -> dict[str, Any]:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: Any) -> None:
        if self.jammed_after is not None and len(self.sent) >= self.jammed_after:
            await asyncio.Event().wait()
        if message["type"] == "http.response.body":
            self.sent.append(message["body"])
            if len(self.sent) == 2:
                self.used.set()


def streams(*, longest: float = 60, heartbeat: float = 60) -> Streams:
    return Streams(longest=timedelta(seconds=longest), heartbeat=timedelta(seconds=heartbeat))


async def serve(source: Source, line: Line, shared: Streams) -> None:
    response = EventStreamResponse(source(), streams=shared, headers={"content-type": "text/event-stream"})
    await asyncio.wait_for(response(SCOPE, line.receive, line.send), 10)


async def test_events_that_end_end_the_answer() -> None:
    source, line, shared = Source("one\n\n", "two\n\n", endless=False), Line(), streams()
    before = asyncio.all_tasks()

    await serve(source, line, shared)

    assert (line.sent, source.closed) == ([b":\n\n", b"one\n\n", b"two\n\n", b""], True)
    assert asyncio.all_tasks() == before


@pytest.mark.parametrize("jammed", [False, True], ids=["reads", "does not read"])
@pytest.mark.parametrize("cause", ["leaves", "time is over", "server stops", "cancelled"])
async def test_whatever_ends_a_stream_closes_its_events_and_leaves_no_task(cause: str, jammed: bool) -> None:
    source, line = Source("one\n\n", "two\n\n", "three\n\n"), Line()
    shared = streams(longest=0.1 if cause == "time is over" else 60, heartbeat=0.01)
    line.jammed_after = 2 if jammed else None
    before = asyncio.all_tasks()

    serving = asyncio.create_task(serve(source, line, shared))
    await line.used.wait()
    match cause:
        case "leaves":
            line.gone.set()
        case "server stops":
            shared.close()
        case "cancelled":
            serving.cancel()
    await asyncio.wait({serving}, timeout=5)

    assert (serving.done(), source.closed) == (True, True)
    assert asyncio.all_tasks() == before


async def test_a_stream_that_begins_while_the_server_stops_ends_at_once() -> None:
    source, line, shared = Source("one\n\n"), Line(), streams()
    shared.close()

    await serve(source, line, shared)

    assert line.sent[-1] == b""


async def test_an_error_in_the_making_of_events_is_not_swallowed() -> None:
    async def broken() -> AsyncGenerator[str, None]:
        yield "one\n\n"
        raise ZeroDivisionError

    line, response = Line(), EventStreamResponse(broken(), streams=streams(), headers={})

    with pytest.raises(ZeroDivisionError):
        await response(SCOPE, line.receive, line.send)
