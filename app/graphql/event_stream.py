"""Subscriptions as server-sent events: the "distinct connections" mode of the protocol graphql-sse.

`complete` is a promise that nothing more will come. A stream whose time is over, or whose server stops, ends without
it, and a client that follows the protocol connects again.
Protocol: https://github.com/graphql/graphql-over-http/blob/main/rfcs/GraphQLOverSSE.md
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterable, Mapping
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import ClassVar, cast

from graphql import GraphQLError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.exceptions import MissingQueryError
from strawberry.http.streaming import HTTPStreamTransport, SSETransport
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.subscriptions import GRAPHQL_SSE_PROTOCOL
from strawberry.types import ExecutionResult, SubscriptionExecutionResult
from strawberry.types.graphql import OperationType

from app.graphql.negotiation import wants_events
from resolvers.context import Context

PING = ":\n\n"  # a comment: some browsers show a stream only once it has a first byte, proxies close silent ones
NOT_STREAMED = "Only subscriptions are streamed: send queries and mutations with Accept: application/json."
LAST_WORD_SECONDS = 1.0  # how long the end of a stream waits for a client that does not read


class EventStream(SSETransport):
    """Events as graphql-sse writes them; urql cuts them at two line feeds, hence no CRLF."""

    headers: ClassVar[Mapping[str, str]] = {
        **SSETransport.headers,
        "Content-Type": "text/event-stream; charset=utf-8",
    }

    def accepts(self, accept: str) -> bool:
        return wants_events(accept)

    def allowed_operation_types(self, allowed_operation_types: set[OperationType]) -> Iterable[OperationType]:
        return (OperationType.SUBSCRIPTION,)

    def encode_event(self, event: str, data: str | None = None) -> str:
        return f"event: {event}\ndata: {data}\n\n" if data else f"event: {event}\ndata:\n\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class Streams:
    """What the streams of one process have in common: how long each may last, how often it gives a sign, their end."""

    longest: timedelta
    heartbeat: timedelta
    closing: asyncio.Event = field(default_factory=asyncio.Event)

    def close(self) -> None:
        """End all streams, and those yet to come at their first event."""
        self.closing.set()


class EventStreamResponse(Response):
    """Sends events until they end, the client leaves, time is over or the server stops; nothing stays behind."""

    def __init__(self, events: AsyncGenerator[str, None], *, streams: Streams, headers: Mapping[str, str]) -> None:
        super().__init__(headers=headers)
        del self.headers["content-length"]
        self.events = events
        self.streams = streams
        self.pen = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream; an event that cannot be delivered because the client does not read waits, and no other is made."""
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        writing = asyncio.create_task(self.write(send))
        others = [
            asyncio.create_task(until_gone(receive)),
            asyncio.create_task(self.streams.closing.wait()),
            asyncio.create_task(self.give_signs(send)),
        ]
        tasks = [writing, *others]
        try:
            await asyncio.wait(tasks, timeout=self.streams.longest.total_seconds(), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        if not writing.cancelled():
            writing.result()  # raises what went wrong
        with suppress(TimeoutError):
            async with asyncio.timeout(LAST_WORD_SECONDS):
                await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def write(self, send: Send) -> None:
        """Send the events, one after the other."""
        async with aclosing(self.events) as events:
            await self.put(send, PING)
            async for event in events:
                await self.put(send, event)

    async def give_signs(self, send: Send) -> None:
        """Send a comment now and then."""
        while True:
            await asyncio.sleep(self.streams.heartbeat.total_seconds())
            await self.put(send, PING)

    async def put(self, send: Send, text: str) -> None:
        async with self.pen:
            await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def until_gone(receive: Receive) -> None:
    """Return when the client has left."""
    while (await receive())["type"] != "http.disconnect":
        pass


class StreamingGraphQL(GraphQL[Context, None]):
    """A GraphQL endpoint that streams subscriptions, and nothing but subscriptions."""

    stream_transport_classes_by_protocol: Mapping[str, type[HTTPStreamTransport]] = {GRAPHQL_SSE_PROTOCOL: EventStream}
    streams: Streams

    def _stream_result(
        self, request: Request, result: SubscriptionExecutionResult, transport: HTTPStreamTransport
    ) -> Callable[[], AsyncGenerator[str, None]]:
        """Return the events; unlike the inherited one it leaves closing and signs of life to the response."""

        async def events() -> AsyncGenerator[str, None]:
            async with aclosing(cast(AsyncGenerator[ExecutionResult, None], result)) as results:
                async for value in results:
                    value.errors = [explained(error) for error in value.errors or ()] or None
                    yield transport.encode_next(await self.process_result(request, value), self.encode_json_string)
            yield transport.encode_complete()

        return events

    async def create_streaming_response(
        self,
        request: Request | WebSocket,
        stream: Callable[[], AsyncIterator[str]],
        sub_response: Response,
        headers: Mapping[str, str],
    ) -> Response:
        events = cast(AsyncGenerator[str, None], stream())
        return EventStreamResponse(events, streams=self.streams, headers={**sub_response.headers, **headers})


def explained(error: GraphQLError) -> GraphQLError:
    """Say of an operation that cannot be streamed why, and whose fault it is; leave any other error as it is."""
    match error.original_error:
        case InvalidOperationTypeError():
            return GraphQLError(NOT_STREAMED, extensions={"code": "BAD_REQUEST"})
        case MissingQueryError() | CannotGetOperationTypeError():
            return GraphQLError(error.message, extensions={"code": "BAD_REQUEST"})
        case _:
            return error
