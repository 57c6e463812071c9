"""An account is removed: what moves, what is refused, and that a second time changes nothing."""

from datetime import timedelta
from typing import Any

import pytest

from models import enums, tables
from models.enums import AutoRenewalStatus, Job, PaymentStatus, PayPalAccountStatus
from tests.factories import NOW, make_account, make_customer, make_order, make_payment, make_service, store
from tests.integration.use_cases.books import Books
from use_cases.errors import AccountInUse, AccountNotUsable, NotFound, Refusal
from use_cases.remove_paypal_account import Removal, remove_paypal_account

LATER = NOW + timedelta(minutes=1)


class Holder:
    """Mario with three accounts: the first is his default, his PEC renews on it."""

    def __init__(self, **service: Any) -> None:
        self.customer = make_customer()
        self.account = make_account(self.customer, is_default=True)
        self.second, self.third = make_account(self.customer), make_account(self.customer)
        self.service = make_service(self.customer, renews_on=self.account, **service)

    async def begin(self, books: Books) -> "Holder":
        await store(books.database, self.customer, self.account, self.second, self.third, self.service)
        return self

    def removing(self, *, to: tables.PayPalAccount | None = None, now: Any = NOW, **changes: Any) -> dict[str, Any]:
        known = {"customer": self.customer, "account_id": self.account.id, "now": now}
        return known | {"move_renewals_to": to.id if to else None} | changes


async def remove(books: Books, holder: Holder, **how: Any) -> Removal:
    return await books.apply(remove_paypal_account, **holder.removing(**how))


async def refusal(books: Books, holder: Holder, **how: Any) -> Refusal:
    """Return why the removal is refused, having made sure that it has changed nothing and owes nothing."""
    before = await books.snapshot()
    with pytest.raises(Refusal) as refused:
        await remove(books, holder, **how)
    assert (await books.snapshot(), books.owed) == (before, {})
    return refused.value


async def test_the_renewals_move_and_a_second_removal_changes_nothing(books: Books) -> None:
    holder = await Holder().begin(books)

    removal = await remove(books, holder, to=holder.second)
    once, owed = await books.snapshot(), dict(books.owed)
    again = await remove(books, holder, to=holder.second, now=LATER)

    assert [service.id for service in removal.moved] == [holder.service.id]
    assert (again.account.id, again.moved) == (holder.account.id, ())
    assert (await books.snapshot(), books.owed) == (once, owed)
    gone, service = await books.row(holder.account), await books.row(holder.service)
    assert (gone.status, gone.is_default, gone.payment_token) == ("REMOVED", False, holder.account.payment_token)
    assert (service.auto_renewal, service.renewal_account_id) == (AutoRenewalStatus.ON, holder.second.id)
    [consent] = await books.rows(tables.Consent)
    assert (consent.granted, consent.service_id, consent.account_id) == (True, service.id, holder.second.id)
    [email] = await books.rows(tables.Email)
    assert (email.kind, email.facts["account"]) == (enums.EmailKind.RENEWAL_ACTIVATED, holder.second.masked_email)
    assert sorted(job for job, _ in owed.values()) == [Job.FORGET_ACCOUNT, Job.SEND_EMAIL]


@pytest.mark.parametrize(
    ("before", "after"),
    [(AutoRenewalStatus.RETRYING, AutoRenewalStatus.RETRYING), (AutoRenewalStatus.ACCOUNT_LOST, AutoRenewalStatus.ON)],
)
async def test_a_renewal_goes_on_where_it_stood(
    books: Books, before: AutoRenewalStatus, after: AutoRenewalStatus
) -> None:
    holder = await Holder(auto_renewal=before).begin(books)

    await remove(books, holder, to=holder.third)

    service = await books.row(holder.service)
    assert (service.auto_renewal, service.renewal_account_id) == (after, holder.third.id)


