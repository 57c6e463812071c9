"""A database with an outbox, for the tests of single operations."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.database import Database
from tests.databases import fresh_database
from tests.integration.use_cases.books import Books


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(tmp_path) as database:
        yield database


@pytest.fixture
def books(database: Database) -> Books:
    """The books of the database, and the work owed by its transactions."""
    return Books(database)
