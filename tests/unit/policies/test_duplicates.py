"""What to do when PayPal says that it has seen a payment of this order."""

from itertools import product

import pytest

from models.enums import OrderStatus, ProviderFailureKind
from policies.duplicates import MAX_INVOICES, Finding, NextStep, after_duplicate, found
from policies.payment_outcomes import Verdict

UNPAID = OrderStatus.AWAITING_PAYMENT


@pytest.mark.parametrize(
    ("verdict", "finding"),
    [
        (Verdict.PAID, Finding.PAID),
        (Verdict.NOT_CAPTURED, Finding.UNPAID),
        (Verdict.DECLINED, Finding.UNPAID),
        (Verdict.GIVEN_BACK, Finding.UNPAID),
        (Verdict.HELD, Finding.UNKNOWN),
        (Verdict.SUSPICIOUS, Finding.UNKNOWN),
    ],
)
def test_the_word_of_paypal_decides_what_an_attempt_amounts_to(verdict: Verdict, finding: Finding) -> None:
    assert found(verdict, failure=None, in_the_books=False) is finding


@pytest.mark.parametrize("kind", ProviderFailureKind)
def test_only_an_order_that_paypal_does_not_know_proves_that_nothing_was_taken(kind: ProviderFailureKind) -> None:
    lapsed = kind is ProviderFailureKind.RESOURCE_MISSING

    assert found(None, failure=kind, in_the_books=False) is (Finding.UNPAID if lapsed else Finding.UNKNOWN)


@pytest.mark.parametrize("verdict", [None, *Verdict])
def test_money_in_the_books_is_not_found_again(verdict: Verdict | None) -> None:
    assert found(verdict, failure=None, in_the_books=True) is Finding.UNPAID


@pytest.mark.parametrize("findings", [*product(Finding, repeat=2), ()])
@pytest.mark.parametrize("status", [OrderStatus.PAID, OrderStatus.ACTIVATED])
def test_nothing_more_is_tried_for_a_paid_order(findings: tuple[Finding, ...], status: OrderStatus) -> None:
    assert after_duplicate(findings, order=status, tries=1) is NextStep.STOP


def test_money_that_could_not_pay_the_order_stops_the_payment_too() -> None:
    assert after_duplicate([Finding.UNKNOWN, Finding.PAID], order=UNPAID, tries=1) is NextStep.STOP


def test_while_one_attempt_is_unknown_nobody_pays() -> None:
    assert after_duplicate([Finding.UNPAID, Finding.UNKNOWN], order=UNPAID, tries=1) is NextStep.WAIT


@pytest.mark.parametrize("findings", [[], [Finding.UNPAID], [Finding.UNPAID] * 3])
def test_proved_unpaid_another_invoice_is_tried_a_few_times(findings: list[Finding]) -> None:
    steps = [after_duplicate(findings, order=UNPAID, tries=tries) for tries in range(1, MAX_INVOICES + 1)]

    assert steps == [NextStep.ANOTHER_INVOICE, NextStep.ANOTHER_INVOICE, NextStep.GIVE_UP]
