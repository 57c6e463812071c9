"""What all calls to PayPal share: connections, access token, breaker; checked ids, and answers read or raised."""

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
from gateways.paypal.errors import PayPalUnavailable, RequestRejected, classify
from gateways.paypal.exchange import Request, exchange
from gateways.paypal.messages import Answer

log = structlog.get_logger(__name__)

USER_AGENT = "Saldo"

_ID = re.compile(r"[0-9A-Za-z_-]{1,36}")
_REQUEST_ID = re.compile(r"[\x21-\x7e]{1,108}")
_SUCCESS = frozenset({200, 201, 204})  # 200 is the replay of a request id: as good as the first 201

AnswerT = TypeVar("AnswerT", bound=Answer)


class Connection:
    """The way to PayPal, one per process: it holds the connections and the access token."""

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
            headers={"User-Agent": USER_AGENT},
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

    async def send(self, request: Request) -> httpx2.Response:
        """Return a successful answer. Raises a ``PayPalError`` for any other, and for none."""
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


def checked(identifier: str) -> str:
    """Return the id unchanged, or refuse it before any call: an empty one would address the whole collection."""
    if not _ID.fullmatch(identifier):
        raise RequestRejected("not an id of PayPal", sent=False)
    return identifier


def keyed(request_id: str) -> dict[str, str]:
    """Return the headers of a call that is carried out once, and answered in full, under this request id."""
    if not _REQUEST_ID.fullmatch(request_id):
        raise RequestRejected("not a request id: 1 to 108 visible characters", sent=False)
    return {"PayPal-Request-Id": request_id, "Prefer": "return=representation"}


def read(kind: type[AnswerT], response: httpx2.Response) -> AnswerT:
    """Return the message in an answer. Raises ``PayPalUnavailable`` when it cannot be read."""
    try:
        return kind.parse(from_json(response.content))
    except ValueError as exc:
        # It said yes, but not to what: the outcome has to be asked for.
        debug_id = response.headers.get("paypal-debug-id")
        log.warning("paypal.unreadable", kind=kind.__name__, status=response.status_code, debug_id=debug_id)
        raise PayPalUnavailable(f"unreadable {kind.__name__}", status=response.status_code, debug_id=debug_id) from exc
