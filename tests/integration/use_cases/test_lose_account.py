"""An account that PayPal will never charge again: what goes with it, and who is told."""

from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from models import enums, tables
from models.enums import AutoRenewalStatus, PayPalAccountStatus
from tests.factories import NOW, make_account, make_customer, make_service, store
from tests.integration.use_cases.books import Books
from use_cases.lose_account import lose_account

LATER = NOW + timedelta(minutes=1)


async def emails(books: Books) -> list[tables.Email]:
    """Return the mails owed, and see that each has its work."""
    async with books.database.read() as session:
        found = list((await session.exec(select(tables.Email))).all())
    assert set(books.owed) == {f"email-{email.id}" for email in found}
    return found


async def test_losing_an_account_twice_tells_the_customer_once_and_names_what_depended_on_it(books: Books) -> None:
    customer = make_customer()
    lost, other = make_account(customer, is_default=True), make_account(customer)
    on = make_service(customer, renews_on=lost)
    pending = make_service(customer, renews_on=lost, auto_renewal=AutoRenewalStatus.PENDING)
    retrying = make_service(customer, renews_on=lost, auto_renewal=AutoRenewalStatus.RETRYING)
    elsewhere, off = make_service(customer, renews_on=other), make_service(customer)
    await store(books.database, customer, lost, other, on, pending, retrying, elsewhere, off)

    await books.apply(lose_account, account_id=lost.id, now=NOW)
    once = await books.snapshot()
    await books.apply(lose_account, account_id=lost.id, now=LATER)

    assert await books.snapshot() == once
    account = await books.row(lost)
    assert (account.status, account.is_default) == (PayPalAccountStatus.REVOKED, False)
    assert (await books.row(other)).is_default
    assert [(await books.row(each)).auto_renewal for each in (on, pending, retrying, elsewhere, off)] == [
        *[AutoRenewalStatus.ACCOUNT_LOST] * 3,
        AutoRenewalStatus.ON,
        AutoRenewalStatus.OFF,
    ]
    [email] = await emails(books)
    assert (email.kind, email.recipient, email.payment_id) == (enums.EmailKind.ACCOUNT_LOST, customer.email, None)
    assert email.facts["account"] == lost.masked_email
    assert sorted(email.facts["services"]) == sorted(each.label for each in (on, pending, retrying))


async def test_nobody_is_told_of_an_account_that_renewed_nothing(books: Books) -> None:
    customer = make_customer()
    lost = make_account(customer)
    bystander = make_service(customer, auto_renewal=AutoRenewalStatus.OFF, renewal_account_id=lost.id)
    await store(books.database, customer, lost, bystander)

    await books.apply(lose_account, account_id=lost.id, now=NOW)

    assert (await books.row(lost)).status is PayPalAccountStatus.REVOKED
    assert (await books.row(bystander)).auto_renewal is AutoRenewalStatus.OFF
    assert await emails(books) == []


async def test_an_account_registered_again_and_lost_again_is_told_again(books: Books) -> None:
    customer = make_customer()
    lost = make_account(customer)
    service = make_service(customer, renews_on=lost)
    await store(books.database, customer, lost, service)
    await books.apply(lose_account, account_id=lost.id, now=NOW)
    await books.apply(register_again, account_id=lost.id, service_id=service.id)

    await books.apply(lose_account, account_id=lost.id, now=LATER)

    assert len(await emails(books)) == 2


async def register_again(session: Any, *, account_id: str, service_id: str) -> None:
    (await session.get_one(tables.PayPalAccount, account_id)).status = PayPalAccountStatus.ACTIVE
    (await session.get_one(tables.Service, service_id)).auto_renewal = AutoRenewalStatus.ON


@pytest.mark.parametrize(
    "status", [PayPalAccountStatus.REMOVED, PayPalAccountStatus.REVOKED, PayPalAccountStatus.PENDING_APPROVAL]
)
async def test_an_account_that_is_not_in_use_stays_as_it_is(books: Books, status: PayPalAccountStatus) -> None:
    customer = make_customer()
    account = make_account(customer, status=status)
    await store(books.database, customer, account, make_service(customer, renews_on=account))
    before = await books.snapshot()

    await books.apply(lose_account, account_id=account.id, now=NOW)

    assert await books.snapshot() == before
