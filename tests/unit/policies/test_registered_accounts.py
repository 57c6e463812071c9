"""How many accounts a customer may have, and which of them count."""

import pytest

from models.enums import PayPalAccountStatus
from policies.registered_accounts import has_room, may_begin

ACTIVE, WAITING = PayPalAccountStatus.ACTIVE, PayPalAccountStatus.PENDING_APPROVAL
REVOKED, REMOVED = PayPalAccountStatus.REVOKED, PayPalAccountStatus.REMOVED


@pytest.mark.parametrize(
    ("statuses", "room"),
    [
        ([], True),
        ([ACTIVE] * 19, True),
        ([ACTIVE] * 20, False),
        ([ACTIVE] * 10 + [WAITING] * 10, False),
        ([ACTIVE] * 19 + [REVOKED, REMOVED] * 50, True),
    ],
)
def test_accounts_in_use_and_those_under_way_take_room(statuses: list[PayPalAccountStatus], room: bool) -> None:
    assert has_room(statuses) is room


@pytest.mark.parametrize(("begun", "allowed"), [(0, True), (19, True), (20, False), (500, False)])
def test_a_customer_begins_so_many_registrations_a_day(begun: int, allowed: bool) -> None:
    assert may_begin(begun_within_a_day=begun) is allowed
