"""SQLite without a thread of its own: the driver's queue is worked off where it is filled.

`aiosqlite` hands every statement to a thread, which for a file in memory costs many times the statement. With one
thing happening at a time there is nothing to wait for, and the order of events is the same in every run.
"""

import asyncio
from collections.abc import Callable
from threading import Thread
from typing import Any

import aiosqlite
from sqlalchemy import event

from models.database import Database


class InlineQueue:
    """Does at once what it is given, and keeps the result where the caller waits for it."""

    def put_nowait(self, item: tuple[asyncio.Future[Any], Callable[[], Any]]) -> None:
        future, function = item
        try:
            result = function()
        except Exception as exc:  # the caller's, like everything that the driver's thread would catch
            future.set_exception(exc)
        else:
            future.set_result(result)


def connect_inline(*args: Any, **kwargs: Any) -> aiosqlite.Connection:
    """Return a connection of the driver that uses no thread."""
    connection = aiosqlite.connect(*args, **kwargs)
    connection._tx = InlineQueue()  # type: ignore[assignment]
    connection._thread = Thread(target=lambda: None)  # started by the driver, ends at once
    return connection


def work_inline(database: Database) -> Database:
    """Let the database, not opened yet, do its work in the caller's thread."""

    @event.listens_for(database.engine.sync_engine, "do_connect")
    def connect(_dialect: object, _record: object, _args: object, parameters: dict[str, Any]) -> None:
        parameters["async_creator_fn"] = connect_inline

    return database
