"""PayPal's end of the wire: answers what a test tells it to, and remembers what it was asked."""

import asyncio
import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import httpx2

from gateways.paypal.breaker import Breaker
from gateways.paypal.client import PayPalClient
from tests.harness.recording import RecordingTransport

CLIENT_ID, CLIENT_SECRET = "AQk-client", "EOn-secret"
INVALID_TOKEN = {"error": "invalid_token", "error_description": "Access Token not found in cache"}
NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **span: float) -> None:
        self.now += timedelta(**span)


class Ticks:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds

    def advance(self, seconds: float) -> None:
        self.seconds += seconds


class PayPalSide:
    """Hands out tokens `T1`, `T2`, … and, for everything else, the queued answers in their order."""

    def __init__(self, *answers: httpx2.Response | Exception) -> None:
        self.answers = list(answers)
        self.requests: list[httpx2.Request] = []
        self.token_requests: list[httpx2.Request] = []
        self.token_answer: httpx2.Response | Exception | None = None
        self.forgotten_tokens: set[str] = set()

    async def __call__(self, request: httpx2.Request) -> httpx2.Response:
        await asyncio.sleep(0)  # as on a network, other calls run meanwhile
        if request.url.path == "/v1/oauth2/token":
            return self._grant(request)
        self.requests.append(request)
        if request.headers["Authorization"].removeprefix("Bearer ") in self.forgotten_tokens:
            return httpx2.Response(401, json=INVALID_TOKEN)
        return _said(self.answers.pop(0))

    def _grant(self, request: httpx2.Request) -> httpx2.Response:
        self.token_requests.append(request)
        if self.token_answer is not None:
            return _said(self.token_answer)
        token = f"T{len(self.token_requests)}"
        return httpx2.Response(200, json={"access_token": token, "token_type": "Bearer", "expires_in": 31_668})

    def client(self, *, clock: Clock | None = None, breaker: Breaker | None = None) -> PayPalClient:
        return PayPalClient(
            base_url="https://paypal.test",
            client_id=CLIENT_ID,
            client_secret=CLIENT_SECRET,
            clock=clock or Clock(),
            breaker=breaker,
            transport=RecordingTransport(httpx2.MockTransport(self)),
        )

    @property
    def bearers(self) -> list[str]:
        return [request.headers["Authorization"] for request in self.requests]


def _said(answer: httpx2.Response | Exception) -> httpx2.Response:
    if isinstance(answer, Exception):
        raise answer
    return answer


def body_of(request: httpx2.Request) -> object:
    return json.loads(request.content)


def refusal(status: int, *issues: str, name: str = "UNPROCESSABLE_ENTITY", **more: object) -> httpx2.Response:
    """An error as PayPal's application writes it."""
    details: Iterable[object] = [{"issue": issue, "description": "…"} for issue in issues]
    body = {"name": name, "message": "…", "debug_id": "90957fca61718", "details": details, **more}
    return httpx2.Response(status, json=body, headers={"Paypal-Debug-Id": "90957fca61718"})


def order(status: str = "CREATED", **more: object) -> httpx2.Response:
    return httpx2.Response(201, json={"id": "5O190127TN364715T", "status": status, **more})
