"""How a transaction leaves durable work behind: the engine's own tables are written in it, too."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from dbos import DBOSClient, DBOSPortableJSONSerializer
from sqlalchemy import make_url

from models.database import Database, Session
from models.enums import Job
from workflows.queues import QUEUES

APPLICATION = "saldo"
JSON = DBOSPortableJSONSerializer()


@asynccontextmanager
async def owing_from_outside(database: Database) -> AsyncIterator[None]:
    """Let a process that carries out nothing leave work behind for the one that does."""
    client = client_of(database)
    database.connect_outbox(outbox(client))
    try:
        yield
    finally:
        client.destroy()


def client_of(database: Database) -> DBOSClient:
    return DBOSClient(
        system_database_url=synchronous_url(database.url),
        serializer=JSON,
        application_name=APPLICATION,
        lazy=True,
    )


def synchronous_url(url: str) -> str:
    """Return the address of the same database for the engine's own synchronous connections."""
    parsed = make_url(url)
    return parsed.set(drivername=parsed.drivername.replace("+aiosqlite", "")).render_as_string(hide_password=False)


def outbox(client: DBOSClient) -> Callable[..., Awaitable[None]]:
    """Return the way by which a session leaves durable work behind in its own transaction."""

    async def owe(session: Session, job: Job, key: str, arguments: tuple[object, ...], delay: timedelta | None) -> None:
        options: Any = {"workflow_name": job.value, "queue_name": QUEUES[job], "workflow_id": key}
        if delay is not None:
            options["delay_seconds"] = delay.total_seconds()
        await session.run_sync(lambda sync: client.enqueue_in_transaction(sync, options, *arguments))

    return owe
