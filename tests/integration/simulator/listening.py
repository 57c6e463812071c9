"""A merchant's address for webhooks: a real server that writes down what it gets and answers as it is told."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.harness.ports import free_port
from tests.harness.serving import serving
from tests.integration.simulator.driving import Webhook

PATIENCE_SECONDS = 10.0


@dataclass
class Listener:
    """What has arrived, and how the next deliveries are answered: with the statuses in turn, then with 200."""

    url: str
    received: list[Webhook] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)
    is_stuck: bool = False  # answers nothing

    @property
    def event_types(self) -> list[str]:
        return [webhook.event_type for webhook in self.received]

    async def receive(self, request: Request) -> Response:
        # As PayPal writes the names; on the way they have lost their capitals.
        headers = {
            name.upper() if name.startswith("paypal-") else name: value for name, value in request.headers.items()
        }
        self.received.append(Webhook(headers=headers, body=await request.body()))
        if self.is_stuck:
            await asyncio.sleep(60)
        return Response(status_code=self.answers.pop(0) if self.answers else 200)

    async def has(self, count: int) -> list[Webhook]:
        """Wait for so many webhooks; one more than asked for fails the test."""
        await until(lambda: len(self.received) >= count)
        assert len(self.received) == count, self.event_types
        return self.received


async def until(happened: Callable[[], bool]) -> None:
    """Wait until ``happened()``; fail the test when patience ends."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if happened():
                return
            await asyncio.sleep(0.01)


@asynccontextmanager
async def listener() -> AsyncIterator[Listener]:
    """Listen until the block is left."""
    port = free_port()
    listening = Listener(url=f"http://127.0.0.1:{port}/webhooks")
    app = Starlette(routes=[Route("/webhooks", listening.receive, methods=["POST"])])
    async with serving(app, port=port):
        yield listening
