"""Lets the days pass in the demo: the clock is moved from one that matters to the next, and each is lived through."""

import asyncio
from datetime import UTC, date, datetime, time, timedelta

import structlog

from app.demo.clock import MovableClock
from models import ids
from models.database import Database
from models.enums import Job
from models.moved_time_rows import carry_sessions, next_due_day
from policies.renewal_calendar import ROME, rome_day
from workflows import engine

log = structlog.get_logger(__name__)

MORNING = time(6)  # when the calendar makes its round
FARTHEST = timedelta(days=1100)
PATIENCE_SECONDS = 60.0
LOOK_EVERY_SECONDS = 0.1


class Days:
    """The days that are passing, one journey at a time."""

    def __init__(self, clock: MovableClock) -> None:
        self.clock = clock
        self.until: date | None = None
        self.failed = False
        self.task: asyncio.Task[None] | None = None

    @property
    def passing(self) -> bool:
        return self.task is not None and not self.task.done()

    @property
    def today(self) -> date:
        return rome_day(self.clock())

    def let_pass(self, until: date) -> None:
        """Begin to live through the days up to one that is ahead; while others are passing, nothing happens.

        Raises ``ValueError`` for a day that is not ahead, or too far.
        """
        if not self.today < until <= self.today + FARTHEST:
            raise ValueError(f"{until} is not ahead, or too far")
        if not self.passing:
            self.until, self.failed = until, False
            self.task = asyncio.create_task(self.live_through(until))

    async def live_through(self, until: date) -> None:
        try:
            await live_through(self.clock, until)
        except Exception:  # a process boundary: the page says so, and the log why
            self.failed = True
            log.exception("demo.days_failed", until=until)

    async def stop(self) -> None:
        """Stay on the day that it is."""
        if self.task is not None:
            self.task.cancel()
            await asyncio.gather(self.task, return_exceptions=True)


async def live_through(clock: MovableClock, until: date) -> None:
    """Live through every day that matters, from today on: its morning, the calendar's round, and what that owes.

    A day for which the calendar has nothing to look at would change nothing, and is passed over.
    """
    database = engine.runtime().database
    await make_round(database, now=clock())
    while (today := rome_day(clock())) < until:
        async with database.read() as session:
            due = await next_due_day(session, after=today)
        day = min(due or until, until)
        await move(clock, database, by=datetime.combine(day, MORNING, tzinfo=ROME).astimezone(UTC) - clock())
        await make_round(database, now=clock())


async def move(clock: MovableClock, database: Database, *, by: timedelta) -> None:
    """Move the clock, and with it what is bound to real time: sessions end later, and work put off is due sooner."""
    async with database.write() as session:
        await carry_sessions(session, by=by)
    clock.move(by)
    for job in await engine.client().list_workflows_async(status="DELAYED", load_input=False, load_output=False):
        if job.delay_until_epoch_ms is not None:
            sooner = max(0, job.delay_until_epoch_ms - int(by.total_seconds() * 1000))
            await engine.client().set_workflow_delay_async(job.workflow_id, delay_until_epoch_ms=sooner)
    log.info("demo.clock_moved", to=clock())


async def make_round(database: Database, *, now: datetime) -> None:
    """Let the calendar make its round, once what was owed before is done, and wait for what it owes."""
    await settle()
    async with database.write() as session:
        await session.later(Job.RUN_CALENDAR, ids.new_id("round", now=now))
    await settle()


async def settle() -> None:
    """Wait until no work is under way or due. Raises ``TimeoutError`` when patience ends."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            if not await is_busy():
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def is_busy() -> bool:
    """Tell whether any work is under way or due; what was put off does not count."""
    found = await engine.client().list_workflows_async(
        status=["ENQUEUED", "PENDING"], limit=1, load_input=False, load_output=False
    )
    return bool(found)
