"""The database that every product of a test begins with."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from app.migrate import migrate
from tests.harness import postgresql
from tests.harness.mailbox import Mailbox
from tests.harness.product import running_product
from tests.harness.simulator import Simulator


def make_template(directory: Path, simulator: Simulator) -> Path:
    """Return a migrated, empty database in which the engine has been launched once, for copying."""
    empty, launched = directory / "empty.db", directory / "saldo.db"
    migrate(f"sqlite+aiosqlite:///{empty}")

    async def launch_once() -> None:
        async with running_product(directory, template=empty, simulator=simulator, mailbox=Mailbox()):
            pass

    asyncio.run(launch_once())
    postgresql.copy_from_now_on(directory)
    with closing(sqlite3.connect(launched)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return launched.rename(directory / "template.db")