async def test_the_oldest_account_that_is_left_becomes_the_default(books: Books) -> None:
    holder = await Holder().begin(books)

    await remove(books, holder, to=holder.third)

    assert [account.is_default for account in await books.rows(tables.PayPalAccount)] == [False, True, False]


async def test_the_default_stays_when_another_account_is_removed(books: Books) -> None:
    holder = await Holder().begin(books)

    await remove(books, holder, account_id=holder.third.id)

    assert [account.is_default for account in await books.rows(tables.PayPalAccount)] == [True, False, False]


@pytest.mark.parametrize(
    "status",
    [AutoRenewalStatus.ON, AutoRenewalStatus.RETRYING, AutoRenewalStatus.PENDING, AutoRenewalStatus.ACCOUNT_LOST],
)
async def test_it_is_refused_while_a_renewal_depends_on_it(books: Books, status: AutoRenewalStatus) -> None:
    holder = await Holder(auto_renewal=status).begin(books)

    refused = await refusal(books, holder)

    assert isinstance(refused, AccountInUse)
    assert [service.id for service in refused.services] == [holder.service.id]


async def test_a_renewal_switched_off_holds_nothing(books: Books) -> None:
    holder = await Holder(auto_renewal=AutoRenewalStatus.OFF).begin(books)

    removal = await remove(books, holder)

    assert (removal.moved, (await books.row(holder.account)).status) == ([], "REMOVED")


@pytest.mark.parametrize("status", PaymentStatus)
async def test_it_is_refused_while_a_payment_on_it_is_under_way(books: Books, status: PaymentStatus) -> None:
    holder = await Holder().begin(books)
    order, *lines = make_order(holder.customer)
    await store(books.database, order, *lines, make_payment(order, account=holder.account, status=status))
    under_way = status in {"PROCESSING", "AWAITING_APPROVAL", "VERIFYING", "PENDING"}

    if under_way:
        refused = await refusal(books, holder, to=holder.second)
        assert isinstance(refused, AccountNotUsable)
        assert (refused.being_charged, refused.account and refused.account.id) == (True, holder.account.id)
    else:
        await remove(books, holder, to=holder.second)
        assert (await books.row(holder.account)).status == "REMOVED"


@pytest.mark.parametrize("status", [PayPalAccountStatus.REVOKED, PayPalAccountStatus.REMOVED])
async def test_the_renewals_move_to_no_account_that_cannot_be_charged(
    books: Books, status: PayPalAccountStatus
) -> None:
    holder = Holder()
    holder.second.status = status
    await holder.begin(books)

    assert isinstance(await refusal(books, holder, to=holder.second), AccountNotUsable)
    assert isinstance(await refusal(books, holder, to=holder.account), AccountNotUsable)


async def test_an_account_of_somebody_else_is_not_found(books: Books) -> None:
    holder, stranger = await Holder().begin(books), await Holder().begin(books)

    as_removed = await refusal(books, holder, account_id=stranger.account.id)
    as_heir = await refusal(books, holder, to=stranger.second)

    assert [(type(each), each.path) for each in (as_removed, as_heir) if isinstance(each, NotFound)] == [
        (NotFound, ("accountId",)),
        (NotFound, ("moveRenewalsTo",)),
    ]


async def test_an_account_that_paypal_is_still_saving_stays(books: Books) -> None:
    holder = Holder()
    holder.third.status, holder.third.payment_token = PayPalAccountStatus.PENDING_APPROVAL, None
    await holder.begin(books)

    assert isinstance(await refusal(books, holder, account_id=holder.third.id), AccountNotUsable)


async def test_an_account_that_is_lost_can_be_removed(books: Books) -> None:
    holder = Holder(auto_renewal=AutoRenewalStatus.OFF)
    holder.account.status, holder.account.is_default = PayPalAccountStatus.REVOKED, False
    await holder.begin(books)

    await remove(books, holder)

    assert (await books.row(holder.account)).status == "REMOVED"
    assert [job for job, _ in books.owed.values()] == [Job.FORGET_ACCOUNT]
