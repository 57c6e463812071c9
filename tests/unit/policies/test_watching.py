"""Pauses that double up to a ceiling."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies.watching import Backoff, Watch, pause_before_repeating

BACKOFF = Backoff(first=timedelta(seconds=20), ceiling=timedelta(hours=1))


@pytest.mark.parametrize(
    ("times", "seconds"),
    [(0, 20), (1, 40), (2, 80), (6, 1280), (7, 2560), (8, 3600), (9, 3600), (1000, 3600)],
)
def test_the_pause_doubles_up_to_the_ceiling(times: int, seconds: int) -> None:
    assert BACKOFF.after(times) == timedelta(seconds=seconds)


def test_a_first_pause_beyond_the_ceiling_is_cut() -> None:
    assert Backoff(first=timedelta(hours=2), ceiling=timedelta(hours=1)).after(0) == timedelta(hours=1)


@given(
    first=st.integers(min_value=1, max_value=10**6),
    ceiling=st.integers(min_value=1, max_value=10**6),
    times=st.integers(min_value=0, max_value=10**9),
)
def test_pauses_never_shrink_and_never_pass_the_ceiling(first: int, ceiling: int, times: int) -> None:
    backoff = Backoff(first=timedelta(seconds=first), ceiling=timedelta(seconds=ceiling))

    assert timedelta() < backoff.after(times) <= backoff.after(times + 1) <= timedelta(seconds=ceiling)


def test_a_watch_waits_as_its_pauses_say() -> None:
    watch = Watch(
        first=timedelta(seconds=1),
        ceiling=timedelta(seconds=3),
        approval_life=timedelta(hours=3),
        worker_lost_after=timedelta(minutes=5),
        registration_looks=12,
    )

    assert [watch.after(looks).total_seconds() for looks in range(4)] == [1, 2, 3, 3]


@pytest.mark.parametrize(
    ("own", "asked", "pause"),
    [
        (0.5, None, 0.5),
        (0.5, 0, 0.5),
        (0.5, 2, 2),
        (2, 1, 2),
        (0.5, 5, 5),
        (0.5, 6, None),
        (7, 6, None),
        (None, None, None),
        (None, 1, None),
    ],
)
def test_a_repetition_waits_as_long_as_it_was_asked_to_or_is_given_up(
    own: float | None, asked: int | None, pause: float | None
) -> None:
    ours = None if own is None else timedelta(seconds=own)

    waits = pause_before_repeating(ours, asked_seconds=asked)

    assert waits == (None if pause is None else timedelta(seconds=pause))
