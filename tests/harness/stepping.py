"""An engine that the test drives: DBOS's promises, but one step at a time, in any order, dying wherever it is told to.

It keeps them as DBOS does (docs/adr/0003, 0013): a job is a row that the caller's own transaction inserts, once per
key; `transact` commits rows and record together; `ask` makes its call first and records the answer afterwards; a job
whose process died runs again from its start and is given what it had recorded.
"""

import asyncio
import json
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import text

from models.database import Database, Session
from models.enums import Job
from tests.harness.product import Clock
from workflows import engine

TABLES = """
CREATE TABLE IF NOT EXISTS stepping_jobs (
    sequence INTEGER PRIMARY KEY, key TEXT NOT NULL UNIQUE, job TEXT NOT NULL, arguments TEXT NOT NULL,
    due_at TEXT NOT NULL, state TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS stepping_steps (
    key TEXT NOT NULL, position INTEGER NOT NULL, name TEXT NOT NULL, result TEXT NOT NULL,
    PRIMARY KEY (key, position));
"""
OWE = text(
    "INSERT OR IGNORE INTO stepping_jobs (key, job, arguments, due_at, state) "
    "VALUES (:key, :job, :arguments, :due_at, 'OWED')"
)
RECORD = "INSERT INTO stepping_steps VALUES (:key, :position, :name, :result)"

FOREVER = datetime.max.replace(tzinfo=UTC)

Observer = Callable[[], Awaitable[None]]


class ProcessDied(BaseException):
    """The process ends here; not an `Exception`, because nothing may handle it."""


