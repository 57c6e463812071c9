"""The feed: one look for all who watch, the newest state for each, and nothing while nobody watches."""

import asyncio
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from models import enums, ids, tables
from models.database import Database
from tests.databases import fresh_database
from tests.factories import NOW, make_customer, make_event, make_order, make_payment, store
from tests.statements import count_statements
from use_cases.await_payment import await_payment
from use_cases.cancel_payment import give_up_payment
from use_cases.payment_feed import FeedLimits, PaymentFeed, Proof, Seat, SessionOver, TooManyWatches
from use_cases.payment_states import move_payment
from use_cases.sign_in import SessionLimits, digest

Status = enums.PaymentStatus
OFTEN, NEVER = timedelta(milliseconds=5), timedelta(hours=1)
SOON = 5.0
SESSIONS = SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=12))
MARIO = make_customer()
TOKEN = "the-value-of-a-cookie"
SEAT = Seat(customer_id=MARIO.id, proof=Proof(token=TOKEN))


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(tmp_path) as database:
        opened = tables.Session(
            token_hash=digest(TOKEN), customer_id=MARIO.id, created_at=NOW, last_seen_at=NOW, expires_at=NOW + NEVER
        )
        await store(database, make_customer(id=MARIO.id), opened)
        yield database


def feed_of(
    database: Database,
    *,
    pause: timedelta = OFTEN,
    per_customer: int = 100,
    clock: Callable[[], datetime] = lambda: NOW,
) -> PaymentFeed:
    limits = FeedLimits(pause=pause, per_customer=per_customer)
    return PaymentFeed(database, clock=clock, sessions=SESSIONS, limits=limits)


async def stored_payment(database: Database, status: enums.PaymentStatus = Status.AWAITING_APPROVAL) -> str:
    order, *lines = make_order(MARIO)
    payment = make_payment(order, status=status)
    payment_id = payment.id
    await store(database, order, *lines, payment, make_event(payment))
    return payment_id


async def give_up(database: Database, payment_id: str) -> None:
    async with database.write() as session:
        payment = await session.get_one(tables.Payment, payment_id)
        await give_up_payment(session, payment, source=enums.EventSource.CUSTOMER, now=NOW)


async def settled(feed: PaymentFeed) -> None:
    """Wait until the feed has stopped looking."""
    assert feed.looking is not None
    await asyncio.wait_for(asyncio.wait({feed.looking}), SOON)


@pytest.mark.parametrize("watched", [1, 25])
async def test_one_statement_looks_for_all_and_one_more_loads_what_has_changed(
    database: Database, watched: int
) -> None:
    feed = feed_of(database, pause=NEVER)
    payment_ids = [await stored_payment(database) for _ in range(watched)]

    with count_statements(database) as first_look:
        async with asyncio.TaskGroup() as group:
            for payment_id in payment_ids:
                group.create_task(first_sight(feed, payment_id))
        await settled(feed)
    with count_statements(database) as nobody_watches:
        await asyncio.sleep(0.05)

    assert (len(first_look), nobody_watches) == (2, [])
    assert feed.watches == set()


async def first_sight(feed: PaymentFeed, payment_id: str) -> None:
    async with feed.subscribe(payment_id, SEAT) as watch:
        assert (await anext(watch)).id == payment_id


async def test_looking_without_a_change_is_one_statement_each_time(database: Database) -> None:
    feed, payment_id = feed_of(database), await stored_payment(database)

    async with feed.subscribe(payment_id, SEAT) as watch:
        await anext(watch)
        with count_statements(database) as statements:
            async with asyncio.timeout(SOON):
                await seen(statements, times=6)

    assert len(set(statements)) == 1


async def seen(statements: list[str], *, times: int) -> None:
    """Wait until there are so many statements."""
    for _ in range(10_000):
        if len(statements) >= times:
            return
        await asyncio.sleep(0.001)


async def test_a_change_made_here_is_shown_without_waiting_for_the_next_look(database: Database) -> None:
    feed, payment_id = feed_of(database, pause=NEVER), await stored_payment(database)

    async with feed.subscribe(payment_id, SEAT) as watch, asyncio.timeout(SOON):
        await anext(watch)
        await give_up(database, payment_id)
        shown = [payment.status async for payment in watch]

    assert shown == [Status.CANCELED]


