"""Gives every request an id that its answer, its errors and its log lines carry."""

import secrets
from collections.abc import MutableMapping
from typing import Any

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

REQUEST_ID = "saldo.request_id"  # where the scope keeps it
HEADER = b"x-request-id"


class RequestIds:
    """Middleware: a fresh id for each request, never one that the client chose."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope[REQUEST_ID] = request_id

        async def send_with_id(message: Message) -> None:
            if message["type"] == "http.response.start":
                add_header(message, request_id)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            await self.app(scope, receive, send_with_id)


def add_header(message: MutableMapping[str, Any], request_id: str) -> None:
    message["headers"] = [*message.get("headers", ()), (HEADER, request_id.encode())]
