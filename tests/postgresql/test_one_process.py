"""A database on a server belongs to one process, as a file does."""

from pathlib import Path

import pytest

from models.database import Database, DatabaseInUseError
from tests.harness import postgresql
from tests.harness.product import Product


async def test_a_second_process_is_refused_while_the_first_one_lives(product: Product) -> None:
    second = Database(product.settings.database_url)

    with pytest.raises(DatabaseInUseError):
        await second.hold()
    await second.close()


async def test_the_database_is_free_again_after_closing(tmp_path: Path) -> None:
    address = postgresql.database_of(tmp_path)
    assert address is not None
    first, second = Database(address), Database(address)

    await first.hold()
    await first.close()
    await second.hold()

    await second.close()
