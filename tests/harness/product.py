"""The whole product, running: a real HTTP server, a real database file, its worker, and clients that use it."""

import asyncio
import hashlib
import shutil
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any

import httpx2
from sqlalchemy import text, update
from sqlmodel import select

from app.graphql.context import COOKIE
from app.graphql.endpoint import CLIENT_HEADER
from app.main import create_app
from app.server import Server
from app.settings import Settings
from models import ids, tables
from models.database import Database
from tests.factories import NOW, save
from tests.harness import postgresql
from tests.harness.mailbox import Mailbox
from tests.harness.pages import FRONT_END
from tests.harness.ports import free_port
from tests.harness.simulator import ROOT, Simulator
from use_cases.payment_feed import PaymentFeed
from workflows import engine

QUERIES = ROOT / "queries"
PATIENCE_SECONDS = 20.0
IMPATIENT: dict[str, Any] = {"return_patience_seconds": 0.1}  # the browser does not wait for the outcome
WATCHED: dict[str, Any] = {"watch_first_seconds": 0.3, "watch_ceiling_seconds": 1.0}


@dataclass
class Clock:
    """An instant that the test moves."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def document(name: str) -> str:
    """Return a document of `queries/` by its name without the number: ``start_payment``."""
    [path] = QUERIES.glob(f"[0-9][0-9]_{name}.graphql")
    return path.read_text(encoding="utf-8")


def told(response: httpx2.Response) -> dict[str, Any]:
    """Return an answer without what differs from one request to the next: its cost, and the ids of its errors."""
    answer: dict[str, Any] = response.json()
    answer.pop("extensions", None)
    for error in answer.get("errors", ()):
        assert len(error["extensions"].pop("requestId")) == 16, error
    return answer


@dataclass
class Client:
    """A front end: it knows the documents of `queries/` and carries a session cookie."""

    http: httpx2.AsyncClient

    async def post(self, query: str, /, **variables: Any) -> httpx2.Response:
        """Send any text and return the response as it came."""
        return await self.http.post("/graphql", json={"query": query, "variables": variables})

    async def send(self, name: str, /, **variables: Any) -> dict[str, Any]:
        """Run a document and return the whole answer."""
        response = await self.post(document(name), **variables)
        assert response.status_code == 200, response.text
        return told(response)

    async def run(self, name: str, /, **variables: Any) -> Any:
        """Run a document and return the value of its only root field; a top-level error fails the test."""
        answer = await self.send(name, **variables)
        assert "errors" not in answer, answer
        [value] = answer["data"].values()
        return value

    async def payment(self, payment_id: str) -> dict[str, Any]:
        """Return the payment as the front end sees it after the return."""
        found: dict[str, Any] = await self.run("payment", id=payment_id)
        return found


@dataclass
class Product:
    """A running product."""

    url: str
    database: Database
    clock: Clock
    settings: Settings
    simulator: Simulator
    mailbox: Mailbox
    server: Server
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    @property
    def app_database(self) -> Database:
        """The database as the running process has opened it; `database` is the tests' own way in."""
        return engine.runtime().database

    @property
    def feed(self) -> PaymentFeed:
        """Who follows payments live in the running process."""
        feed: PaymentFeed = self.server.app.state.feed
        return feed

    def anonymous(self, **headers: str) -> Client:
        """Return a front end that nobody is signed in to."""
        http = httpx2.AsyncClient(base_url=self.url, timeout=60, headers={CLIENT_HEADER: "tests", **headers})
        self.clients.append(http)
        return Client(http)

    async def signed_in(self, customer: tables.Customer, **headers: str) -> Client:
        """Return a front end with a session of the customer, as `signIn` would have opened it."""
        client, token = self.anonymous(**headers), ids.new_secret()
        opened = tables.Session(
            token_hash=hashlib.sha256(token.encode()).hexdigest(),
            customer_id=customer.id,
            created_at=self.clock(),
            last_seen_at=self.clock(),
            expires_at=self.clock() + timedelta(days=3650),
        )
        await self.save(opened)
        client.http.cookies.set(COOKIE, token)
        return client

    async def save(self, *rows: tables.Table) -> None:
        """Store rows."""
        async with self.database.write() as session:
            await save(session, *rows)

    async def register(self, account: tables.PayPalAccount, *, payer: str = "pays") -> tables.PayPalAccount:
        """Store the account on both sides, ours and PayPal's; its owner behaves as ``payer`` says."""
        await self.save(account)
        await asyncio.to_thread(
            self.simulator.store_token,
            account.payment_token or "",
            payer_email=f"{payer}+{account.id}@payer.example",
            merchant_customer_id=account.customer_id,
        )
        return account

    async def change(self, row: Any, **values: Any) -> None:
        """Change a stored row behind everybody's back, as another program would."""
        table = type(row)
        async with self.database.write() as session:
            await session.exec(update(table).where(table.id == row.id).values(**values))

    async def rows(self, table: type[tables.Table]) -> Sequence[Any]:
        """Return all rows of a table, by their first primary key column."""
        async with self.database.read() as session:
            return (await session.exec(select(table).order_by(*table.__table__.primary_key.columns))).all()  # type: ignore[attr-defined]

    async def row(self, row: Any) -> Any:
        """Return the row as it is now."""
        async with self.database.read() as session:
            return await session.get_one(type(row), row.id)

    async def snapshot(self) -> dict[str, Any]:
        """Return what a refusal must leave as it was: all rows, all work owed, all calls to PayPal, all mails."""
        books = {}
        for table in tables.Table.metadata.sorted_tables:
            async with self.database.read() as session:
                found = (await session.execute(text(f'SELECT * FROM "{table.name}"'))).all()
            books[table.name] = sorted(repr(tuple(row)) for row in found)
        async with self.database.read() as session:
            owed = (await session.execute(text("SELECT workflow_uuid FROM workflow_status ORDER BY 1"))).scalars().all()
        calls = await asyncio.to_thread(self.simulator.calls)
        return {**books, "owed": owed, "calls": [call["path"] for call in calls], "mails": self.mailbox.subjects}

    async def until(self, happened: Callable[[], Any]) -> Any:
        """Wait until ``happened()`` (plain or awaitable) is true and return it; fail the test when patience ends."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        while True:
            value = happened()
            if asyncio.iscoroutine(value):
                value = await value
            if value:
                return value
            assert asyncio.get_running_loop().time() < deadline, "it did not happen in time"
            await asyncio.sleep(0.05)

    async def mails(self, count: int) -> list[str]:
        """Wait for that many mails and return their subjects; one more than asked for fails the test."""
        await self.until(lambda: len(self.mailbox.messages) >= count)
        await self.until(self.nothing_owed)
        assert len(self.mailbox.messages) == count, self.mailbox.subjects
        return self.mailbox.subjects

    async def nothing_owed(self) -> bool:
        """Tell whether every mail owed has been sent or has bounced."""
        return all(email.status != "QUEUED" for email in await self.rows(tables.Email))


def make_settings(database: str, *, simulator: Simulator, mailbox: Mailbox, port: int, **changes: Any) -> Settings:
    """Return settings whose waits are short; but nobody looks again at what is open: see `WATCHED`."""
    values: dict[str, Any] = {
        "database_url": database,
        "port": port,
        "public_url": f"http://127.0.0.1:{port}",
        "customer_area_url": FRONT_END,
        "return_origins": (FRONT_END,),
        "secret_key": "test-secret-key-of-at-least-32-characters",
        "paypal_base_url": simulator.url,
        "paypal_client_id": "saldo-demo",
        "paypal_client_secret": "saldo-demo-secret",
        "smtp_port": mailbox.port,
        "smtp_starttls": False,
        "cookie_secure": False,
        "graphiql": True,
        "budget_points": 10_000_000,
        "free_text_budget_points": 10_000_000,
        "paypal_retry_seconds": (0.05, 0.1),
        "paypal_breaker_seconds": 0.2,
        "watch_first_seconds": 600.0,
        "watch_ceiling_seconds": 600.0,
        "mail_retry_first_seconds": 0.2,
        "mail_retry_ceiling_seconds": 0.5,
        "registration_looks": 3,
        "sweep_seconds": 86400,  # likewise
        "calendar_cron": "0 6 29 2 *",  # by the clock on the wall: a test makes the round itself
    }
    return Settings(_env_file=None, **values | changes)


def database_of(directory: Path, *, template: Path) -> str:
    """Return the address of the directory's database, which is a copy of the template at first."""
    if on_server := postgresql.database_of(directory):
        return on_server
    path = directory / "saldo.db"
    if not path.exists():
        shutil.copy(template, path)
    return f"sqlite+aiosqlite:///{path}"


@asynccontextmanager
async def running_product(
    directory: Path,
    *,
    template: Path,
    simulator: Simulator,
    mailbox: Mailbox,
    ticks: Callable[[], float] = monotonic,
    **changes: Any,
) -> AsyncIterator[Product]:
    """Serve the product over HTTP from a fresh copy of the template database until the block is left."""
    database, port = database_of(directory, template=template), free_port()
    settings = make_settings(database, simulator=simulator, mailbox=mailbox, port=port, **changes)
    clock = Clock()
    app = create_app(settings, clock=clock, ticks=ticks)
    server = Server(app, host="127.0.0.1", port=port, trusted_proxies=settings.trusted_proxies)
    serving = asyncio.create_task(server.serve())
    while not server.started:
        assert not serving.done(), "the product did not start"
        await asyncio.sleep(0.01)
    own = Database(settings.database_url)
    product = Product(
        url=settings.public_url,
        database=own,
        clock=clock,
        settings=settings,
        simulator=simulator,
        mailbox=mailbox,
        server=server,
    )
    try:
        yield product
    finally:
        for http in product.clients:
            await http.aclose()
        server.should_exit = True
        await serving
        await own.close()
