"""The line to PayPal: everything the client sends passes here, and here answers are lost, late or spoilt on request."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

import httpx2

BASE_URL = "http://paypal.example"
CALLS = {  # what the product asks, by what PayPal calls it
    "create": re.compile(r"POST /v2/checkout/orders"),
    "capture": re.compile(r"POST /v2/checkout/orders/[^/]+/capture"),
    "read": re.compile(r"GET /v2/checkout/orders/[^/]+"),
    "refund": re.compile(r"POST /v2/payments/captures/[^/]+/refund"),
}


class Trouble(StrEnum):
    """What happens to a call on its way."""

    REFUSED = "refused"  # no connection: PayPal never hears of it
    SILENT = "silent"  # sent, but it never arrives; nobody answers
    LOST = "lost"  # PayPal does it, and its answer is lost
    LATE = "late"  # nobody answers; PayPal gets it later
    HTML_503 = "html_503"
    HTML_200 = "html_200"
    EMPTY = "empty"
    TRUNCATED = "truncated"  # PayPal does it, and half of its answer arrives
    UNAUTHORIZED = "unauthorized"
    RATE_LIMITED = "rate_limited"
    INTERNAL_ERROR = "internal_error"


BY_THE_SIMULATOR = frozenset(Trouble) - {Trouble.REFUSED, Trouble.SILENT, Trouble.LOST, Trouble.LATE}


@dataclass(kw_only=True)
class Ahead:
    """Trouble that awaits the next calls of one kind."""

    call: str
    trouble: Trouble
    times: int


class Wire(httpx2.AsyncBaseTransport):
    """A transport between the real client and the simulator in the same process."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self.inner = inner
        self.ahead: list[Ahead] = []
        self.late: list[httpx2.Request] = []  # sent long ago, not arrived yet
        self.watch: Callable[[str, httpx2.Request], None] | None = None  # sees every call leave

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        call = name_of(request)
        if self.watch is not None and call:
            self.watch(call, request)
        match self.take(call):
            case Trouble.REFUSED:
                raise httpx2.ConnectError("refused", request=request)
            case Trouble.SILENT:
                raise httpx2.ReadTimeout("silent", request=request)
            case Trouble.LOST:
                await self.inner.handle_async_request(request)
                raise httpx2.ReadError("lost", request=request)
            case Trouble.LATE:
                self.late.append(request)
                raise httpx2.ReadTimeout("late", request=request)
            case _:
                return await self.inner.handle_async_request(request)

    def take(self, call: str) -> Trouble | None:
        """Return the trouble that awaits such a call, using it up by one."""
        for each in self.ahead:
            if each.call == call and each.times:
                each.times -= 1
                return each.trouble
        return None

    async def deliver_late(self) -> int:
        """Let the requests arrive that are still under way; nobody reads the answers. Return how many there were."""
        late, self.late = self.late, []
        for request in late:
            await self.inner.handle_async_request(request)
        return len(late)

    def clear(self) -> None:
        """Forget all trouble."""
        self.ahead.clear()
        self.late.clear()


def name_of(request: httpx2.Request) -> str:
    """Return which call it is: ``capture``; "" for those that no trouble is meant for."""
    line = f"{request.method} {request.url.path}"
    return next((name for name, pattern in CALLS.items() if pattern.fullmatch(line)), "")
