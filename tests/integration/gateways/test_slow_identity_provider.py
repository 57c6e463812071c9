"""A provider of bearer tokens that hangs or fails: forged tokens neither hold good ones up nor hammer it."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateways.identity import BearerTokens, Provider, ProviderUnreachable, TokenRefused
from tests.factories import NOW
from tests.harness.ports import free_port
from tests.harness.product import Clock
from tests.harness.serving import serving

LOGIN = "123456@saldo.example"
KEY = RSAKey.generate_key(2048, {"kid": "known", "use": "sig"})
FORGERS_KEY = RSAKey.generate_key(2048, {"use": "sig"})


class PassingClock(Clock):
    """Like a real one, never tells the same instant twice."""

    def __call__(self) -> datetime:
        self.advance(microseconds=1)
        return self.now


@dataclass
class Login:
    """A provider on a real socket that can be told to hang, and to fail."""

    issuer: str
    open: asyncio.Event = field(default_factory=asyncio.Event)
    asked: asyncio.Event = field(default_factory=asyncio.Event)
    down: bool = False
    discoveries: int = 0

    async def discover(self, _: Request) -> Response:
        self.discoveries += 1
        self.asked.set()
        await self.open.wait()
        if self.down:
            return Response(status_code=503)
        return JSONResponse({"issuer": self.issuer, "jwks_uri": f"{self.issuer}/jwks"})

    async def publish(self, _: Request) -> Response:
        return JSONResponse({"keys": [KEY.as_dict(private=False)]})

    def hang(self) -> None:
        """Answer nothing from now on."""
        self.open.clear()
        self.asked.clear()

    def token(self, key: Any = KEY, *, kid: str = "known") -> str:
        second = int(NOW.timestamp())
        claims = {"iss": self.issuer, "aud": "saldo", "sub": "u-1", "exp": second + 300, "preferred_username": LOGIN}
        return jwt.encode({"alg": "RS256", "kid": kid, "typ": "at+jwt"}, claims, key, algorithms=["RS256"])

    def forged(self, count: int) -> Sequence[str]:
        return [self.token(FORGERS_KEY, kid=f"unknown-{number}") for number in range(count)]


@asynccontextmanager
async def provider() -> AsyncIterator[Login]:
    """Serve a provider until the block is left."""
    port = free_port()
    login = Login(issuer=f"http://127.0.0.1:{port}")
    login.open.set()
    routes = [Route("/.well-known/openid-configuration", login.discover), Route("/jwks", login.publish)]
    async with serving(Starlette(routes=routes), port=port):
        try:
            yield login
        finally:
            login.open.set()


@asynccontextmanager
async def checker(login: Login, clock: Clock) -> AsyncIterator[BearerTokens]:
    """Check tokens of the provider until the block is left."""
    trusted = Provider(issuer=login.issuer, audience="saldo", username_claim="preferred_username")
    tokens = BearerTokens(provider=trusted, http=httpx2.AsyncClient(timeout=30), clock=clock)
    try:
        yield tokens
    finally:
        await tokens.aclose()


async def outcomes(tokens: BearerTokens, sent: Sequence[str]) -> set[type[object]]:
    """Send all tokens at once and return what comes of them."""
    return {type(each) for each in await asyncio.gather(*map(tokens.holder, sent), return_exceptions=True)}


async def test_a_good_token_is_answered_while_forged_ones_wait_for_a_provider_that_hangs() -> None:
    clock = PassingClock()
    async with provider() as login, checker(login, clock) as tokens:
        await tokens.holder(login.token())
        clock.advance(seconds=10)
        login.hang()
        forgeries = asyncio.create_task(outcomes(tokens, login.forged(10)))
        await asyncio.wait_for(login.asked.wait(), 5)

        holder = await asyncio.wait_for(tokens.holder(login.token()), 2)
        still_hanging = not forgeries.done()
        login.open.set()

        assert (holder.username, still_hanging) == (LOGIN, True)
        assert await forgeries == {TokenRefused}
        assert login.discoveries == 2


async def test_a_provider_that_fails_is_asked_once_in_ten_seconds_however_many_tokens_come() -> None:
    clock = PassingClock()
    async with provider() as login, checker(login, clock) as tokens:
        await tokens.holder(login.token())
        login.down = True
        clock.advance(seconds=10)

        together = await outcomes(tokens, login.forged(10))
        clock.advance(seconds=9.9)
        a_little_later = await outcomes(tokens, login.forged(10))
        asked_so_far = login.discoveries
        clock.advance(seconds=0.1)
        later = await outcomes(tokens, login.forged(10))

        assert together == a_little_later == later == {ProviderUnreachable}
        assert (asked_so_far, login.discoveries) == (2, 3)
        assert (await tokens.holder(login.token())).username == LOGIN


async def test_a_provider_that_is_down_from_the_start_is_asked_once_in_ten_seconds_and_then_believed() -> None:
    clock = PassingClock()
    async with provider() as login, checker(login, clock) as tokens:
        login.down = True

        together = await outcomes(tokens, [login.token()] * 10)
        asked_so_far = login.discoveries
        login.down = False
        clock.advance(seconds=10)
        holder = await tokens.holder(login.token())

        assert (together, asked_so_far) == ({ProviderUnreachable}, 1)
        assert (holder.username, login.discoveries) == (LOGIN, 2)
