"""A database for the tests of the tables and of what reads them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from models.database import Database
from tests.databases import fresh_database


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(tmp_path) as database:
        yield database
