"""Bearer tokens of an OpenID Connect provider: its keys are fetched, and a token is believed only with all its claims.

RFC 9068 (access tokens), RFC 8725 (best current practices): the algorithm comes from our list, never from the token.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx2
import structlog
from joserfc import jwt
from joserfc.errors import InvalidKeyIdError, JoseError
from joserfc.jwk import KeySet
from pydantic import BaseModel, ConfigDict, JsonValue

log = structlog.get_logger(__name__)

ALGORITHMS = ("RS256", "PS256", "ES256", "EdDSA")  # asymmetric only: a public key must never serve as a shared secret
LEEWAY_SECONDS = 60  # how far the provider's clock may be from ours
LONGEST_TOKEN = 8_192  # characters
KEYS_LIVE = timedelta(hours=1)
ASK_AFTER = timedelta(seconds=10)  # neither unknown keys nor failures make us ask with every token
TOKEN_TYPES = frozenset({"at+jwt", "application/at+jwt", "jwt"})


class TokenRefused(Exception):
    """The token is not one that this provider issued for us and that is good now."""


class ProviderUnreachable(Exception):
    """The provider's keys cannot be fetched, so that nothing can be said about the token."""


class _Discovery(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    issuer: str
    jwks_uri: str


class _Keys(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    keys: list[dict[str, JsonValue]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Provider:
    """Whose tokens are accepted, for which audience, and which claim names the customer's login."""

    issuer: str
    audience: str
    username_claim: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Holder:
    """Whom a token names, and until when it is accepted."""

    username: str
    good_until: datetime


class BearerTokens:
    """Checks bearer tokens; the provider's keys are kept for an hour, and fetched anew when one is not among them."""

    def __init__(self, *, provider: Provider, http: httpx2.AsyncClient, clock: Callable[[], datetime]) -> None:
        self._provider = provider
        self._http = http
        self._clock = clock
        self._lock = asyncio.Lock()
        self._keys: KeySet | None = None
        self._fetched_at: datetime | None = None
        self._asked_at: datetime | None = None  # later than the keys are: there was no answer

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def holder(self, token: str) -> Holder:
        """Return whose token it is. Raises ``TokenRefused``, ``ProviderUnreachable``."""
        if len(token) > LONGEST_TOKEN:
            raise TokenRefused("too long")
        keys = await self._known()
        try:
            claims = self._checked(token, keys)
        except InvalidKeyIdError:
            keys = await self._newer(than=keys)  # the provider may have changed its keys
            try:
                claims = self._checked(token, keys)
            except (JoseError, ValueError) as exc:
                raise TokenRefused(type(exc).__name__) from exc
        except (JoseError, ValueError) as exc:
            raise TokenRefused(type(exc).__name__) from exc
        username = claims.get(self._provider.username_claim)
        if not isinstance(username, str) or not username:
            raise TokenRefused(f"no {self._provider.username_claim}")
        good_until = datetime.fromtimestamp(float(str(claims["exp"])), UTC) + timedelta(seconds=LEEWAY_SECONDS)
        return Holder(username=username, good_until=good_until)

    def _checked(self, token: str, keys: KeySet) -> dict[str, object]:
        decoded = jwt.decode(token, keys, algorithms=list(ALGORITHMS))
        kind = decoded.header.get("typ", "JWT")
        if not isinstance(kind, str) or kind.lower() not in TOKEN_TYPES:
            raise ValueError("not an access token")
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock().timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": self._provider.issuer},
            aud={"essential": True, "value": self._provider.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        registry.validate(decoded.claims)
        return decoded.claims

    async def _known(self) -> KeySet:
        """Return the keys; while they are at hand, nobody waits for those who want newer ones."""
        if self._keys is not None and self._fetched_at is not None and self._clock() - self._fetched_at < KEYS_LIVE:
            return self._keys
        return await self._newer(than=self._keys)

    async def _newer(self, *, than: KeySet | None) -> KeySet:
        """Return the keys that the provider has now, as far as it may be asked again; one asks for all who wait."""
        async with self._lock:
            if self._keys is not than and self._keys is not None:
                return self._keys
            if self._asked_at is None or self._clock() - self._asked_at >= ASK_AFTER:
                try:
                    keys = await self._fetch()
                finally:
                    self._asked_at = self._clock()
                self._keys, self._fetched_at = keys, self._asked_at
            if self._keys is None or self._fetched_at != self._asked_at:
                raise ProviderUnreachable("it did not answer a moment ago")
            return self._keys

    async def _fetch(self) -> KeySet:
        issuer = self._provider.issuer
        try:
            found = await self._http.get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
            discovery = _Discovery.model_validate_json(found.raise_for_status().content)
            if discovery.issuer != issuer:
                raise ValueError("the provider names another issuer")
            answer = await self._http.get(discovery.jwks_uri)
            keys = _Keys.model_validate_json(answer.raise_for_status().content)
            usable = [key for key in keys.keys if key.get("use", "sig") == "sig" and key.get("kty") != "oct"]
            return KeySet.import_key_set({"keys": usable})  # type: ignore[typeddict-item]
        except (httpx2.HTTPError, ValueError, JoseError) as exc:
            log.warning("identity.keys_unavailable", reason=type(exc).__name__)
            raise ProviderUnreachable(type(exc).__name__) from exc
