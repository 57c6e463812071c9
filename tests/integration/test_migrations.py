"""The migrations make exactly the tables of the models, and take them away again."""

import sqlite3
from pathlib import Path

from alembic import command

from app.migrate import alembic_config, migrate
from models.tables import Table


def tables_in(file: Path) -> set[str]:
    with sqlite3.connect(file) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def address(file: Path) -> str:
    return f"sqlite+aiosqlite:///{file}"


def test_an_empty_file_becomes_what_the_models_say(tmp_path: Path) -> None:
    file = tmp_path / "var" / "saldo.db"

    migrate(address(file))

    command.check(alembic_config(address(file)))  # raises for the least difference
    assert tables_in(file) == {*Table.metadata.tables, "alembic_version"}


def test_migrating_again_changes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "saldo.db"
    migrate(address(file))
    before = file.read_bytes()

    migrate(address(file))

    assert file.read_bytes() == before


def test_the_way_back_leaves_no_table(tmp_path: Path) -> None:
    file = tmp_path / "saldo.db"
    migrate(address(file))

    command.downgrade(alembic_config(address(file)), "base")

    assert tables_in(file) == {"alembic_version"}
