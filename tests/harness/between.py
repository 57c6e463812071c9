"""Something between us and PayPal: it passes calls on, but for those that a test wants answered otherwise."""

import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any

import httpx2
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from tests.harness.ports import free_port
from tests.harness.recording import Recording
from tests.harness.serving import serving
from tests.harness.simulator import Simulator

Json = dict[str, Any]
OF_THE_CONNECTION = frozenset({"host", "content-length", "transfer-encoding", "connection"})


@dataclass(frozen=True)
class Answer:
    """A status and a body: JSON, or the bytes of something that is none."""

    status: int
    body: Json | bytes


@dataclass
class Rule:
    """Calls that are answered otherwise, so many times: `instead` of PayPal, or after it with its answer changed."""

    method: str
    pattern: str  # of the path, `*` stands for anything
    instead: Callable[[str], Answer] | None = None
    change: Callable[[Json], None] | None = None
    status: int | None = None
    times: int = 1


@dataclass
class Between:
    """The rules in force, and how the product reaches PayPal through them."""

    url: str
    simulator: Simulator
    rules: list[Rule] = field(default_factory=list)

    def instead(self, method: str, pattern: str, answer: Answer | Callable[[str], Answer], *, times: int = 1) -> None:
        """Answer without asking PayPal, always the same or by the path that was called."""
        by_path = answer if callable(answer) else lambda _: answer
        self.rules.append(Rule(method, pattern, instead=by_path, times=times))

    def change(
        self, method: str, pattern: str, change: Callable[[Json], None], *, status: int | None = None, times: int = 1
    ) -> None:
        """Change what PayPal has answered."""
        self.rules.append(Rule(method, pattern, change=change, status=status, times=times))

    async def answer(self, request: Request) -> Response:
        rule = self.take(request.method, request.url.path)
        asked = httpx2.Request(
            request.method,
            f"{self.simulator.url}{request.url.path}",
            params=request.query_params,
            headers={name: value for name, value in request.headers.items() if name not in OF_THE_CONNECTION},
            content=await request.body(),
        )
        if rule is not None and rule.instead is not None:
            Recording.current().add_request(asked)
            answer = rule.instead(request.url.path)
            return said(answer.status, answer.body)
        async with httpx2.AsyncClient(timeout=30) as http:
            response = await http.send(asked)
        if rule is None or rule.change is None:
            headers = {name: value for name, value in response.headers.items() if name not in OF_THE_CONNECTION}
            return Response(response.content, response.status_code, headers)
        body = response.json()
        rule.change(body)
        return said(rule.status or response.status_code, body)

    def take(self, method: str, path: str) -> Rule | None:
        """Return the first rule for a call, used up by one."""
        for rule in self.rules:
            if rule.times and rule.method == method and fnmatchcase(path, rule.pattern):
                rule.times -= 1
                return rule
        return None


def said(status: int, body: Json | bytes) -> Response:
    if isinstance(body, bytes):
        return Response(body, status, media_type="text/html")
    return Response(json.dumps(body), status, {"Paypal-Debug-Id": "f1e2d3c4b5a69"}, media_type="application/json")


@asynccontextmanager
async def between(simulator: Simulator) -> AsyncIterator[Between]:
    """Serve what stands before the simulator until the block is left."""
    port = free_port()
    gateway = Between(f"http://127.0.0.1:{port}", simulator)
    app = Starlette(routes=[Route("/{path:path}", gateway.answer, methods=["GET", "POST", "DELETE"])])
    async with serving(app, port=port):
        yield gateway
