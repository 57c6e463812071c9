"""The whole shop in one process and under one clock: database, engine, client and PayPal, with nobody acting yet."""

import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import uvloop
from starlette.applications import Starlette

from app.main import create_runtime
from app.settings import Settings
from app.webhooks import create_webhook_route
from gateways.mail.errors import MailRefused, MailUnavailable
from gateways.mail.smtp import SmtpMailer
from gateways.paypal.breaker import Breaker
from models import inquiry_rows, tables
from models.database import Database
from models.rows import lines_with_services
from policies.inquiries import ASKED_ABOUT
from tests.factories import NOW, save
from tests.harness.inline_sqlite import work_inline
from tests.harness.product import Clock
from tests.harness.stepping import SteppingEngine
from tests.property.paypal import WEBHOOK_URL, PayPal
from use_cases.errors import Refusal
from use_cases.owe_inquiry import inquire_open
from use_cases.payment_feed import FeedLimits, PaymentFeed
from use_cases.refund_payment import RefundRefused
from use_cases.sign_in import SessionLimits
from workflows import engine
from workflows.inquiries import under_way

Result = TypeVar("Result")

PUBLIC_URL = "https://saldo.example"
SETTINGS: dict[str, Any] = {  # the product's own, but for these
    "secret_key": "test-secret-key-of-at-least-32-characters",
    "paypal_client_id": "saldo-demo",
    "paypal_client_secret": "saldo-demo-secret",
    "public_url": PUBLIC_URL,
    "paypal_retry_seconds": (),  # a repetition at once would only use up the trouble that awaits the call
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Outgoing(SmtpMailer):
    """A mail server that keeps what it takes, and refuses or fails as often as it is told to."""

    taken: list[EmailMessage] = field(default_factory=list)
    failures: list[type[MailRefused] | type[MailUnavailable]] = field(default_factory=list)

    async def send(self, message: EmailMessage, *, to: str) -> None:
        if self.failures:
            raise self.failures.pop(0)("on request")
        self.taken.append(message)


class World:
    """What outlives one example: the file of each database and everything that is slow to make."""

    def __init__(self, folder: Path) -> None:
        self.loop = uvloop.new_event_loop()
        self.clock = Clock()
        self.database = work_inline(Database(f"sqlite+aiosqlite:///{folder / 'saldo.db'}"))
        self.run(self.make_tables())
        self.engine = SteppingEngine(self.database, clock=self.clock)
        self.first_day = sqlite3.connect(":memory:")
        self.paypals = {
            unique: PayPal(folder / f"paypal-{unique}.db", clock=self.clock, unique_invoice_ids=unique)
            for unique in (False, True)
        }
        self.paypal = self.paypals[False]
        self.mail = Outgoing(host="", port=0, starttls=False, timeout_seconds=1)
        settings = Settings(_env_file=None, **SETTINGS)
        self.runtime = create_runtime(settings, database=self.database, clock=self.clock, breaker=Breaker())
        self.feed = PaymentFeed(
            self.database,
            clock=self.clock,
            sessions=SessionLimits(idle=timedelta(minutes=30), absolute=timedelta(hours=12)),
            limits=FeedLimits(pause=timedelta(seconds=1), per_customer=10),
        )
        route = create_webhook_route(database=self.database, clock=self.clock)
        self.door = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=Starlette(routes=[route])))

    def run(self, coroutine: Coroutine[Any, Any, Result]) -> Result:
        return self.loop.run_until_complete(coroutine)

    async def make_tables(self) -> None:
        async with self.database.engine.begin() as connection:
            await connection.run_sync(tables.Table.metadata.create_all)

    def close(self) -> None:
        engine.stop_working()
        self.run(self.close_all())
        self.loop.close()

    async def close_all(self) -> None:
        await self.engine.restart()
        self.engine.close()
        self.first_day.close()
        await self.door.aclose()
        await self.runtime.aclose()
        for paypal in self.paypals.values():
            await paypal.close()
        await self.database.close()

    def keep(self) -> None:
        """Let every example begin with the rows that are stored now."""
        self.engine.connection.backup(self.first_day)

    async def begin(self, *, unique_invoice_ids: bool) -> None:
        """Begin an example: our books as they were kept, PayPal's empty, nothing owed, nothing under way."""
        await self.engine.restart()
        self.first_day.backup(self.engine.connection)
        self.clock.now = NOW
        self.paypal = self.paypals[unique_invoice_ids]
        await self.paypal.reset()
        self.mail.taken.clear()
        self.mail.failures.clear()
        await self.start_process()

    async def start_process(self) -> None:
        """Wire a process as `app/` does; what it had in memory before is gone."""
        paypal, webhooks = self.paypal.client(), await self.paypal.verifier()
        engine.work_with(replace(self.runtime, paypal=paypal, webhooks=webhooks, mailer=self.mail), self.engine)

    async def crash(self) -> None:
        """End the process, and start it again."""
        await self.engine.restart()
        await self.start_process()

    async def deliver(self, body: bytes, headers: dict[str, str]) -> int:
        """Bring a webhook to our door, and return the status with which it is answered."""
        response = await self.door.post(WEBHOOK_URL, content=body, headers=headers)
        if self.engine.observe is not None:
            await self.engine.observe()
        return response.status_code

    async def save(self, *rows: tables.Table) -> None:
        async with self.database.write() as session:
            await save(session, *rows)

    async def attempt(self, operation: Callable[..., Awaitable[Result]], **values: Any) -> Result | Exception:
        """Call a use case as a resolver does, in a transaction of its own, and return a refusal as a value."""
        try:
            async with self.database.write() as session:
                result = await operation(session, **values)
        except (Refusal, RefundRefused) as refused:
            return refused
        if self.engine.observe is not None:
            await self.engine.observe()
        return result

    async def ask_about(self, *, customer_id: str, **named: str) -> None:
        """Let PayPal be asked about an open payment, as `startPayment` and `confirmPayment` do first."""
        await inquire_open(self.database, customer_id=customer_id, **named, now=self.clock())

    async def ask_before_cancel(self, payment_id: str, *, customer_id: str) -> None:
        """Let PayPal be asked before a payment or its order is given up, as the mutations do; and do not wait."""
        async with self.database.read() as session:
            found = await inquiry_rows.open_attempt(
                session, customer_id=customer_id, payment_id=payment_id, statuses=ASKED_ABOUT
            )
        if found is not None:
            await under_way(self.feed, found)

    async def reprice(self, order_id: str, *, more_cents: int) -> None:
        """Change the net price of an order by its first line, as the shop's back office does; VAT is as it was."""
        async with self.database.write() as session:
            order = await session.get_one(tables.Order, order_id)
            line = (await lines_with_services(session, order_id=order_id))[0][0]
            for row in (order, line):
                row.net_cents += more_cents
                row.gross_cents += more_cents
