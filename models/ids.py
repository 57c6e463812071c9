"""Identifiers: a prefix that names the kind, a time part that sorts, a random part that cannot be guessed."""

import secrets
from datetime import datetime

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32, as ULIDs use it
RANDOM_BITS = 80

CUSTOMER, SERVICE, ORDER, ORDER_LINE = "cus", "srv", "ord", "lin"
PAYMENT, ATTEMPT, EVENT, ACCOUNT = "pay", "att", "evt", "acc"
CONSENT, EMAIL, REFUND, PRICE = "con", "eml", "rfd", "prc"
NOTICE, PAUSE, SETUP = "ntc", "pau", "stp"


def new_id(prefix: str, *, now: datetime) -> str:
    """Return a fresh identifier such as ``ord_01J8ZQ4W5N7V3K2M9T6B1C0D4E``: a prefix and a ULID of ``now``."""
    number = (int(now.timestamp() * 1000) << RANDOM_BITS) | secrets.randbits(RANDOM_BITS)
    return f"{prefix}_{''.join(ALPHABET[(number >> shift) & 31] for shift in range(125, -1, -5))}"


def new_order_number() -> str:
    """Return a number for an order of ours that a person can read and type: ``R7K3M9Q2X4``."""
    return "R" + "".join(secrets.choice(ALPHABET) for _ in range(9))


def new_secret() -> str:
    """Return 256 random bits as URL-safe text, for cookies and return addresses."""
    return secrets.token_urlsafe(32)
