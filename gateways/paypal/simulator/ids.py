"""Identifiers, in the shapes that PayPal gives them."""

import hashlib
import secrets
import string
import uuid

_RESOURCE_ALPHABET = string.digits + string.ascii_uppercase
_TOKEN_ALPHABET = string.digits + string.ascii_lowercase
_ACCOUNT_ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"


def _draw(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))


def resource_id() -> str:
    """Draw the id of an order, capture, refund, setup token or webhook: 17 digits and capitals."""
    return _draw(_RESOURCE_ALPHABET, 17)


def payment_token_id() -> str:
    """Draw the id of a payment token: 8 digits and small letters."""
    return _draw(_TOKEN_ALPHABET, 8)


def customer_id() -> str:
    """Draw PayPal's id for a customer of the merchant: 10 letters and digits."""
    return _draw(string.ascii_letters + string.digits, 10)


def event_id() -> str:
    """Draw the id of a webhook event."""
    return f"WH-{resource_id()}-{resource_id()}"


def transmission_id() -> str:
    """Draw the id of a delivery."""
    return str(uuid.uuid4())


def access_token() -> str:
    """Draw a bearer token."""
    return "A21AA" + secrets.token_urlsafe(60)


def debug_id() -> str:
    """Draw the id that PayPal puts on every answer: 13 hexadecimal digits."""
    return secrets.token_hex(7)[:13]


def payer_id(email: str) -> str:
    """Derive the 13 characters of a payer's account, always the same ones for the same address."""
    number = int.from_bytes(hashlib.sha256(email.encode()).digest()[:9], "big")
    return "".join(_ACCOUNT_ALPHABET[(number >> (5 * place)) % 32] for place in range(13))
