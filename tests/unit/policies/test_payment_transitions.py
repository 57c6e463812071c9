"""Which state of a payment may follow which."""

import re
from pathlib import Path

import pytest

from models.enums import PaymentStatus
from policies.payment_transitions import (
    CANCELABLE,
    CONFIRMABLE,
    FINAL,
    INITIAL,
    OPEN,
    SELECTABLE,
    TRANSITIONS,
    diagram,
    may_follow,
)

PAGE = Path(__file__).parents[3] / "docs" / "payment-states.md"


def reachable(start: PaymentStatus) -> set[PaymentStatus]:
    """Walk the table from one state; that state itself counts."""
    found, frontier = {start}, {start}
    while frontier:
        frontier = {new for old in frontier for new in TRANSITIONS[old]} - found
        found |= frontier
    return found


def test_every_payment_status_has_a_row() -> None:
    assert set(TRANSITIONS) == set(PaymentStatus)


def test_every_state_is_reached_from_the_first_one() -> None:
    assert reachable(INITIAL) == set(PaymentStatus)


def test_four_states_are_final_and_only_a_late_success_follows_them() -> None:
    followers = {old: {new for new in PaymentStatus if may_follow(old=old, new=new)} for old in FINAL}

    assert sorted(FINAL) == ["CANCELED", "EXPIRED", "FAILED", "SUCCEEDED"]
    assert set(PaymentStatus) - FINAL == OPEN
    assert followers == {
        PaymentStatus.SUCCEEDED: set(),
        PaymentStatus.FAILED: {PaymentStatus.SUCCEEDED},
        PaymentStatus.CANCELED: {PaymentStatus.SUCCEEDED},
        PaymentStatus.EXPIRED: {PaymentStatus.SUCCEEDED},
    }


@pytest.mark.parametrize("status", sorted(OPEN))
def test_every_open_state_can_come_to_an_end(status: PaymentStatus) -> None:
    assert reachable(status) & FINAL


@pytest.mark.parametrize("status", PaymentStatus)
def test_staying_is_no_move(status: PaymentStatus) -> None:
    assert not may_follow(old=status, new=status)


def test_money_that_was_taken_is_never_ignored_whatever_the_state() -> None:
    before = {old for old in PaymentStatus if may_follow(old=old, new=PaymentStatus.SUCCEEDED)}

    assert before == set(PaymentStatus) - {PaymentStatus.SUCCEEDED}


def test_only_who_asked_paypal_can_wait_for_its_decision() -> None:
    asked = {old for old in PaymentStatus if may_follow(old=old, new=PaymentStatus.PENDING)}

    assert asked == {PaymentStatus.PROCESSING, PaymentStatus.VERIFYING}


@pytest.mark.parametrize("status", [PaymentStatus.PROCESSING, PaymentStatus.VERIFYING, PaymentStatus.PENDING])
def test_a_payment_that_may_have_taken_money_cannot_be_given_up(status: PaymentStatus) -> None:
    assert not may_follow(old=status, new=PaymentStatus.CANCELED)
    assert status not in CANCELABLE


def test_what_may_be_done_agrees_with_the_table() -> None:
    assert {old for old in PaymentStatus if may_follow(old=old, new=PaymentStatus.CANCELED)} == CANCELABLE
    assert {old for old in PaymentStatus if may_follow(old=old, new=PaymentStatus.PROCESSING)} >= CONFIRMABLE
    assert sorted(SELECTABLE) == ["AWAITING_ACCOUNT", "AWAITING_CONFIRMATION"]
    assert sorted(CONFIRMABLE) == ["AWAITING_CONFIRMATION"]


@pytest.mark.parametrize(
    ("old", "new", "allowed"),
    [
        (PaymentStatus.AWAITING_ACCOUNT, PaymentStatus.PROCESSING, False),
        (PaymentStatus.AWAITING_CONFIRMATION, PaymentStatus.PROCESSING, True),
        (PaymentStatus.AWAITING_CONFIRMATION, PaymentStatus.AWAITING_ACCOUNT, True),
        (PaymentStatus.PROCESSING, PaymentStatus.AWAITING_CONFIRMATION, True),
        (PaymentStatus.PROCESSING, PaymentStatus.CANCELED, False),
        (PaymentStatus.AWAITING_APPROVAL, PaymentStatus.SUCCEEDED, True),
        (PaymentStatus.AWAITING_APPROVAL, PaymentStatus.EXPIRED, True),
        (PaymentStatus.VERIFYING, PaymentStatus.PROCESSING, True),
        (PaymentStatus.PENDING, PaymentStatus.PROCESSING, False),
        (PaymentStatus.PENDING, PaymentStatus.FAILED, True),
        (PaymentStatus.FAILED, PaymentStatus.SUCCEEDED, True),
        (PaymentStatus.FAILED, PaymentStatus.PROCESSING, False),
        (PaymentStatus.CANCELED, PaymentStatus.AWAITING_CONFIRMATION, False),
        (PaymentStatus.SUCCEEDED, PaymentStatus.FAILED, False),
    ],
)
def test_the_table_says_who_may_follow_whom(old: PaymentStatus, new: PaymentStatus, allowed: bool) -> None:
    assert may_follow(old=old, new=new) is allowed


def test_the_diagram_shows_every_move_once() -> None:
    moves = re.findall(r"^    (\w+) --> (\w+)$", diagram(), re.MULTILINE)

    assert len(moves) == len(set(moves))
    assert set(moves) == {(str(old), str(new)) for old, followers in TRANSITIONS.items() for new in followers}


def test_the_page_shows_the_diagram_of_the_table() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert re.findall(r"```mermaid\n(.*?)```", page, re.DOTALL) == [diagram()]