async def test_a_change_made_elsewhere_is_shown_at_the_next_look(database: Database) -> None:
    feed, payment_id = feed_of(database), await stored_payment(database)
    elsewhere = Database(database.url)

    async with feed.subscribe(payment_id, SEAT) as watch, asyncio.timeout(SOON):
        await anext(watch)
        await give_up(elsewhere, payment_id)
        shown = [payment.status async for payment in watch]

    assert shown == [Status.CANCELED]
    await elsewhere.close()


async def test_who_does_not_look_finds_the_newest_state_alone(database: Database) -> None:
    feed, payment_id = feed_of(database), await stored_payment(database, Status.VERIFYING)
    back_and_forth = [Status.PROCESSING, Status.VERIFYING] * 10 + [Status.PENDING]

    async with feed.subscribe(payment_id, SEAT) as sleepy, feed.subscribe(payment_id, SEAT) as busy:
        for status in back_and_forth:
            await anext(busy)
            async with database.write() as session:
                payment = await session.get_one(tables.Payment, payment_id)
                await move_payment(session, payment, to=status, source=enums.EventSource.RECONCILER, now=NOW)
        await anext(busy)
        shown = (await anext(sleepy)).status
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(anext(sleepy), 0.05)

    assert shown == Status.PENDING


async def test_a_look_that_fails_is_met_by_everybody_and_the_next_who_comes_is_served(database: Database) -> None:
    feed, payment_id = feed_of(database), await stored_payment(database)

    async with feed.subscribe(payment_id, SEAT) as one, feed.subscribe(payment_id, SEAT) as two:
        await anext(one), await anext(two)
        await rename(database, "payments", to="payments_away")
        for watch in (one, two):
            with pytest.raises(OperationalError):
                await asyncio.wait_for(anext(watch), SOON)
    await rename(database, "payments_away", to="payments")

    await first_sight(feed, payment_id)
    await settled(feed)


async def rename(database: Database, table: str, *, to: str) -> None:
    async with database.write() as session:
        await session.execute(text(f'ALTER TABLE "{table}" RENAME TO "{to}"'))


async def test_one_more_than_allowed_is_refused_and_those_who_only_wait_do_not_count(database: Database) -> None:
    feed, payment_id = feed_of(database, per_customer=1), await stored_payment(database)

    async with feed.watch(payment_id, pause=OFTEN), feed.subscribe(payment_id, SEAT):
        with pytest.raises(TooManyWatches):
            async with feed.subscribe(payment_id, SEAT):
                pass
        assert len(feed.watches) == 2


async def test_a_bearer_token_is_a_seat_until_it_expires(database: Database) -> None:
    payment_id = await stored_payment(database)
    instants = iter([NOW, NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)])
    latest = [NOW]

    def clock() -> datetime:
        latest.append(next(instants, latest[-1]))
        return latest[-1]

    feed = feed_of(database, clock=clock)
    seat = Seat(customer_id=MARIO.id, proof=Proof(good_until=NOW + timedelta(seconds=60)))

    async with feed.subscribe(payment_id, seat) as watch:
        assert (await anext(watch)).id == payment_id
        with pytest.raises(SessionOver):
            await asyncio.wait_for(anext(watch), SOON)

    assert latest[1:4] == [NOW, NOW + timedelta(seconds=59), NOW + timedelta(seconds=60)]


async def test_without_any_proof_nobody_has_a_seat(database: Database) -> None:
    feed, payment_id = feed_of(database), await stored_payment(database)

    async with feed.subscribe(payment_id, Seat(customer_id=MARIO.id, proof=Proof())) as watch:
        with pytest.raises(SessionOver):
            await asyncio.wait_for(anext(watch), SOON)


@pytest.mark.parametrize("patience", [0.0, 0.05])
async def test_waiting_ends_with_patience_and_leaves_nobody_watching(database: Database, patience: float) -> None:
    feed, payment_id = feed_of(database), await stored_payment(database, Status.PROCESSING)

    payment = await await_payment(
        feed, payment_id=payment_id, busy={Status.PROCESSING}, patience=timedelta(seconds=patience)
    )

    assert (payment.id, payment.status, feed.watches) == (payment_id, Status.PROCESSING, set())
    assert payment.id.startswith(ids.PAYMENT)
