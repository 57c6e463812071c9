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


def test_attempts_of_before_learn_which_capture_they_made(tmp_path: Path) -> None:
    file = tmp_path / "saldo.db"
    command.upgrade(alembic_config(address(file)), "0004")
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for payment, status, capture in (("pay_1", "SUCCEEDED", "CAP1"), ("pay_2", "EXPIRED", None)):
            insert(connection, "payments", id=payment, status=status, capture_id=capture)
            for number in (1, 2):
                insert(connection, "payment_attempts", id=f"{payment}-{number}", payment_id=payment, number=number)

    migrate(address(file))

    with sqlite3.connect(file) as connection:
        captures = dict(connection.execute("SELECT id, capture_id FROM payment_attempts"))
    assert captures == {"pay_1-1": None, "pay_1-2": "CAP1", "pay_2-1": None, "pay_2-2": None}


def insert(connection: sqlite3.Connection, table: str, **values: object) -> None:
    """Insert a row; columns that must have a value get one of their kind, its own where it must differ."""
    given = dict(values)
    for _, name, kind, required, _, _ in connection.execute(f"PRAGMA table_info({table})").fetchall():
        if required and name not in given:
            given[name] = f"{values['id']} {name}" if kind.startswith("VARCHAR") else 1
    if table == "payments":  # both have ended
        given["ended_at"] = "2025-03-08 09:30:00"
    marks = ", ".join("?" * len(given))
    connection.execute(f"INSERT INTO {table} ({', '.join(given)}) VALUES ({marks})", list(given.values()))


def test_the_way_back_leaves_no_table(tmp_path: Path) -> None:
    file = tmp_path / "saldo.db"
    migrate(address(file))

    command.downgrade(alembic_config(address(file)), "base")

    assert tables_in(file) == {"alembic_version"}
