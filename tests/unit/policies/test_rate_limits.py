"""A budget is spent within its window, refused past it, and whole again afterwards."""

from datetime import timedelta

from policies.rate_limits import Account, Allowance, Charge, charge, remaining
from tests.factories import NOW

ALLOWANCE = Allowance(points=100, window=timedelta(minutes=1))
END = NOW + ALLOWANCE.window


def test_the_first_operation_opens_a_window() -> None:
    assert charge(None, cost=30, allowance=ALLOWANCE, now=NOW) == Charge(
        account=Account(spent=30, resets_at=END), accepted=True
    )


def test_the_last_point_may_be_spent_and_not_one_more() -> None:
    account = Account(spent=70, resets_at=END)

    assert charge(account, cost=30, allowance=ALLOWANCE, now=NOW).accepted
    assert charge(account, cost=31, allowance=ALLOWANCE, now=NOW) == Charge(account=account, accepted=False)


def test_a_window_that_has_ended_is_forgotten() -> None:
    account = Account(spent=100, resets_at=END)

    assert not charge(account, cost=1, allowance=ALLOWANCE, now=END - timedelta(microseconds=1)).accepted
    assert charge(account, cost=1, allowance=ALLOWANCE, now=END).account == Account(
        spent=1, resets_at=END + ALLOWANCE.window
    )


def test_what_remains_is_told_without_spending() -> None:
    account = Account(spent=40, resets_at=END)

    assert remaining(account, allowance=ALLOWANCE, now=NOW) == account
    assert remaining(account, allowance=ALLOWANCE, now=END) == Account(spent=0, resets_at=END + ALLOWANCE.window)
