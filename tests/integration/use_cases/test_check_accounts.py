"""Accounts that renewals will charge are asked about at PayPal, each in its turn, and by index alone."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from models import tables
from models.enums import AutoRenewalStatus, Job, PayPalAccountStatus
from tests.factories import NOW, TODAY, make_account, make_customer, make_service, store
from tests.integration.use_cases.books import Books
from use_cases import check_accounts
from use_cases.check_accounts import owe_account_checks, read_checked, record_check
from use_cases.set_auto_renewal import set_auto_renewal

EVERY = timedelta(days=30)
TOMORROW, NEXT_TURN = TODAY + timedelta(days=1), TODAY + EVERY


async def account_with(
    books: Books, *, renewal: AutoRenewalStatus | None = AutoRenewalStatus.ON, **values: Any
) -> tables.PayPalAccount:
    """Store an account whose check is due, and a service that renews on it."""
    customer = make_customer()
    account = make_account(customer, **{"check_on": TODAY} | values)
    await store(books.database, customer, account)
    if renewal is not None:
        await store(books.database, make_service(customer, renews_on=account, auto_renewal=renewal))
    return account


async def check_day(books: Books, account: tables.PayPalAccount) -> date:
    found: date = (await books.row(account)).check_on
    return found


def owing(**changes: Any) -> dict[str, Any]:
    return {"every": EVERY, "now": NOW} | changes


def recording(account: tables.PayPalAccount, **changes: Any) -> dict[str, Any]:
    return {"account_id": account.id, "is_open": False, "is_gone": False, "every": EVERY, "now": NOW} | changes


async def test_a_check_that_is_due_is_owed_once(books: Books) -> None:
    account = await account_with(books)

    more = [await books.apply(owe_account_checks, **owing()) for _ in range(2)]

    assert more == [False, False]
    assert books.owed == {f"check-{account.id}-{TODAY}": (Job.CHECK_ACCOUNT, None)}
    assert await check_day(books, account) == TOMORROW


@pytest.mark.parametrize("renewal", [None, AutoRenewalStatus.OFF, AutoRenewalStatus.ACCOUNT_LOST])
async def test_an_account_that_no_renewal_depends_on_is_passed_over(
    books: Books, renewal: AutoRenewalStatus | None
) -> None:
    account = await account_with(books, renewal=renewal)

    await books.apply(owe_account_checks, **owing())

    assert (books.owed, await check_day(books, account)) == ({}, NEXT_TURN)


@pytest.mark.parametrize(
    "values",
    [{"check_on": TOMORROW}, {"status": PayPalAccountStatus.REVOKED}, {"status": PayPalAccountStatus.REMOVED}],
)
async def test_an_account_that_is_not_due_or_cannot_be_charged_is_not_looked_at(
    books: Books, values: dict[str, Any]
) -> None:
    await account_with(books, **values)
    before = await books.snapshot()

    await books.apply(owe_account_checks, **owing())

    assert (books.owed, await books.snapshot()) == ({}, before)


async def test_a_full_page_says_that_there_may_be_more(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(check_accounts, "PAGE_SIZE", 2)
    for _ in range(3):
        await account_with(books)

    assert [await books.apply(owe_account_checks, **owing()) for _ in range(2)] == [True, False]
    assert len(books.owed) == 3


async def test_an_account_that_paypal_has_comes_up_again_at_its_next_turn(books: Books) -> None:
    account = await account_with(books)

    for _ in range(2):
        await books.apply(record_check, **recording(account))

    assert (await check_day(books, account), books.owed) == (NEXT_TURN, {})


async def test_an_account_that_paypal_no_longer_has_is_lost_and_told_of_once(books: Books) -> None:
    account = await account_with(books)

    await books.apply(record_check, **recording(account, is_gone=True))
    once = await books.snapshot()
    await books.apply(record_check, **recording(account, is_gone=True))

    assert await books.snapshot() == once
    assert (await books.row(account)).status is PayPalAccountStatus.REVOKED
    assert [job for job, _ in books.owed.values()] == [Job.SEND_EMAIL]


async def test_while_paypal_does_not_answer_the_check_stays_due(books: Books) -> None:
    account = await account_with(books, check_on=TOMORROW)

    await books.apply(record_check, **recording(account, is_open=True))

    assert (await check_day(books, account), (await books.row(account)).status) == (TOMORROW, "ACTIVE")


@pytest.mark.parametrize("status", PayPalAccountStatus)
async def test_only_an_account_that_can_be_charged_is_asked_about(books: Books, status: PayPalAccountStatus) -> None:
    account = await account_with(books, status=status)

    expected = account.payment_token if status is PayPalAccountStatus.ACTIVE else None
    assert await books.apply(read_checked, account_id=account.id) == expected


async def test_a_renewal_that_goes_on_has_its_account_checked_at_the_next_round(books: Books) -> None:
    account = await account_with(books, renewal=None, check_on=NEXT_TURN)
    [customer] = await books.rows(tables.Customer)
    service = make_service(customer)
    await store(books.database, service)
    switching = {"service_id": service.id, "enabled": True, "account_id": account.id, "payment_id": None}

    await books.apply(set_auto_renewal, customer=customer, **switching, guard=None, now=NOW)

    assert await check_day(books, account) == TODAY


async def test_due_accounts_are_found_by_index(books: Books) -> None:
    query = (
        "EXPLAIN QUERY PLAN SELECT * FROM paypal_accounts WHERE status = 'ACTIVE' AND check_on <= '2025-03-08' "
        "ORDER BY check_on, id LIMIT 200"
    )
    async with books.database.read() as session:
        plan = " ".join(row.detail for row in (await session.execute(text(query))).all())

    assert plan == "SEARCH paypal_accounts USING INDEX ix_paypal_accounts_check_on (check_on<?)"
