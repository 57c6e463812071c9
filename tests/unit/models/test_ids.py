"""Identifiers: prefixed, sortable by time, not guessable."""

import re
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models import ids

NOW = datetime(2025, 3, 8, 9, 30, tzinfo=UTC)
INSTANTS = st.datetimes(min_value=datetime(1970, 1, 2), max_value=datetime(2500, 1, 1), timezones=st.just(UTC))
PREFIXES = (
    *(ids.CUSTOMER, ids.SERVICE, ids.ORDER, ids.ORDER_LINE),
    *(ids.PAYMENT, ids.ATTEMPT, ids.EVENT, ids.ACCOUNT, ids.CONSENT, ids.EMAIL),
)


def test_an_id_is_its_prefix_and_a_ulid() -> None:
    assert re.fullmatch(r"ord_[0-7][0-9A-HJKMNP-TV-Z]{25}", ids.new_id(ids.ORDER, now=NOW))


def test_the_time_part_is_the_one_of_a_ulid() -> None:
    # 2016-07-30T23:54:10.259Z is the example of the ULID specification
    instant = datetime(2016, 7, 30, 23, 54, 10, 259_000, tzinfo=UTC)

    assert ids.new_id("x", now=instant)[2:12] == "01ARZ3NDEK"


@given(earlier=INSTANTS, gap=st.integers(min_value=1, max_value=10**12))
def test_ids_sort_by_time(earlier: datetime, gap: int) -> None:
    later = earlier + timedelta(milliseconds=gap)

    assert ids.new_id(ids.ORDER, now=earlier) < ids.new_id(ids.ORDER, now=later)


def test_ids_of_one_instant_differ() -> None:
    assert len({ids.new_id(ids.PAYMENT, now=NOW) for _ in range(1000)}) == 1000


def test_every_kind_has_a_prefix_of_its_own() -> None:
    assert len(set(PREFIXES)) == len(PREFIXES)
    assert all(re.fullmatch("[a-z]{3}", prefix) for prefix in PREFIXES)


def test_a_secret_carries_256_bits_in_an_address() -> None:
    secrets = {ids.new_secret() for _ in range(100)}

    assert len(secrets) == 100
    assert all(re.fullmatch(r"[A-Za-z0-9_-]{43}", secret) for secret in secrets)
