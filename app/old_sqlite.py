"""What an old SQLite library lacks, added to every connection of this process."""

import sqlite3
import time
from typing import Any

from sqlalchemy import Engine, event

KNOWS_SUBSEC = (3, 42)


def teach_subsec() -> None:
    """Let an older SQLite understand ``unixepoch('subsec')``, to which it answers NULL.

    The durable engine writes it into its tables from Python 3.12 on, whichever SQLite that Python runs with.
    """
    if sqlite3.sqlite_version_info < KNOWS_SUBSEC and not event.contains(Engine, "connect", add_unixepoch):
        event.listen(Engine, "connect", add_unixepoch)


def add_unixepoch(connection: Any, _record: object) -> None:
    if hasattr(connection, "create_function"):  # a connection to SQLite
        connection.create_function("unixepoch", 1, now_with_milliseconds)


def now_with_milliseconds(_subsec: str) -> float:
    return round(time.time() * 1000) / 1000
