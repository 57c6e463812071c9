"""The first failures cost nothing, each further one doubles the wait, and time forgives them all."""

from datetime import timedelta

import pytest

from policies.sign_in_attempts import BY_ADDRESS, BY_LOGIN, Failures, after_failure, wait_before_next, without_one
from tests.factories import NOW


@pytest.mark.parametrize(
    ("count", "seconds"), [(0, 0), (4, 0), (5, 30), (6, 60), (7, 120), (9, 480), (10, 900), (11, 900), (10_000, 900)]
)
def test_the_wait_doubles_from_the_fifth_failure_of_a_login_to_a_quarter_of_an_hour(count: int, seconds: int) -> None:
    failures = Failures(count=count, last_at=NOW)

    assert wait_before_next(failures, tolerance=BY_LOGIN, now=NOW) == timedelta(seconds=seconds)


def test_an_address_may_fail_thirty_times() -> None:
    assert wait_before_next(Failures(count=29, last_at=NOW), tolerance=BY_ADDRESS, now=NOW) == timedelta(0)
    assert wait_before_next(Failures(count=30, last_at=NOW), tolerance=BY_ADDRESS, now=NOW) == timedelta(seconds=30)


def test_a_wait_runs_out() -> None:
    failures = Failures(count=5, last_at=NOW)

    assert wait_before_next(failures, tolerance=BY_LOGIN, now=NOW + timedelta(seconds=29)) == timedelta(seconds=1)
    assert wait_before_next(failures, tolerance=BY_LOGIN, now=NOW + timedelta(seconds=30)) == timedelta(0)


def test_an_hour_without_a_failure_forgives_all() -> None:
    failures, later = Failures(count=50, last_at=NOW), NOW + timedelta(hours=1)

    assert wait_before_next(failures, tolerance=BY_LOGIN, now=later) == timedelta(0)
    assert after_failure(failures, tolerance=BY_LOGIN, now=later) == Failures(count=1, last_at=later)
    assert after_failure(failures, tolerance=BY_LOGIN, now=NOW) == Failures(count=51, last_at=NOW)
    assert after_failure(None, tolerance=BY_LOGIN, now=NOW) == Failures(count=1, last_at=NOW)


def test_an_attempt_taken_back_leaves_what_was_before_it() -> None:
    before, later = Failures(count=29, last_at=NOW), NOW + timedelta(minutes=5)

    assert without_one(after_failure(before, tolerance=BY_ADDRESS, now=later), before=before) == before
    assert without_one(after_failure(None, tolerance=BY_ADDRESS, now=NOW), before=None) is None


def test_attempts_taken_back_in_any_order_leave_the_failures_between_them() -> None:
    first = after_failure(None, tolerance=BY_ADDRESS, now=NOW)
    failed = after_failure(first, tolerance=BY_ADDRESS, now=NOW)
    last = after_failure(failed, tolerance=BY_ADDRESS, now=NOW)

    without_first = without_one(last, before=None)

    assert without_first == Failures(count=2, last_at=NOW)
    assert without_one(without_first, before=failed) == Failures(count=1, last_at=NOW)
