"""Ten years of fifty customers, day by day: nobody is charged twice, unannounced, or after switching off."""

import asyncio
import os
from collections import Counter

import pytest

from tests.years.run import Outcome, live_through
from tests.years.simulation import Plan

SEED = int(os.environ.get("SALDO_TEST_SEED", "1"))
CUSTOMERS = 50


@pytest.fixture(scope="module")
def undisturbed() -> Outcome:
    """Ten years in which the process never dies."""
    return asyncio.run(live_through(Plan(seed=SEED, customers=CUSTOMERS)))


@pytest.mark.timeout(900)
def test_ten_years_without_a_charge_or_a_mail_that_nothing_explains(undisturbed: Outcome) -> None:
    assert undisturbed.findings == []
    assert undisturbed.figures["renewals charged"] > 2 * CUSTOMERS
    assert undisturbed.figures["… that PayPal refused"] > CUSTOMERS


@pytest.mark.timeout(900)
def test_a_process_that_is_killed_again_and_again_keeps_the_same_books(undisturbed: Outcome) -> None:
    killed = asyncio.run(live_through(Plan(seed=SEED, customers=CUSTOMERS, deaths=True)))

    books, undisturbed_books = Counter(killed.ledger), Counter(undisturbed.ledger)
    assert killed.findings == []
    assert list((books - undisturbed_books).elements()) == []
    assert list((undisturbed_books - books).elements()) == []
    assert killed.deaths.total() > 10 * CUSTOMERS


@pytest.mark.timeout(900)
def test_what_was_due_while_nobody_was_there_is_made_up_for_or_told_and_never_charged_unannounced() -> None:
    outcome = asyncio.run(live_through(Plan(seed=SEED, customers=25, days=1800, deaths=True, outages=True)))

    assert outcome.findings == []
    assert outcome.figures["renewals charged"] > 25
