"""Who may call: client credentials against bearer tokens."""

import base64
import binascii
import hmac
from datetime import timedelta
from urllib.parse import parse_qs

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.calls import Call
from gateways.paypal.simulator.records import AccessToken
from gateways.paypal.simulator.replies import Reply

INVALID_TOKEN = Reply(
    status=401,
    body={"error": "invalid_token", "error_description": "The token passed in was not found in the system"},
    headers={"WWW-Authenticate": 'Bearer realm="UnknownRealm",error="invalid_token"'},
)
_INVALID_CLIENT = Reply(
    status=401, body={"error": "invalid_client", "error_description": "Client Authentication failed"}
)
_UNSUPPORTED_GRANT = Reply(
    status=400, body={"error": "unsupported_grant_type", "error_description": "Grant Type is NULL"}
)


def issue_access_token(call: Call) -> Reply:
    """Answer POST /v1/oauth2/token."""
    settings = call.desk.settings
    expected = f"{settings.client_id}:{settings.client_secret}".encode()
    if not hmac.compare_digest(_basic(call.headers.get("authorization", "")), expected):
        return _INVALID_CLIENT
    if parse_qs(call.raw_body.decode(errors="replace")).get("grant_type") != ["client_credentials"]:
        return _UNSUPPORTED_GRANT
    token = AccessToken(
        id=ids.access_token(),
        client_id=settings.client_id,
        expires_at=call.desk.now + timedelta(seconds=settings.token_life_seconds),
    )
    call.desk.ledger.save(token)
    return Reply(
        status=200,
        body={
            "scope": "https://uri.paypal.com/services/checkout/one-click-with-merchant-issued-token",
            "access_token": token.id,
            "token_type": "Bearer",
            "app_id": "APP-80W284485P519543T",
            "expires_in": settings.token_life_seconds,
            "nonce": f"{call.desk.now:%Y-%m-%dT%H:%M:%SZ}{ids.debug_id()}",
        },
    )


def client_of(call: Call) -> str | None:
    """Return the client to whom the bearer token belongs, or None when it is unknown or expired."""
    scheme, _, value = call.headers.get("authorization", "").partition(" ")
    token = call.desk.ledger.get(AccessToken, value.strip()) if scheme.lower() == "bearer" else None
    return None if token is None or token.expires_at <= call.desk.now else token.client_id


def _basic(authorization: str) -> bytes:
    scheme, _, value = authorization.partition(" ")
    if scheme.lower() != "basic":
        return b""
    try:
        return base64.b64decode(value, validate=True)
    except binascii.Error:
        return b""
