"""The calendar's daily round in a process of its own: `python -m bench.renewal_selection DATABASE`, asked by the bench.

The job and the work it owes are the product's. What is left out is the engine's record of each page, so that nothing
begins to charge meanwhile.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable, Coroutine
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.main import create_runtime
from bench.renewal_books import CHARGE_DAY, MORNING
from gateways.paypal.breaker import Breaker
from models.database import Database, Session
from models.renewal_rows import due_services
from tests.harness.mailbox import Mailbox
from tests.harness.product import make_settings
from tests.harness.simulator import Simulator
from tests.statements import count_statements, plan_of
from use_cases.look_at_services import PAGE_SIZE
from workflows import engine
from workflows.outbox import owing_from_outside
from workflows.schedule import run_calendar


@dataclass(frozen=True, kw_only=True, slots=True)
class Round:
    """What a round took: memory at its start and at its worst, and how SQLite finds the services of a page."""

    seconds: float
    cpu_seconds: float
    transactions: int
    before_mib: float
    peak_mib: float
    plans: list[str]


@dataclass
class Pages:
    """Steps of which no record is kept."""

    database: Database
    transactions: int = 0

    async def transact(self, _name: str, body: Callable[[Session], Coroutine[Any, Any, Any]]) -> Any:
        self.transactions += 1
        async with self.database.write() as session:
            return await body(session)

    async def ask(self, _name: str, body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return await body()


def memory(measure: str) -> float:
    """Return a line of the process's own status, MiB: ``VmRSS`` is what it holds, ``VmHWM`` the most it ever held."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{measure}:"))


async def make_round(path: Path) -> Round:
    nobody = Simulator("http://127.0.0.1:9")
    settings = make_settings(f"sqlite+aiosqlite:///{path}", simulator=nobody, mailbox=Mailbox(), port=9)
    database = Database(settings.database_url)
    breaker = Breaker(failures=1, rest_seconds=1, ticks=time.monotonic)
    pages = Pages(database)
    engine.work_with(create_runtime(settings, database=database, clock=lambda: MORNING, breaker=breaker), pages)
    async with owing_from_outside(database):
        before, began, used = memory("VmRSS"), time.perf_counter(), time.process_time()
        await run_calendar()
        seconds, cpu_seconds = time.perf_counter() - began, time.process_time() - used
    peak = memory("VmHWM")
    plans = await plans_of_selection(database)
    await database.close()
    return Round(
        seconds=seconds,
        cpu_seconds=cpu_seconds,
        transactions=pages.transactions,
        before_mib=before,
        peak_mib=peak,
        plans=plans,
    )


async def plans_of_selection(database: Database) -> list[str]:
    """Return how SQLite finds the first page of a round, and any other."""
    async with database.read() as session:
        with count_statements(database) as statements:
            for after in (None, (CHARGE_DAY, "srv")):
                await due_services(session, today=CHARGE_DAY, after=after, limit=PAGE_SIZE)
    return [step for statement in statements for step in await plan_of(database, statement)]


if __name__ == "__main__":
    print(json.dumps(asdict(asyncio.run(make_round(Path(sys.argv[1]))))))
