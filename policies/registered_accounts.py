"""How many PayPal accounts a customer may have."""

from collections.abc import Iterable

from models.enums import PayPalAccountStatus

MOST_ACCOUNTS = 20  # the list of accounts is not paged
TAKING_ROOM = frozenset({PayPalAccountStatus.ACTIVE, PayPalAccountStatus.PENDING_APPROVAL})


def has_room(statuses: Iterable[PayPalAccountStatus]) -> bool:
    """Tell whether one more account may be registered beside those in these states."""
    return sum(status in TAKING_ROOM for status in statuses) < MOST_ACCOUNTS
