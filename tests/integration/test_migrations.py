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


def test_whoever_has_accounts_has_a_default_that_can_be_charged_and_nobody_else_has(tmp_path: Path) -> None:
    file = tmp_path / "saldo.db"
    command.upgrade(alembic_config(address(file)), "0006")
    before = (  # customer, account, status, default
        ("cus_1", "acc_1", "REVOKED", 1),
        ("cus_1", "acc_2", "ACTIVE", 0),
        ("cus_1", "acc_3", "ACTIVE", 0),
        ("cus_2", "acc_4", "ACTIVE", 0),
        ("cus_2", "acc_5", "ACTIVE", 1),
        ("cus_3", "acc_6", "REMOVED", 1),
    )
    with sqlite3.connect(file) as connection:
        connection.execute("PRAGMA foreign_keys = OFF")
        for customer, account, status, default in before:
            insert(connection, "paypal_accounts", id=account, customer_id=customer, status=status, is_default=default)

    migrate(address(file))

    with sqlite3.connect(file) as connection:
        chosen = connection.execute("SELECT id FROM paypal_accounts WHERE is_default ORDER BY id").fetchall()
        due = connection.execute("SELECT DISTINCT check_on FROM paypal_accounts").fetchall()
    assert chosen == [("acc_2",), ("acc_5",)]
    assert due == [("0001-01-01",)]  # at once


def insert(connection: sqlite3.Connection, table: str, **values: object) -> None:
    """Insert a row; columns that must have a value get one of their kind, its own where it must differ."""
    given = dict(values)
    for _, name, kind, required, _, _ in connection.execute(f"PRAGMA table_info({table})").fetchall():
        if required and name not in given:
            given[name] = f"{values['id']} {name}" if kind.startswith("VARCHAR") else 1
    if table == "paypal_accounts" and given["status"] == "ACTIVE":
        given["payment_token"] = f"token of {values['id']}"
    if table == "payments":  # both have ended
        given["ended_at"] = "2025-03-08 09:30:00"
    marks = ", ".join("?" * len(given))
    connection.execute(f"INSERT INTO {table} ({', '.join(given)}) VALUES ({marks})", list(given.values()))


def test_the_way_back_leaves_no_table(tmp_path: Path) -> None:
    file = tmp_path / "saldo.db"
    migrate(address(file))

    command.downgrade(alembic_config(address(file)), "base")

    assert tables_in(file) == {"alembic_version"}
