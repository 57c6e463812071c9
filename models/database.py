"""The database: engine, pragmas, and the two kinds of transaction, one that reads and one that writes."""

import fcntl
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Set
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import Engine, event, func, select, text
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, async_sessionmaker, create_async_engine
from sqlmodel import Session as SyncSession
from sqlmodel.ext.asyncio.session import AsyncSession

from models.enums import Job
from models.postgresql import tune_postgresql

Outbox = Callable[["Session", Job, str, tuple[object, ...], timedelta | None], Awaitable[None]]
Listener = Callable[[Set[str]], None]  # hears the ids of payments that have changed

POOL_SIZE = 30  # connections; far more than all jobs at work need, or requests would stand behind them
HOLD = 0x5A1D0  # the number of PostgreSQL's advisory lock
CHANGED = "changed payments"  # the key in a session's info


class Session(AsyncSession):
    """A session that can leave durable work behind in its own transaction, and news after it."""

    async def later(self, job: Job, key: str, *arguments: object, delay: timedelta | None = None) -> None:
        """Owe ``job`` to the engine: it runs after the commit, once per ``key``, and not at all after a rollback."""
        outbox = cast(Outbox, self.info["outbox"])
        await outbox(self, job, key, arguments, delay)

    def announce(self, payment_id: str) -> None:
        """Let those who watch the payment in this process hear of the change as soon as it is committed."""
        self.info.setdefault(CHANGED, set()).add(payment_id)


class DatabaseInUseError(RuntimeError):
    """Another process works with this database; two would run each other's durable work twice."""


class ReleasingConnection(sqlite3.Connection):
    """Gives up its locks when it is closed.

    By itself SQLite keeps a closed connection's transaction open until its last statement is gone, and the statement
    of a task that was cancelled lives as long as somebody remembers the exception.
    """

    def close(self) -> None:
        with suppress(sqlite3.Error):  # it may be closed already
            self.rollback()
        super().close()


class Database:
    """Hands out sessions; `read` never blocks, `write` holds the write lock from its first statement."""

    def __init__(self, url: str) -> None:
        self.url = url
        on_sqlite = make_url(url).get_backend_name() == "sqlite"
        self.engine = create_async_engine(
            url,
            pool_size=POOL_SIZE,
            max_overflow=0,
            hide_parameters=True,  # an error in a log must not show whose row it was
            connect_args={"factory": ReleasingConnection} if on_sqlite else {},
        )
        tune = tune_sqlite if on_sqlite else tune_postgresql
        tune(self.engine.sync_engine)
        self.writing: AsyncEngine = self.engine.execution_options(writing=True)
        self.reader = async_sessionmaker(self.engine, class_=Session, expire_on_commit=False)
        self.lock: IO[str] | None = None  # on the file
        self.holder: AsyncConnection | None = None  # of the server's lock
        self.listener: Listener | None = None
        self.writer = async_sessionmaker(
            self.writing, class_=Session, sync_session_class=self.announcing(), expire_on_commit=False
        )

    def connect_outbox(self, outbox: Outbox) -> None:
        """Give every writing session the way to leave durable work behind."""
        self.writer.configure(info={"outbox": outbox})

    def on_change(self, listener: Listener) -> None:
        """Tell the listener of payments that a transaction of this process has changed; only polling sees the rest."""
        self.listener = listener

    def announcing(self) -> type[SyncSession]:
        """Return the kind of session that tells the listener after its commit, and nobody after a rollback."""

        class Announcing(SyncSession):
            pass

        @event.listens_for(Announcing, "after_commit")
        def tell(session: SyncSession) -> None:
            changed = session.info.pop(CHANGED, None)
            if changed and self.listener is not None:
                self.listener(changed)

        return Announcing

    async def hold(self) -> None:
        """Take the database for this process alone, until `close` or its end. Raises ``DatabaseInUseError``."""
        if self.engine.dialect.name == "sqlite":
            self.hold_file()
            return
        self.holder = await self.engine.connect()
        held = await self.holder.scalar(select(func.pg_try_advisory_lock(HOLD)))
        await self.holder.commit()  # the lock belongs to the connection
        if not held:
            raise DatabaseInUseError("another process uses this database")

    def hold_file(self) -> None:
        """Take the database file for this process alone, until `close`. Raises ``DatabaseInUseError``."""
        path = self.engine.url.database
        if not path:
            return
        lock = Path(f"{path}.lock").open("w")  # noqa: SIM115 - held until the database is closed
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as exc:
            lock.close()
            raise DatabaseInUseError(f"another process uses {path}") from exc
        self.lock = lock

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Session]:
        """Open a session for one consistent look at the data."""
        async with self.reader() as session:
            yield session

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """Open a session whose transaction commits at the end and rolls back on any exception.

        Rows that an exception carries stay readable: they leave the session before the rollback would expire them.
        """
        async with self.writer() as session, session.begin():
            try:
                yield session
            except BaseException:
                session.expunge_all()
                raise

    async def ping(self) -> None:
        """Return once the database has answered."""
        async with self.read() as session:
            await session.scalar(text("SELECT 1"))

    async def close(self) -> None:
        """Close all connections, and let another process have the database."""
        if self.holder is not None:
            await self.holder.close()
            self.holder = None
        await self.engine.dispose()
        if self.lock is not None:
            self.lock.close()
            self.lock = None


def tune_sqlite(engine: Engine) -> None:
    """Set WAL, foreign keys and full synchronisation, and make every writer take its lock at BEGIN.

    A transaction that reads first and writes later would meet SQLITE_BUSY without any wait; BEGIN IMMEDIATE queues it.
    """

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writing = connection.get_execution_options().get("writing", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
