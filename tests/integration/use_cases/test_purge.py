"""What has run its time is deleted, a page at a time; what somebody may still ask for is kept."""

from datetime import datetime, timedelta

import pytest

from models import tables
from models.enums import MutationName, PaymentStatus
from policies.payment_transitions import FINAL
from tests.factories import NOW, make_customer, make_order, make_payment, store
from tests.integration.use_cases.books import Books
from use_cases import purge
from use_cases.purge import purge_idempotency_keys, purge_sessions

A_DAY_AGO = NOW - timedelta(days=1)
A_MOMENT = timedelta(microseconds=1)


def make_session(customer: tables.Customer, token_hash: str, *, expires_at: datetime) -> tables.Session:
    opened_at = expires_at - timedelta(hours=12)
    return tables.Session(
        token_hash=token_hash,
        customer_id=customer.id,
        created_at=opened_at,
        last_seen_at=opened_at,
        expires_at=expires_at,
    )


def make_key(payment: tables.Payment, key: str, *, created_at: datetime) -> tables.IdempotencyKey:
    return tables.IdempotencyKey(
        customer_id=payment.customer_id,
        mutation=MutationName.START_PAYMENT,
        key=key,
        input_hash="0" * 64,
        payment_id=payment.id,
        repeated=False,
        created_at=created_at,
    )


async def payment_that(books: Books, status: PaymentStatus) -> tables.Payment:
    """Store a payment in that state."""
    customer = make_customer()
    order, *lines = make_order(customer)
    payment = make_payment(order, status=status)
    await store(books.database, customer, order, *lines, payment)
    return payment


async def test_sessions_go_a_day_after_their_end(books: Books) -> None:
    customer = make_customer()
    await store(
        books.database,
        customer,
        make_session(customer, "long over", expires_at=A_DAY_AGO - A_MOMENT),
        make_session(customer, "just over", expires_at=A_DAY_AGO),
        make_session(customer, "open", expires_at=NOW + timedelta(hours=1)),
    )

    more = [await books.apply(purge_sessions, now=NOW) for _ in range(2)]

    assert more == [False, False]
    assert [each.token_hash for each in await books.rows(tables.Session)] == ["just over", "open"]


@pytest.mark.parametrize("status", list(PaymentStatus))
async def test_keys_go_after_a_day_unless_their_payment_is_open(books: Books, status: PaymentStatus) -> None:
    payment = await payment_that(books, status)
    await store(
        books.database,
        make_key(payment, "new", created_at=A_DAY_AGO),
        make_key(payment, "old", created_at=A_DAY_AGO - A_MOMENT),
    )

    more = [await books.apply(purge_idempotency_keys, now=NOW) for _ in range(2)]

    assert more == [False, False]
    kept = [each.key for each in await books.rows(tables.IdempotencyKey)]
    assert kept == (["new"] if status in FINAL else ["new", "old"])


async def test_a_purge_takes_a_page_at_a_time(books: Books, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(purge, "PAGE_SIZE", 2)
    payment = await payment_that(books, PaymentStatus.SUCCEEDED)
    long_ago = NOW - timedelta(days=30)
    customer = make_customer()
    await store(
        books.database,
        customer,
        *(make_session(customer, f"session {number}", expires_at=long_ago) for number in range(3)),
        *(make_key(payment, f"key {number}", created_at=long_ago) for number in range(3)),
    )

    sessions = [await books.apply(purge_sessions, now=NOW) for _ in range(2)]
    keys = [await books.apply(purge_idempotency_keys, now=NOW) for _ in range(2)]

    assert (sessions, keys) == ([True, False], [True, False])
    assert (await books.rows(tables.Session), await books.rows(tables.IdempotencyKey)) == ([], [])
