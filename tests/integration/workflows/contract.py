"""One small job and two lives of its process: what the real engine makes of them, the stepping one must make too.

As a program, `python -m tests.integration.workflows.contract DIRECTORY first|second`, it lives one of them with DBOS;
the first one ends with no farewell.
"""

import asyncio
import os
import sys
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.main import create_runtime
from app.old_sqlite import teach_subsec
from app.settings import Settings
from gateways.paypal.breaker import Breaker
from models.database import Database, Session
from models.enums import Job
from workflows import engine
from workflows.engine import ask, transact

JOB = Job.ADVANCE_PAYMENT
LATER = timedelta(seconds=3)
DEATHS = {  # the job that dies in the first life, and where
    "before the call": "before the call",
    "after the call": "after the call",
    "in a transaction": "in a transaction",
}
INSERT = text("INSERT INTO contract_rows (job, step) VALUES (:job, :step)")


@dataclass
class Life:
    """One process: whether anybody dies in it, and who has come to the place where it does."""

    directory: Path
    mortal: bool
    dying: set[str] = field(default_factory=set)

    async def point(self, name: str, place: str) -> None:
        """Stay here for ever if this is where the job dies."""
        if self.mortal and DEATHS.get(name) == place:
            self.dying.add(name)
            await asyncio.Event().wait()

    def call(self, name: str) -> int:
        """Do something outside, and return how often it has been done."""
        with (self.directory / "calls").open("a", encoding="utf-8") as calls:
            calls.write(f"{name}\n")
        return self.calls().count(name)

    def calls(self) -> list[str]:
        path = self.directory / "calls"
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


life: Life


async def write_row(session: Session, name: str, step: str, last: bool = False) -> str:
    await session.execute(INSERT, {"job": name, "step": step})
    if last:
        await life.point(name, "in a transaction")
    return step.upper()


async def call_outside(name: str) -> int:
    await life.point(name, "before the call")
    number = life.call(name)
    await life.point(name, "after the call")
    return number


async def small_job(name: str, due: str) -> None:
    """Write a row, call once, and write what was known by then."""
    punctual = engine.now() >= datetime.fromisoformat(due)
    first = await transact(write_row, name, "first")
    number = await ask(call_outside, name)
    await transact(write_row, name, f"{first}, call {number}, {'in time' if punctual else 'too early'}", True)


async def owe(database: Database, name: str, *, now: datetime, delay: timedelta | None = None) -> None:
    """Owe the job in a transaction of its own."""
    async with database.write() as session:
        await session.later(JOB, name, name, (now + (delay or timedelta())).isoformat(), delay=delay)


async def owe_and_fail(database: Database, name: str, *, now: datetime) -> None:
    """Owe the job in a transaction that is rolled back."""
    with suppress(ZeroDivisionError):
        async with database.write() as session:
            await session.later(JOB, name, name, now.isoformat())
            raise ZeroDivisionError


async def begin(database: Database, *, clock: Callable[[], datetime]) -> None:
    """Owe everything that needs no death first."""
    async with database.write() as session:
        await session.execute(text("CREATE TABLE contract_rows (job TEXT, step TEXT)"))
    await owe(database, "plain", now=clock())
    await owe(database, "plain", now=clock())
    await owe(database, "later", now=clock(), delay=LATER)
    await owe_and_fail(database, "rolled back", now=clock())
    await owe(database, "before the call", now=clock())
    await owe(database, "after the call", now=clock())


async def rows_of(database: Database) -> dict[str, list[str]]:
    """Return what each job has written."""
    found: dict[str, list[str]] = {}
    async with database.read() as session:
        for job, step in (await session.execute(text("SELECT job, step FROM contract_rows"))).all():
            found.setdefault(job, []).append(step)
    return found


def utc_now() -> datetime:
    return datetime.now(UTC)


async def until(happened: Callable[[], Awaitable[bool]]) -> None:
    while True:
        if await happened():
            return
        await asyncio.sleep(0.02)


async def live(directory: Path, *, mortal: bool) -> None:
    """Live one life with DBOS."""
    global life
    life = Life(directory, mortal)
    teach_subsec()
    engine._jobs[JOB] = small_job
    values: dict[str, Any] = {"secret_key": "s" * 32, "paypal_client_id": "id", "paypal_client_secret": "secret"}
    database = Database(f"sqlite+aiosqlite:///{directory / 'saldo.db'}")
    settings = Settings(_env_file=None, **values)
    runtime = create_runtime(settings, database=database, clock=utc_now, breaker=Breaker())
    await engine.launch(replace(runtime, schedules={}))

    async def all_but_one_are_dying() -> bool:
        done = (await rows_of(database)).get("plain", [])
        return life.dying == {"before the call", "after the call"} and len(done) == 2

    async def the_last_is_dying() -> bool:
        return "in a transaction" in life.dying

    async def all_is_done() -> bool:
        return all(len(steps) == 2 for steps in (await rows_of(database)).values())

    if mortal:
        await begin(database, clock=utc_now)
        await until(all_but_one_are_dying)
        await owe(database, "in a transaction", now=utc_now())  # last: it dies holding the lock
        await until(the_last_is_dying)
        os._exit(9)
    await owe(database, "plain", now=utc_now())
    await until(all_is_done)
    await asyncio.sleep(LATER.total_seconds() / 2)  # what should not come would come now
    await engine.shut_down()


if __name__ == "__main__":
    asyncio.run(live(Path(sys.argv[1]), mortal=sys.argv[2] == "first"))
