"""A real database file for one test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from models.database import Database
from models.tables import Table


@asynccontextmanager
async def fresh_database(folder: Path) -> AsyncIterator[Database]:
    """Open an empty SQLite file with all tables in ``folder``, and close it afterwards."""
    database = Database(f"sqlite+aiosqlite:///{folder / 'saldo.db'}")
    async with database.engine.begin() as connection:
        await connection.run_sync(Table.metadata.create_all)
    try:
        yield database
    finally:
        await database.close()
