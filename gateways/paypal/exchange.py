"""One HTTP exchange with PayPal: let through by the breaker, sent, and its answer logged or named as lost."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from time import perf_counter

import httpx2
import structlog
from pydantic import JsonValue

from gateways.paypal.breaker import Breaker
from gateways.paypal.errors import PayPalUnavailable

log = structlog.get_logger(__name__)

# Raised before the first byte of the request leaves: PayPal cannot have acted on it.
_NEVER_SENT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.UnsupportedProtocol)


@dataclass(frozen=True, kw_only=True, slots=True)
class Request:
    """A call to PayPal: `path` is a template (`/v2/checkout/orders/{id}`), so that logs group by it."""

    call: str
    method: str
    path: str
    resource_id: str = ""
    params: Mapping[str, str | int] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: Mapping[str, JsonValue] | None = field(default=None, repr=False)
    form: Mapping[str, str] | None = None
    content: bytes | None = field(default=None, repr=False)  # a body that must not be written anew


async def exchange(
    http: httpx2.AsyncClient, request: Request, *, breaker: Breaker, auth: httpx2.Auth | None = None
) -> httpx2.Response:
    """Return PayPal's answer, whatever its status. Raises ``PayPalUnavailable`` when none came, or none was asked."""
    with breaker.passage(request.call) as passage:
        response = await _send(http, request, auth=auth)
        breaker.learn(passage, response)
    return response


async def _send(http: httpx2.AsyncClient, request: Request, *, auth: httpx2.Auth | None) -> httpx2.Response:
    began = perf_counter()
    try:
        response = await http.request(
            request.method,
            request.path.format(id=request.resource_id),
            params=request.params or None,
            headers=request.headers,
            json=request.body,
            data=request.form,
            content=request.content,
            auth=auth,
        )
    except httpx2.RequestError as exc:
        sent = not isinstance(exc, _NEVER_SENT)
        log.warning("paypal.answer_lost", call=request.call, path=request.path, reason=type(exc).__name__, sent=sent)
        raise PayPalUnavailable(f"no answer to {request.call}: {type(exc).__name__}", sent=sent) from exc
    log.info(
        "paypal.answered",
        call=request.call,
        method=request.method,
        path=request.path,
        status=response.status_code,
        debug_id=response.headers.get("paypal-debug-id"),
        duration_ms=round((perf_counter() - began) * 1000),
    )
    return response
