"""Cursors come back as they were given, or not at all."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.pages import Position
from resolvers.cursors import BadCursor, Cursors

KEY = b"k" * 32
BASE64 = set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
ORDERS = Cursors(key=KEY, purpose="orders:CREATED_AT:DESC")
POSITION = Position(value=datetime(2025, 3, 8, 9, 30, tzinfo=UTC), id="ord_01J8ZQ4W5N7V3K2M9T6B1C0D4E")
instants = st.datetimes(timezones=st.just(UTC))
positions = st.builds(Position, value=instants | st.dates() | st.integers() | st.text(), id=st.text())


@given(positions)
def test_a_position_survives_its_cursor(position: Position) -> None:
    read = ORDERS.decode(ORDERS.encode(position))

    assert read == position
    assert type(read.value) is type(position.value)


def test_a_cursor_needs_no_escaping_in_an_address() -> None:
    cursor = ORDERS.encode(Position(value=date(2026, 3, 8), id="srv_ÿ?/+"))

    assert cursor.isascii()
    assert set(cursor) <= BASE64


@pytest.mark.parametrize("length", [1, 2, 3])  # of the id: base64 ends with no, two or four unused bits
def test_an_altered_character_is_refused(length: int) -> None:
    cursor = ORDERS.encode(Position(value=date(2026, 3, 8), id="1" * length))
    altered = {cursor[:place] + other + cursor[place + 1 :] for place in range(len(cursor)) for other in BASE64}

    accepted = {text for text in altered if is_accepted(text)}

    assert accepted == {cursor}


def is_accepted(text: str) -> bool:
    try:
        ORDERS.decode(text)
    except BadCursor:
        return False
    return True


@given(st.integers(min_value=0))
def test_a_cut_cursor_is_refused(length: int) -> None:
    cursor = ORDERS.encode(POSITION)

    with pytest.raises(BadCursor):
        ORDERS.decode(cursor[: length % len(cursor)])


@given(st.text())
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(BadCursor):
        ORDERS.decode(text)


@pytest.mark.parametrize(
    "other",
    [
        Cursors(key=b"another key", purpose="orders:CREATED_AT:DESC"),
        Cursors(key=KEY, purpose="orders:CREATED_AT:ASC"),
        Cursors(key=KEY, purpose="orders:NUMBER:DESC"),
        Cursors(key=KEY, purpose="order.payments:CREATED_AT:DESC"),
    ],
)
def test_a_cursor_of_another_list_order_or_key_is_refused(other: Cursors) -> None:
    with pytest.raises(BadCursor):
        ORDERS.decode(other.encode(POSITION))
