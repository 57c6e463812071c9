"""How many PayPal accounts a customer may have, and how often they may begin to register one."""

from collections.abc import Iterable

from models.enums import PayPalAccountStatus

MOST_ACCOUNTS = 20  # the list of accounts is not paged
MOST_BEGUN_A_DAY = 20  # each asks PayPal for a page, and PayPal has only so much patience with all of us
TAKING_ROOM = frozenset({PayPalAccountStatus.ACTIVE, PayPalAccountStatus.PENDING_APPROVAL})


def has_room(statuses: Iterable[PayPalAccountStatus]) -> bool:
    """Tell whether one more account may be registered beside those in these states."""
    return sum(status in TAKING_ROOM for status in statuses) < MOST_ACCOUNTS


def may_begin(*, begun_within_a_day: int) -> bool:
    """Tell whether one more registration may be begun after so many in the last twenty-four hours."""
    return begun_within_a_day < MOST_BEGUN_A_DAY
