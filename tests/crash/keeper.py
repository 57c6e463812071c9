"""Keeps the product alive: starts it, and starts it again whenever it dies, as a service manager does."""

import asyncio
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.crash.aims import Aim
from tests.crash.points import Point
from tests.factories import NOW
from tests.harness.log_files import new_log
from tests.harness.simulator import ROOT, Simulator

STORY = (
    "SELECT id, status, capture_id FROM payments",
    "SELECT id, approval_rounds, declined, looks, paypal_order_id FROM payment_attempts",
    "SELECT payment_id, position, status, source, note FROM payment_events ORDER BY 1, 2",
    "SELECT id, kind, status FROM emails",
    "SELECT id, status, paypal_refund_id FROM refunds",
    "SELECT id, event_type, handled_at FROM webhook_events",
    "SELECT workflow_uuid, name, status, recovery_attempts FROM workflow_status ORDER BY created_at",
)


@dataclass(frozen=True, kw_only=True)
class Death:
    """An end of the process: the point, if it was aimed at one, and which mails were being sent just then."""

    point: Point | None
    sending: frozenset[str]


@dataclass
class Parent:
    """The process that all lives are forked from."""

    process: subprocess.Popen[str]
    log: Path  # of the lives of one run
    all_logs: Path

    def tell(self, **command: object) -> None:
        """Give a command."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def begin_log_anew(self) -> None:
        """Keep what was logged so far for those who read the logs of all tests."""
        with self.all_logs.open("a", encoding="utf-8") as kept:
            kept.write(self.log.read_text(encoding="utf-8"))
        self.log.write_text("", encoding="utf-8")

    def hear(self) -> dict[str, Any]:
        """Return the next answer. Raises ``AssertionError`` when the process has ended."""
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.log.read_text(encoding="utf-8")
        heard: dict[str, Any] = json.loads(line)
        return heard


@contextmanager
def parent_process(directory: Path, **given: object) -> Iterator[Parent]:
    """Run `python -m tests.crash.parent` until the block is left; what it and its lives log goes to a file."""
    log = directory / "log"
    with log.open("a", encoding="utf-8") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.parent", json.dumps(given)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            text=True,
        )
    parent = Parent(process, log, new_log("lives"))
    try:
        assert parent.hear() == {"ready": True}
        yield parent
    finally:
        assert process.stdin is not None
        process.stdin.close()  # it ends when there are no more commands
        process.wait(timeout=20)
        parent.begin_log_anew()


class Books:
    """The product's database file, read and changed behind its back."""

    def __init__(self, path: Path) -> None:
        self.url = f"sqlite+aiosqlite:///{path}"
        self.connection = sqlite3.connect(path, isolation_level=None, timeout=30)

    def close(self) -> None:
        self.connection.close()

    def rows(self, statement: str, **values: object) -> list[tuple[Any, ...]]:
        """Run a statement and return its rows."""
        return self.connection.execute(statement, values).fetchall()

    def value(self, statement: str, **values: object) -> Any:
        """Return the only value of the only row."""
        [[found]] = self.rows(statement, **values)
        return found

    def told(self) -> str:
        """Tell the story so far, for people."""
        return "\n".join(str(row) for query in STORY for row in self.rows(query))

    def let_fall_due(self, job: str = "%") -> None:
        """Do what the engine does to work that was put off, when its time has come."""
        self.rows("UPDATE workflow_status SET status = 'ENQUEUED' WHERE status = 'DELAYED' AND name LIKE :job", job=job)

    def sending(self) -> frozenset[str]:
        """Return the mails whose sending has begun and has not ended."""
        begun = self.rows("SELECT workflow_uuid FROM workflow_status WHERE name = 'SEND_EMAIL' AND status = 'PENDING'")
        return frozenset(key.split("-")[1] for (key,) in begun)


@dataclass
class Keeper:
    """Runs one life after the other; the first ones end as the ``lives`` say, at a point or after so many seconds."""

    parent: Parent
    books: Books
    simulator: Simulator
    lives: Sequence[Aim | float]
    dead_for: timedelta  # each time; with zero, nothing that was put off has become due meanwhile
    deaths: list[Death] = field(default_factory=list)
    pid: int | None = None
    stopping: bool = False

    async def keep(self) -> None:
        """Restart until told to `stop`."""
        while not self.stopping:
            end = self.lives[len(self.deaths)] if len(self.deaths) < len(self.lives) else None
            await self.live(end)

    async def live(self, end: Aim | float | None) -> None:
        """Begin a life and see it end."""
        aim = end.to_json() if isinstance(end, Aim) else None
        self.parent.tell(aim=aim, now=(NOW + len(self.deaths) * self.dead_for).isoformat())
        self.pid = (await asyncio.to_thread(self.parent.hear))["born"]
        if self.stopping:
            self.kill()
        later = asyncio.get_running_loop().call_later(end, self.kill) if isinstance(end, float) else None
        heard = await asyncio.to_thread(self.parent.hear)
        point = None
        if "point" in heard:
            point = Point(**{**heard["point"], "where": tuple(heard["point"]["where"])})
            heard = await asyncio.to_thread(self.parent.hear)
        self.pid = None
        if later is not None:
            later.cancel()
        assert heard == {"died": -signal.SIGKILL}, self.parent.log.read_text(encoding="utf-8")
        if not self.stopping:
            self.mourn(Death(point=point, sending=self.books.sending()))

    def mourn(self, death: Death) -> None:
        """Note the death, and let time pass."""
        self.deaths.append(death)
        if self.dead_for:
            self.books.let_fall_due()
            self.simulator.advance(self.dead_for.total_seconds())

    def kill(self) -> None:
        """End the present life, wherever it is."""
        if self.pid is not None:
            os.kill(self.pid, signal.SIGKILL)

    def stop(self) -> None:
        """End the present life, and begin no other."""
        self.stopping = True
        self.kill()