class UnexpectedStep(RuntimeError):
    """A job that runs again took another way than its records say."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Owed:
    """A job that has not ended."""

    key: str
    job: Job
    arguments: tuple[Any, ...]
    due_at: datetime


@dataclass(kw_only=True)
class Running:
    """A job in the memory of the process, waiting before its next step."""

    owed: Owed
    go: asyncio.Event = field(default_factory=asyncio.Event)
    parked: asyncio.Event = field(default_factory=asyncio.Event)  # it waits, or it has ended
    task: asyncio.Task[None] | None = None
    position: int = 0  # of the next step
    before: str = ""  # its name
    dies: bool = False  # in that step, after its work and before its record


RUNNING: ContextVar[Running] = ContextVar("running")


class SteppingEngine:
    """Carries out owed jobs as the test says; it is the `Steps` of every job that it runs."""

    def __init__(self, database: Database, *, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self.connection = sqlite3.connect(str(database.engine.url.database), isolation_level=None)
        self.connection.executescript(TABLES)
        self.running: dict[str, Running] = {}
        self.observe: Observer | None = None  # called after every transaction of a step
        database.connect_outbox(self.owe)

    def close(self) -> None:
        self.connection.close()

    async def owe(
        self, session: Session, job: Job, key: str, arguments: tuple[object, ...], delay: timedelta | None
    ) -> None:
        """Insert the job in the caller's transaction; a key that was used before changes nothing."""
        due_at = self.clock() + (delay or timedelta())
        values = {"key": key, "job": job.value, "arguments": json.dumps(arguments), "due_at": written(due_at)}
        await session.execute(OWE, values)

    def owed(self, *, by: datetime = FOREVER) -> list[Owed]:
        """Return the jobs that have not ended and are due ``by`` then, the next one first."""
        rows = self.connection.execute(
            "SELECT key, job, arguments, due_at FROM stepping_jobs WHERE state = 'OWED' AND due_at <= ? "
            "ORDER BY due_at, sequence",
            (written(by),),
        )
        return [
            Owed(key=key, job=Job(job), arguments=tuple(json.loads(values)), due_at=datetime.fromisoformat(due_at))
            for key, job, values, due_at in rows.fetchall()
        ]

    def due(self) -> list[Owed]:
        """Return the jobs that can go on now: those whose time has come, and those that have begun."""
        return self.owed(by=self.clock())

    def is_owed(self, key: str) -> bool:
        """Tell whether the job has not ended."""
        query = "SELECT 1 FROM stepping_jobs WHERE key = ? AND state = 'OWED'"
        return self.connection.execute(query, (key,)).fetchone() is not None

    async def step(self, owed: Owed, *, dies: bool = False) -> str:
        """Let the job do its next step, and say which it was: "" when it had none left.

        With ``dies`` the process ends in that step: after an outside call, before the answer is recorded; or in a
        transaction, before its commit. Raises what a defect in the job raised: the job has failed for good then.
        """
        running = self.running.get(owed.key) or self.begin(owed)
        await running.parked.wait()
        name = running.before
        if running.task is not None and not running.task.done():
            running.dies = dies
            running.parked.clear()
            running.go.set()
            await running.parked.wait()
        await self.conclude(running)
        return name

    async def finish(self, owed: Owed) -> None:
        """Carry the job out to its end."""
        while self.is_owed(owed.key):
            await self.step(owed)

    async def restart(self) -> None:
        """End the process and begin anew: what was running is gone, what was recorded is not."""
        for running in self.running.values():
            if running.task is not None:
                running.task.cancel()
                await asyncio.wait([running.task])
        self.running.clear()

    def begin(self, owed: Owed) -> Running:
        """Start a job, or start it again, and let it come as far as its first step without a record."""
        running = self.running[owed.key] = Running(owed=owed)
        running.task = asyncio.create_task(self.carry_out(running))
        running.task.add_done_callback(lambda _: running.parked.set())
        return running

    async def carry_out(self, running: Running) -> None:
        RUNNING.set(running)
        await engine.jobs()[running.owed.job](*running.owed.arguments)

    async def conclude(self, running: Running) -> None:
        """Keep how a job has ended, if it has; a death takes all others with it."""
        if running.task is None or not running.task.done():
            return
        defect = running.task.exception()
        if isinstance(defect, ProcessDied):
            await self.restart()
            return
        del self.running[running.owed.key]
        state = "DONE" if defect is None else "FAILED"
        self.connection.execute("UPDATE stepping_jobs SET state = ? WHERE key = ?", (state, running.owed.key))
        if defect is not None:
            raise defect

    async def transact(self, name: str, body: Callable[[Session], Coroutine[Any, Any, Any]]) -> Any:
        """Carry out a step whose rows and record commit together."""
        running, position = self.enter(name)
        known = self.recorded(running, position)
        if known is None:
            await self.park(running)
            async with self.database.write() as session:
                known = json.dumps(await body(session))
                if running.dies:
                    raise ProcessDied
                await session.execute(text(RECORD), self.record(running, position, known))
            if self.observe is not None:
                await self.observe()
        return json.loads(known)

    async def ask(self, name: str, body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Carry out a step for the outside world, then record its answer."""
        running, position = self.enter(name)
        known = self.recorded(running, position)
        if known is None:
            await self.park(running)
            known = json.dumps(await body())
            if running.dies:
                raise ProcessDied
            self.connection.execute(RECORD, self.record(running, position, known))
        return json.loads(known)

    def enter(self, name: str) -> tuple[Running, int]:
        running = RUNNING.get()
        running.before, running.position = name, running.position + 1
        return running, running.position

    async def park(self, running: Running) -> None:
        running.parked.set()
        await running.go.wait()
        running.go.clear()

    def recorded(self, running: Running, position: int) -> str | None:
        """Return the record of a step, if there is one. Raises ``UnexpectedStep`` when it is of another step."""
        row = self.connection.execute(
            "SELECT name, result FROM stepping_steps WHERE key = ? AND position = ?", (running.owed.key, position)
        ).fetchone()
        if row is not None and row[0] != running.before:
            raise UnexpectedStep(f"{running.owed.key}: {row[0]} was recorded when {running.before} was expected")
        return None if row is None else str(row[1])

    def record(self, running: Running, position: int, result: str) -> dict[str, Any]:
        return {"key": running.owed.key, "position": position, "name": running.before, "result": result}


def written(instant: datetime) -> str:
    """Return an instant as a text that sorts as instants do."""
    return instant.isoformat(timespec="microseconds")
