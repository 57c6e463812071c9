"""Our books as they are on file: not through the product's own mapping of them."""

import sqlite3
from collections.abc import Collection
from typing import Any

Row = sqlite3.Row


class Books:
    """The rows of our database as last committed, each table read once after every change."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.connection.row_factory = sqlite3.Row
        self.version = -1
        self.tables: dict[str, list[Row]] = {}

    def rows(self, table: str, **conditions: object) -> list[Row]:
        """Return the rows whose columns have these values, or one of several, in the order of their insertion."""
        found = self.all(table)
        for column, wanted in conditions.items():
            if isinstance(wanted, Collection) and not isinstance(wanted, str):
                found = [row for row in found if row[column] in wanted]
            else:
                found = [row for row in found if row[column] == wanted]
        return found

    def row(self, table: str, id: str) -> Row:
        [row] = self.rows(table, id=id)
        return row

    def all(self, table: str) -> list[Row]:
        [version] = self.connection.execute("PRAGMA data_version").fetchone()
        if version != self.version:
            self.version = version
            self.tables.clear()
        if table not in self.tables:
            self.tables[table] = self.connection.execute(f"SELECT * FROM {table} ORDER BY rowid").fetchall()
        return self.tables[table]

    def of_customer(self, customer_id: str) -> dict[str, list[tuple[Any, ...]]]:
        """Return everything that belongs to a customer."""
        owned = ("orders", "services", "payments", "paypal_accounts", "emails", "consents", "idempotency_keys")
        return {table: [tuple(row) for row in self.rows(table, customer_id=customer_id)] for table in owned}
