"""PayPal's REST API, one method per call; whatever moves money or state needs a request id."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import TypeVar

import httpx2
import structlog
from pydantic_core import from_json

from gateways.paypal.breaker import Breaker
from gateways.paypal.credentials import Credentials
from gateways.paypal.errors import PayPalUnavailable, RequestRejected, ResourceMissing, classify
from gateways.paypal.exchange import Request, exchange
from gateways.paypal.messages import (
    Answer,
    Capture,
    OrderRequest,
    PaymentToken,
    PaymentTokenPage,
    PayPalOrder,
    Refund,
    RefundRequest,
    StoredCharge,
)

log = structlog.get_logger(__name__)

_ORDERS = "/v2/checkout/orders"
_CAPTURES = "/v2/payments/captures"
_TOKENS = "/v3/vault/payment-tokens"
_PAGE_SIZE = 5  # PayPal's largest
_ID = re.compile(r"[0-9A-Za-z_-]{1,36}")
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,108}")
_SUCCESS = frozenset({200, 201, 204})  # 200 is the replay of a request id: as good as the first 201

AnswerT = TypeVar("AnswerT", bound=Answer)


class PayPalClient:
    """The merchant's side of PayPal. One per process: it holds the connections and the access token.

    Every method raises a ``PayPalError``; `errors.py` says which one and who must act. Nothing is retried here except
    a call refused for its access token, once: repeating is for the durable workflow, which knows the request id. While
    the breaker is open nothing is even tried.
    """

    def __init__(
        self,
        *,
        base_url: str,
        client_id: str,
        client_secret: str,
        clock: Callable[[], datetime],
        breaker: Breaker | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        connect_timeout_seconds: float = 5,
        read_timeout_seconds: float = 45,
        write_timeout_seconds: float = 10,
        pool_timeout_seconds: float = 5,
    ) -> None:
        self._http = httpx2.AsyncClient(
            base_url=base_url,
            transport=transport,
            timeout=httpx2.Timeout(
                connect=connect_timeout_seconds,
                read=read_timeout_seconds,
                write=write_timeout_seconds,
                pool=pool_timeout_seconds,
            ),
        )
        self._breaker = breaker or Breaker()
        self._credentials = Credentials(
            http=self._http, breaker=self._breaker, client_id=client_id, client_secret=client_secret, clock=clock
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def create_order(self, order: OrderRequest, *, request_id: str) -> PayPalOrder:
        """Open an order; the same request id gives the same order, for six hours."""
        request = Request(
            call="create_order", method="POST", path=_ORDERS, headers=_keyed(request_id), body=order.to_wire()
        )
        return _read(PayPalOrder, await self._send(request))

    async def get_order(self, order_id: str) -> PayPalOrder:
        """Return the order as it is now. Raises ``ResourceMissing`` once an unapproved one has lapsed."""
        request = Request(call="get_order", method="GET", path=f"{_ORDERS}/{{id}}", resource_id=_checked(order_id))
        return _read(PayPalOrder, await self._send(request))

    async def capture_order(
        self,
        order_id: str,
        *,
        request_id: str,
        charge: StoredCharge | None = None,
        client_metadata_id: str | None = None,
    ) -> PayPalOrder:
        """Take the money of an approved order, or of a new one from the stored account of `charge`.

        An answer is not yet a payment: look at `capture`, which may be absent, PENDING or DECLINED.
        `client_metadata_id` is what PayPal's risk script gave the browser of a customer who pays with a stored account.
        """
        risk = {"PayPal-Client-Metadata-Id": _checked(client_metadata_id)} if client_metadata_id is not None else {}
        if charge is not None:
            _checked(charge.payment_token)
        request = Request(
            call="capture_order",
            method="POST",
            path=f"{_ORDERS}/{{id}}/capture",
            resource_id=_checked(order_id),
            headers={**_keyed(request_id), **risk},
            body=charge.to_wire() if charge else {},
        )
        return _read(PayPalOrder, await self._send(request))

    async def get_capture(self, capture_id: str) -> Capture:
        """Return the capture as it is now: the truth about a pending one."""
        request = Request(
            call="get_capture", method="GET", path=f"{_CAPTURES}/{{id}}", resource_id=_checked(capture_id)
        )
        return _read(Capture, await self._send(request))

    async def refund_capture(self, capture_id: str, refund: RefundRequest, *, request_id: str) -> Refund:
        """Give a sum back; the same request id gives the same refund, for forty-five days."""
        request = Request(
            call="refund_capture",
            method="POST",
            path=f"{_CAPTURES}/{{id}}/refund",
            resource_id=_checked(capture_id),
            headers=_keyed(request_id),
            body=refund.to_wire(),
        )
        return _read(Refund, await self._send(request))

    async def get_refund(self, refund_id: str) -> Refund:
        """Return the refund as it is now."""
        request = Request(
            call="get_refund", method="GET", path="/v2/payments/refunds/{id}", resource_id=_checked(refund_id)
        )
        return _read(Refund, await self._send(request))

    async def list_payment_tokens(self, customer_id: str) -> list[PaymentToken]:
        """Return all stored accounts of PayPal's customer id (not ours)."""
        tokens: list[PaymentToken] = []
        page_number, total_pages = 0, 1
        while page_number < total_pages:
            page_number += 1
            page = _read(PaymentTokenPage, await self._send(_page_request(customer_id, page_number)))
            tokens += page.tokens
            total_pages = page.total_pages
        return tokens

    async def get_payment_token(self, payment_token: str) -> PaymentToken:
        """Return a stored account. Raises ``ResourceMissing`` when its owner or we have removed it."""
        request = Request(
            call="get_payment_token", method="GET", path=f"{_TOKENS}/{{id}}", resource_id=_checked(payment_token)
        )
        return _read(PaymentToken, await self._send(request))

    async def delete_payment_token(self, payment_token: str) -> None:
        """Remove a stored account; one that PayPal does not know is removed already."""
        request = Request(
            call="delete_payment_token", method="DELETE", path=f"{_TOKENS}/{{id}}", resource_id=_checked(payment_token)
        )
        try:
            response = await self._send(request)
        except ResourceMissing:
            return
        if response.status_code != httpx2.codes.NO_CONTENT:  # a gateway's page, not PayPal's word
            raise PayPalUnavailable("not deleted", status=response.status_code)

    async def _send(self, request: Request) -> httpx2.Response:
        token = await self._credentials.token()
        response = await self._exchange(request, token)
        if response.status_code == httpx2.codes.UNAUTHORIZED:  # PayPal forgets tokens before they expire
            self._credentials.drop(token)
            response = await self._exchange(request, await self._credentials.token())
        if response.status_code not in _SUCCESS:
            error = classify(response)
            log.warning(
                "paypal.refused", call=request.call, kind=error.kind.value, issue=error.issue, debug_id=error.debug_id
            )
            raise error
        return response

    async def _exchange(self, request: Request, token: str) -> httpx2.Response:
        authorized = replace(request, headers={**request.headers, "Authorization": f"Bearer {token}"})
        return await exchange(self._http, authorized, breaker=self._breaker)


def _page_request(customer_id: str, page: int) -> Request:
    return Request(
        call="list_payment_tokens",
        method="GET",
        path=_TOKENS,
        params={
            "customer_id": _checked(customer_id),
            "page": page,
            "page_size": _PAGE_SIZE,
            "total_required": "true",
        },
    )


def _checked(identifier: str) -> str:
    """Return the id unchanged, or refuse it before any call: an empty one would address the whole collection."""
    if not _ID.fullmatch(identifier):
        raise RequestRejected("not an id of PayPal", sent=False)
    return identifier


def _keyed(request_id: str) -> dict[str, str]:
    if not _REQUEST_ID.fullmatch(request_id):
        raise RequestRejected("not a request id: 1 to 108 visible characters", sent=False)
    return {"PayPal-Request-Id": request_id, "Prefer": "return=representation"}


def _read(kind: type[AnswerT], response: httpx2.Response) -> AnswerT:
    try:
        return kind.parse(from_json(response.content))
    except ValueError as exc:
        # It said yes, but not to what: the outcome has to be asked for.
        raise PayPalUnavailable(
            f"unreadable {kind.__name__}",
            status=response.status_code,
            debug_id=response.headers.get("paypal-debug-id"),
        ) from exc
