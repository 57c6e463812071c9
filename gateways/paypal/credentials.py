"""The access token: fetched once for everybody, kept until shortly before it dies."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

import httpx2
from pydantic import BaseModel, ConfigDict

from gateways.paypal.breaker import Breaker
from gateways.paypal.errors import PayPalUnavailable, classify
from gateways.paypal.exchange import Request, exchange

_MARGIN = timedelta(seconds=300)
_TOKEN_REQUEST = Request(
    call="fetch_access_token",
    method="POST",
    path="/v1/oauth2/token",
    form={"grant_type": "client_credentials"},
)


class _Grant(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True)

    access_token: str
    expires_in: int


class Credentials:
    """Our identity at PayPal. A token for each payment would be answered 429, so all calls share one."""

    def __init__(
        self,
        *,
        http: httpx2.AsyncClient,
        breaker: Breaker,
        client_id: str,
        client_secret: str,
        clock: Callable[[], datetime],
    ) -> None:
        self._http = http
        self._breaker = breaker
        self._auth = httpx2.BasicAuth(client_id, client_secret)
        self._clock = clock
        self._lock = asyncio.Lock()
        self._token: str | None = None
        self._refresh_at: datetime | None = None

    async def token(self) -> str:
        """Return a token good for at least five minutes.

        Raises ``MerchantMisconfigured`` for wrong credentials, ``PayPalUnavailable`` (`sent` false) when there is none.
        """
        async with self._lock:
            if self._token is None or self._refresh_at is None or self._clock() >= self._refresh_at:
                grant = await self._fetch()
                self._token = grant.access_token
                self._refresh_at = self._clock() + timedelta(seconds=grant.expires_in) - _MARGIN
            return self._token

    def drop(self, token: str) -> None:
        """Forget this token, which PayPal refused; a newer one, fetched meanwhile by somebody else, stays."""
        if self._token == token:
            self._token = None

    async def _fetch(self) -> _Grant:
        try:
            response = await exchange(self._http, _TOKEN_REQUEST, breaker=self._breaker, auth=self._auth)
        except PayPalUnavailable as exc:
            raise PayPalUnavailable("no access token", sent=False, retry_after_seconds=exc.retry_after_seconds) from exc
        if response.status_code != httpx2.codes.OK:
            raise classify(response, sent=False)
        try:
            return _Grant.model_validate_json(response.content)
        except ValueError as exc:
            raise PayPalUnavailable("unreadable access token", status=response.status_code, sent=False) from exc
