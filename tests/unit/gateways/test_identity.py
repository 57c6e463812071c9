"""A bearer token is believed only with the right signature, algorithm, issuer, audience and time."""

import asyncio
import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from gateways.identity import BearerTokens, Provider, ProviderUnreachable, TokenRefused
from tests.factories import NOW
from tests.harness.product import Clock

ISSUER = "https://login.example"
SECOND = int(NOW.timestamp())
CLAIMS = {
    "iss": ISSUER,
    "aud": "saldo",
    "sub": "u-1",
    "exp": SECOND + 300,
    "iat": SECOND,
    "preferred_username": "123456@saldo.example",
}
KEY = RSAKey.generate_key(2048, {"kid": "one", "use": "sig"})
OTHER = RSAKey.generate_key(2048, {"kid": "two", "use": "sig"})


@dataclass
class Login:
    """A provider that publishes what it is told to."""

    keys: list[Any] = field(default_factory=lambda: [KEY])
    issuer: str = ISSUER
    down: bool = False
    asked: list[str] = field(default_factory=list)

    def answer(self, request: httpx2.Request) -> httpx2.Response:
        self.asked.append(request.url.path)
        if self.down:
            return httpx2.Response(503)
        if request.url.path == "/.well-known/openid-configuration":
            return httpx2.Response(200, json={"issuer": self.issuer, "jwks_uri": f"{ISSUER}/jwks"})
        return httpx2.Response(200, json={"keys": [key.as_dict(private=False) for key in self.keys]})


def tokens(login: Login, clock: Clock) -> BearerTokens:
    provider = Provider(issuer=ISSUER, audience="saldo", username_claim="preferred_username")
    return BearerTokens(
        provider=provider, http=httpx2.AsyncClient(transport=httpx2.MockTransport(login.answer)), clock=clock
    )


def signed(key: Any = KEY, *, algorithm: str = "RS256", header: dict[str, Any] | None = None, **claims: Any) -> str:
    values = {name: value for name, value in (CLAIMS | claims).items() if value is not None}
    head = {"alg": algorithm, "kid": key.kid, "typ": "at+jwt"} | (header or {})
    return jwt.encode(head, values, key, algorithms=[algorithm])


async def test_a_good_token_names_its_login() -> None:
    assert (await tokens(Login(), Clock()).holder(signed())).username == "123456@saldo.example"


@pytest.mark.parametrize(
    ("algorithm", "key"),
    [("RS256", KEY), ("PS256", KEY), ("ES256", ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"}))],
)
async def test_asymmetric_algorithms_are_accepted(algorithm: str, key: Any) -> None:
    login = Login(keys=[key])

    assert (await tokens(login, Clock()).holder(signed(key, algorithm=algorithm))).username == "123456@saldo.example"


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://elsewhere.example"},
        {"iss": None},
        {"aud": "another"},
        {"aud": ["another", "third"]},
        {"aud": None},
        {"exp": SECOND - 61},
        {"exp": None},
        {"nbf": SECOND + 61},
        {"sub": None},
        {"preferred_username": None},
        {"preferred_username": 5},
        {"preferred_username": ""},
    ],
    ids=repr,
)
async def test_a_token_with_a_wrong_or_missing_claim_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(TokenRefused):
        await tokens(Login(), Clock()).holder(signed(**claims))


@pytest.mark.parametrize(
    "claims", [{"exp": SECOND - 59}, {"nbf": SECOND + 59}, {"aud": ["another", "saldo"]}], ids=repr
)
async def test_clocks_may_differ_by_a_minute_and_audiences_be_several(claims: dict[str, Any]) -> None:
    assert (await tokens(Login(), Clock()).holder(signed(**claims))).username == "123456@saldo.example"


async def test_a_token_of_another_key_under_our_keys_name_is_refused() -> None:
    forged = signed(OTHER, header={"kid": "one"})

    with pytest.raises(TokenRefused):
        await tokens(Login(), Clock()).holder(forged)


def part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()


async def test_the_public_key_does_not_serve_as_a_shared_secret() -> None:
    for secret in (KEY.as_pem(private=False), json.dumps(KEY.as_dict(private=False)).encode()):
        unsigned = f"{part({'alg': 'HS256', 'kid': 'one', 'typ': 'at+jwt'})}.{part(CLAIMS)}"
        mark = hmac.digest(secret, unsigned.encode(), hashlib.sha256)
        forged = f"{unsigned}.{base64.urlsafe_b64encode(mark).rstrip(b'=').decode()}"

        with pytest.raises(TokenRefused):
            await tokens(Login(), Clock()).holder(forged)


async def test_a_shared_secret_that_the_provider_publishes_is_not_used() -> None:
    secret = OctKey.generate_key(256, {"kid": "one", "use": "sig"})

    with pytest.raises((TokenRefused, ProviderUnreachable)):
        await tokens(Login(keys=[secret]), Clock()).holder(signed(secret, algorithm="HS256"))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "nonsense",
        "a.b.c",
        f"{part({'alg': 'none'})}.{part(CLAIMS)}.",
        f"{part({'alg': 'none', 'kid': 'one'})}.{part(CLAIMS)}.",
        signed(header={"typ": "id+jwt"}),
        signed()[:-4] + "AAAA",
        "x" * 10_000,
        "\u00e9.\u00e9.\u00e9",
    ],
    ids=lambda token: token[:12],
)
async def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(TokenRefused):
        await tokens(Login(), Clock()).holder(token)


async def test_a_new_key_is_fetched_when_a_token_names_it_but_not_with_every_token() -> None:
    login, clock = Login(), Clock()
    checking = tokens(login, clock)
    await checking.holder(signed())
    login.keys = [OTHER]

    with pytest.raises(TokenRefused):
        await checking.holder(signed(OTHER))  # fetched a moment ago: a forger could make us ask for ever
    clock.advance(seconds=10)
    found = await checking.holder(signed(OTHER))
    with pytest.raises(TokenRefused):
        await checking.holder(signed())  # the old key is gone

    assert found.username == "123456@saldo.example"
    assert login.asked.count("/jwks") == 2


async def test_keys_are_fetched_once_for_many_and_anew_after_an_hour() -> None:
    login, clock = Login(), Clock()
    checking = tokens(login, clock)
    long_lived = signed(exp=SECOND + 7200)

    await asyncio.gather(*(checking.holder(long_lived) for _ in range(50)))
    once = login.asked.count("/jwks")
    clock.now += timedelta(hours=1)
    await checking.holder(long_lived)

    assert (once, login.asked.count("/jwks")) == (1, 2)


@pytest.mark.parametrize(
    "login", [Login(down=True), Login(issuer="https://elsewhere.example")], ids=["down", "another"]
)
async def test_without_the_providers_keys_nothing_is_said_about_a_token(login: Login) -> None:
    with pytest.raises(ProviderUnreachable):
        await tokens(login, Clock()).holder(signed())
