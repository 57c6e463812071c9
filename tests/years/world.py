"""The product in one process, under a clock that only the simulation moves; PayPal and the mail server beside it."""

import sqlite3
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import httpx2

from app.main import create_runtime
from app.settings import Settings
from gateways.mail.errors import MailError
from gateways.mail.smtp import SmtpMailer
from gateways.paypal.breaker import Breaker
from gateways.paypal.client import PayPalClient
from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings
from models import tables
from models.database import Database
from policies.renewal_calendar import ROME
from tests.factories import save
from tests.harness.inline_sqlite import work_inline
from tests.harness.product import Clock
from tests.harness.simulation import Simulation
from tests.harness.stepping import Owed, SteppingEngine
from tests.years.fate import Fate
from use_cases.errors import Refusal
from workflows import engine

Result = TypeVar("Result")

PAYPAL_URL, PUBLIC_URL, FRONT_END = "http://paypal.example", "https://saldo.example", "https://area.example"
SETTINGS: dict[str, Any] = {  # the product's own, but for these
    "secret_key": "test-secret-key-of-at-least-32-characters",
    "paypal_client_id": "saldo-demo",
    "paypal_client_secret": "saldo-demo-secret",
    "public_url": PUBLIC_URL,
    "customer_area_url": FRONT_END,
    "return_origins": (FRONT_END,),
    "account_check_days": 90,  # every month they would be half of all there is to do
    "paypal_retry_seconds": (),  # a repetition at once waits by the clock on the wall; the looks ask again by ours
}
WHAT_IS_DUE = "CREATE INDEX IF NOT EXISTS stepping_jobs_owed ON stepping_jobs (due_at, sequence) WHERE state = 'OWED'"


@dataclass(frozen=True, kw_only=True, slots=True)
class Posted:
    """A mail as the mail server took it over."""

    email_id: str
    at: datetime
    to: str
    subject: str


@dataclass(frozen=True, kw_only=True, slots=True)
class MailServer(SmtpMailer):
    """The border where SMTP begins: it notes what it takes over and when, and may be in trouble."""

    clock: Callable[[], datetime]
    trouble: Callable[[str, datetime], type[MailError] | None]
    posted: list[Posted] = field(default_factory=list)

    async def send(self, message: EmailMessage, *, to: str) -> None:
        trouble = self.trouble(to, self.clock())
        if trouble is not None:
            raise trouble("as the simulation has it")
        email_id = str(message["Message-ID"]).strip("<>").partition("@")[0]
        self.posted.append(Posted(email_id=email_id, at=self.clock(), to=to, subject=str(message["Subject"])))


class World:
    """Database, engine, client, PayPal and mail; the process in the middle dies as its fate has it."""

    def __init__(self, folder: Path, *, fate: Fate, trouble: Callable[[str, datetime], type[MailError] | None]) -> None:
        self.fate = fate
        self.clock = Clock()
        self.committed_at = self.clock()  # when the last request was carried out
        self.database = work_inline(Database(f"sqlite+aiosqlite:///{folder / 'saldo.db'}"))
        self.paypal_file = folder / "paypal.db"
        settings = SimulatorSettings(database=self.paypal_file, public_url=PAYPAL_URL, recording=None, webhook_url=None)
        self.credentials = (settings.client_id, settings.client_secret)
        self.transport = httpx2.ASGITransport(app=create_simulator(settings, self.clock, sends_webhooks=False))
        self.http = httpx2.AsyncClient(transport=self.transport, base_url=PAYPAL_URL)  # payers, and the control desk
        self.desk = Simulation(transport=self.transport, http=self.http)
        self.mail = MailServer(host="", port=0, starttls=False, timeout_seconds=1, clock=self.clock, trouble=trouble)

    async def open(self) -> None:
        """Make the tables, and start the process."""
        async with self.database.engine.begin() as connection:
            await connection.run_sync(tables.Table.metadata.create_all)
        self.settings = Settings(_env_file=None, **SETTINGS)
        self.runtime = create_runtime(self.settings, database=self.database, clock=self.clock, breaker=Breaker())
        self.engine = SteppingEngine(self.database, clock=self.clock)
        self.engine.connection.execute(WHAT_IS_DUE)
        self.engine.connection.execute("PRAGMA synchronous = OFF")
        self.start_process()

    async def close(self) -> None:
        await self.engine.restart()
        self.engine.close()
        engine.stop_working()
        await self.runtime.aclose()
        await self.http.aclose()
        await self.database.close()

    def books(self) -> tuple[sqlite3.Connection, sqlite3.Connection]:
        """Return our file and PayPal's, opened apart from whatever the product has opened."""
        ours = sqlite3.connect(str(self.database.engine.url.database), isolation_level=None)
        theirs = sqlite3.connect(self.paypal_file, isolation_level=None)
        ours.row_factory = theirs.row_factory = sqlite3.Row
        return ours, theirs

    def start_process(self) -> None:
        """Wire a process as `app/` does; what it had in memory before is gone."""
        id, secret = self.credentials
        paypal = PayPalClient(
            base_url=PAYPAL_URL,
            client_id=id,
            client_secret=secret,
            clock=self.clock,
            breaker=Breaker(ticks=lambda: self.clock().timestamp()),
            transport=self.transport,
        )
        engine.work_with(replace(self.runtime, paypal=paypal, mailer=self.mail), self.engine)

    async def die(self) -> None:
        """End the process where it stands, and start it again when its fate says so."""
        await self.engine.restart()
        self.clock.now += self.fate.downtime(self.clock.now.astimezone(ROME))
        self.start_process()

    async def come_to(self, instant: datetime) -> None:
        """Let time pass until then, doing whatever falls due on the way; after a death it may be later."""
        while True:
            owed = self.engine.owed()
            if not owed or owed[0].due_at > max(instant, self.clock.now):
                break
            self.clock.now = max(self.clock.now, owed[0].due_at)
            await self.carry_out(owed[0])
        self.clock.now = max(self.clock.now, instant)

    async def work(self) -> None:
        """Do all that is due."""
        await self.come_to(self.clock.now)

    async def carry_out(self, owed: Owed) -> None:
        """Carry a job out to its end, or as far as the process lives."""
        while True:
            dies = self.fate.strikes(owed.job)
            await self.engine.step(owed, dies=dies)
            if dies:
                await self.die()
            if dies or owed.key not in self.engine.running:
                return

    async def request(self, operation: Callable[..., Awaitable[Result]], **values: Any) -> Result | Refusal:
        """Call a use case as a resolver does, in a transaction of its own; a refusal is an answer.

        The process may die before the commit, and the customer asks again; or after it, before the answer.
        """
        if self.fate.strikes("before a commit"):
            await self.interrupted(operation, **values)
            await self.die()
        try:
            async with self.database.write() as session:
                result = await operation(session, **values, now=self.clock())
        except Refusal as refused:
            return refused
        self.committed_at = self.clock()
        if self.fate.strikes("after a commit"):
            await self.die()
        await self.work()
        return result

    async def interrupted(self, operation: Callable[..., Awaitable[Result]], **values: Any) -> None:
        """Let the process die when all is done and nothing is committed."""
        try:
            async with self.database.write() as session:
                await operation(session, **values, now=self.clock())
                raise ConnectionAbortedError
        except (ConnectionAbortedError, Refusal):
            return

    async def store(self, *rows: tables.Table) -> None:
        """Insert rows, as the shop's back office does."""
        async with self.database.write() as session:
            await save(session, *rows)


def at(day: datetime, *, minutes: int) -> datetime:
    """Return the instant that many minutes after the day began."""
    return day + timedelta(minutes=minutes)
