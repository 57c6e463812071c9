"""A removed account is forgotten at PayPal and then here, in whatever order things happen."""

from datetime import timedelta
from typing import Any

import pytest

from gateways.paypal.errors import PayPalFailure
from models.enums import AutoRenewalStatus, Job, PayPalAccountStatus, ProviderFailureKind
from policies.watching import Backoff
from tests.factories import NOW, make_account, make_customer, make_service, store
from tests.integration.use_cases.books import Books
from use_cases.forget_account import read_forgotten, record_forgotten
from use_cases.recover_lost_work import Waiting, find_waiting

LATER = NOW + timedelta(minutes=1)
BACKOFF = Backoff(first=timedelta(seconds=20), ceiling=timedelta(hours=1))
REMOVED = PayPalAccountStatus.REMOVED


async def account_in(books: Books, status: PayPalAccountStatus, **values: Any) -> Any:
    customer = make_customer()
    account = make_account(customer, status=status, **values)
    await store(books.database, customer, account)
    return account


def recording(account: Any, *, failure: ProviderFailureKind | None = None, **changes: Any) -> dict[str, Any]:
    failed = PayPalFailure(kind=failure) if failure else None
    return {"account_id": account.id, "failure": failed, "tries": 0, "backoff": BACKOFF, "now": NOW} | changes


@pytest.mark.parametrize("status", PayPalAccountStatus)
async def test_only_a_removed_account_is_forgotten(books: Books, status: PayPalAccountStatus) -> None:
    account = await account_in(books, status)

    expected = account.payment_token if status is REMOVED else None
    assert await books.apply(read_forgotten, account_id=account.id) == expected


async def test_the_token_goes_once_paypal_has_forgotten_it(books: Books) -> None:
    account = await account_in(books, REMOVED)

    await books.apply(record_forgotten, **recording(account))
    once = await books.snapshot()
    await books.apply(record_forgotten, **recording(account, now=LATER))

    assert (await books.snapshot(), books.owed) == (once, {})
    assert (await books.row(account)).payment_token is None
    assert await books.apply(read_forgotten, account_id=account.id) is None


@pytest.mark.parametrize("kind", [ProviderFailureKind.UNAVAILABLE, ProviderFailureKind.MERCHANT_MISCONFIGURED])
@pytest.mark.parametrize(("tries", "pause"), [(0, timedelta(seconds=20)), (30, timedelta(hours=1))])
async def test_until_then_it_is_tried_again_for_as_long_as_it_takes(
    books: Books, kind: ProviderFailureKind, tries: int, pause: timedelta
) -> None:
    account = await account_in(books, REMOVED)

    for _ in range(2):
        await books.apply(record_forgotten, **recording(account, failure=kind, tries=tries))

    [(key, owed)] = books.owed.items()
    assert (owed, books.told[key]) == ((Job.FORGET_ACCOUNT, pause), (account.id, tries + 1))
    assert (await books.row(account)).payment_token == account.payment_token


async def test_registered_again_meanwhile_the_account_is_lost_with_its_token(books: Books) -> None:
    account = await account_in(books, PayPalAccountStatus.ACTIVE)
    customer = make_customer()
    service = make_service(customer, renews_on=account)
    await store(books.database, customer, service)

    await books.apply(record_forgotten, **recording(account))
    once = await books.snapshot()
    await books.apply(record_forgotten, **recording(account, now=LATER))

    assert await books.snapshot() == once
    assert (await books.row(account)).status is PayPalAccountStatus.REVOKED
    assert (await books.row(service)).auto_renewal is AutoRenewalStatus.ACCOUNT_LOST


async def test_registered_again_after_a_failure_it_is_left_alone(books: Books) -> None:
    account = await account_in(books, PayPalAccountStatus.ACTIVE)
    before = await books.snapshot()

    await books.apply(record_forgotten, **recording(account, failure=ProviderFailureKind.UNAVAILABLE))

    assert (await books.snapshot(), books.owed) == (before, {})


async def test_the_sweep_finds_what_paypal_has_not_forgotten(books: Books) -> None:
    removed = await account_in(books, REMOVED)
    await account_in(books, REMOVED, payment_token=None)
    await account_in(books, PayPalAccountStatus.REVOKED)

    found = await books.apply(find_waiting, before=NOW)

    assert found == [Waiting(job=Job.FORGET_ACCOUNT, key=f"forget-{removed.id}", arguments=(removed.id,))]
