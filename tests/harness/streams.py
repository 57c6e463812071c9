"""A front end that follows a payment live: it reads the event stream byte by byte, as graphql-sse does."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from tests.harness.product import Client, document

ACCEPT = "text/event-stream"


@dataclass
class Stream:
    """An open stream: its events as they come, ``raw`` as it was sent."""

    response: httpx2.Response
    chunks: AsyncIterator[str]
    raw: str = ""
    read: int = 0
    seen: list[dict[str, Any]] = field(default_factory=list)

    async def next(self) -> tuple[str, Any]:
        """Return the next event and its data, comments left out. Raises ``EOFError`` when the stream has ended."""
        while True:
            end = self.raw.find("\n\n", self.read)
            if end == -1:
                self.raw += await self.more()
                continue
            lines = self.raw[self.read : end].split("\n")
            self.read = end + 2
            if lines == [":"]:
                continue
            (event,) = (line.removeprefix("event: ") for line in lines if line.startswith("event: "))
            (data,) = (line.removeprefix("data:").strip() for line in lines if line.startswith("data:"))
            return event, json.loads(data) if data else None

    async def more(self) -> str:
        async for chunk in self.chunks:
            return chunk
        raise EOFError(self.raw)

    async def payment(self) -> dict[str, Any]:
        """Return the payment that the next event shows."""
        event, data = await self.next()
        assert (event, list(data)) == ("next", ["data", "extensions"]), (event, data)
        payment: dict[str, Any] = data["data"]["paymentChanged"]
        self.seen.append(payment)
        return payment

    async def until_complete(self) -> list[str]:
        """Follow the payment to the end of the stream and return the statuses that were shown."""
        while True:
            event, data = await self.next()
            if event == "complete":
                await self.ended()
                return [payment["status"] for payment in self.seen]
            self.seen.append(data["data"]["paymentChanged"])

    async def refusal(self) -> dict[str, Any]:
        """Return the only error of the next event, its id left out; the stream must be complete after it."""
        event, answer = await self.next()
        assert (event, answer.get("data"), len(answer["errors"])) == ("next", None, 1), (event, answer)
        assert await self.next() == ("complete", None)
        await self.ended()
        error: dict[str, Any] = answer["errors"][0]
        assert len(error["extensions"].pop("requestId")) == 16, error
        return error

    async def ended(self) -> None:
        """Wait for the end of the answer; anything more is one too many."""
        with_nothing = False
        try:
            await self.next()
        except EOFError:
            with_nothing = True
        assert with_nothing, self.raw


@asynccontextmanager
async def streaming(client: Client, query: str, /, *, accept: str = ACCEPT, **variables: Any) -> AsyncIterator[Stream]:
    """Send any operation as one to be streamed, and leave when the block is left."""
    body = {"query": query, "variables": variables}
    async with client.http.stream("POST", "/graphql", json=body, headers={"accept": accept}) as response:
        yield Stream(response, response.aiter_text())


@asynccontextmanager
async def following(client: Client, payment_id: str) -> AsyncIterator[Stream]:
    """Follow a payment live until the block is left."""
    async with asyncio.timeout(30), streaming(client, document("payment_changed"), paymentId=payment_id) as stream:
        yield stream


async def refusal_to_follow(client: Client, payment_id: str) -> dict[str, Any]:
    """Return why a payment may not be followed."""
    async with following(client, payment_id) as stream:
        return await stream.refusal()
