"""The database file: one process at a time, writers one after the other, nothing left by a refusal."""

import asyncio
import sqlite3
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from sqlmodel import select

from models import tables
from models.database import Database, DatabaseInUseError
from tests.databases import fresh_database
from tests.factories import make_customer, store
from tests.harness.simulator import ROOT

LONG = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000) SELECT max(i) FROM n"
HOLD = "from models.database import Database; import sys; Database(sys.argv[1]).hold_file()"


async def test_a_second_process_cannot_take_the_database_file(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path}/saldo.db")
    await database.hold()

    second = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLD, database.url, cwd=ROOT, stderr=subprocess.PIPE
    )
    _, complaint = await second.communicate()

    assert b"DatabaseInUseError: another process uses" in complaint
    await database.close()


async def test_the_file_is_free_again_after_closing(tmp_path: Path) -> None:
    first, second = (Database(f"sqlite+aiosqlite:///{tmp_path}/saldo.db") for _ in range(2))
    await first.hold()

    with pytest.raises(DatabaseInUseError):
        await second.hold()
    await first.close()
    await second.hold()

    await second.close()


async def test_fifty_concurrent_writers_lose_no_update(tmp_path: Path) -> None:
    async with fresh_database(tmp_path) as database:
        customer = make_customer(city="0")
        await store(database, customer)

        async def increment() -> None:
            async with database.write() as session:
                row = await session.get_one(tables.Customer, customer.id)
                await asyncio.sleep(0)
                row.city = str(int(row.city) + 1)

        await asyncio.gather(*(increment() for _ in range(50)))

        async with database.read() as session:
            assert (await session.get_one(tables.Customer, customer.id)).city == "50"


async def test_a_writer_cancelled_in_the_middle_keeps_no_lock_though_its_end_is_remembered(tmp_path: Path) -> None:
    async with fresh_database(tmp_path) as database:

        async def write() -> None:
            async with database.write() as session:
                await session.connection()
                begun.set()
                await session.scalar(text(LONG))

        begun = asyncio.Event()
        writing = asyncio.create_task(write())
        await begun.wait()
        await asyncio.sleep(0.02)
        writing.cancel()
        with pytest.raises(asyncio.CancelledError) as remembered:
            await writing
        another = sqlite3.connect(tmp_path / "saldo.db", isolation_level=None, timeout=1)
        another.execute("BEGIN IMMEDIATE")

        assert remembered.value.__traceback__ is not None
        another.close()


async def test_an_exception_rolls_back_and_its_rows_stay_readable(tmp_path: Path) -> None:
    async with fresh_database(tmp_path) as database:
        customer = make_customer()
        await store(database, customer)

        async def add_another_and_fail() -> None:
            async with database.write() as session:
                known = (await session.exec(select(tables.Customer))).one()
                session.add(make_customer())
                await session.flush()
                raise LookupError(known)

        with pytest.raises(LookupError) as failure:
            await add_another_and_fail()

        assert failure.value.args[0].username == customer.username
        async with database.read() as session:
            assert len((await session.exec(select(tables.Customer))).all()) == 1


async def test_a_change_is_announced_once_after_the_commit_and_not_at_all_after_a_rollback(tmp_path: Path) -> None:
    async with fresh_database(tmp_path) as database:
        heard: list[set[str]] = []
        database.on_change(lambda payment_ids: heard.append(set(payment_ids)))

        async with database.write() as session:
            session.announce("pay_1")
            session.announce("pay_2")
            session.announce("pay_1")
            early = list(heard)
        with suppress(ZeroDivisionError):
            async with database.write() as session:
                session.announce("pay_3")
                raise ZeroDivisionError
        async with database.write():
            pass

        assert (early, heard) == ([], [{"pay_1", "pay_2"}])


async def test_an_error_of_the_database_does_not_show_whose_row_it_was(tmp_path: Path) -> None:
    async with fresh_database(tmp_path) as database:
        customer = make_customer()
        await store(database, customer)

        with pytest.raises(IntegrityError) as refused:
            await store(database, make_customer(username=customer.username))

    assert "UNIQUE constraint failed: customers.username" in str(refused.value)
    assert customer.username not in str(refused.value)
    assert "@" not in str(refused.value)
