"""Everything the simulator remembers, in one SQLite file: the only place where it changes."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.records import AccessToken, Authority, Certificate, Payer, Record
from gateways.paypal.simulator.scenarios import KNOWN_PAYERS, behaviour_named_by

R = TypeVar("R", bound=Record)

_TABLES = """
CREATE TABLE IF NOT EXISTS documents (
    sequence INTEGER PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, body TEXT NOT NULL, UNIQUE (kind, id));
CREATE INDEX IF NOT EXISTS documents_by_status ON documents (kind, json_extract(body, '$.status'));
CREATE INDEX IF NOT EXISTS documents_by_invoice ON documents (kind, json_extract(body, '$.invoice_id'));
CREATE TABLE IF NOT EXISTS replies (
    client_id TEXT NOT NULL, operation TEXT NOT NULL, request_id TEXT NOT NULL, status INTEGER NOT NULL,
    body TEXT NOT NULL, expires_at TEXT NOT NULL, PRIMARY KEY (client_id, operation, request_id));
CREATE TABLE IF NOT EXISTS calls (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT, at TEXT NOT NULL, method TEXT NOT NULL, path TEXT NOT NULL,
    request_id TEXT, status INTEGER, replayed INTEGER NOT NULL, order_id TEXT, request_body TEXT);
CREATE TABLE IF NOT EXISTS clock (advance_seconds REAL NOT NULL);
"""

_KEPT = (AccessToken.kind, Authority.kind, Certificate.kind)


class Ledger:
    """The simulator's memory.

    Calls are synchronous on purpose: an operation that never awaits cannot be interleaved with another one.
    """

    def __init__(self, path: Path) -> None:
        if str(path) != ":memory:":
            path.parent.mkdir(parents=True, exist_ok=True)
        self.connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self.connection.execute("PRAGMA journal_mode = WAL")
        self.connection.execute("PRAGMA synchronous = NORMAL")
        self.connection.executescript(_TABLES)
        self._add_known_payers()

    def close(self) -> None:
        """Close the file."""
        self.connection.close()

    def reset(self) -> None:
        """Forget everything except the payers that exist from the start; bearer tokens and certificates stay good."""
        with self.transaction():
            self.connection.execute("DELETE FROM documents WHERE kind NOT IN (?, ?, ?)", _KEPT)
            for table in ("replies", "calls", "clock"):
                self.connection.execute(f"DELETE FROM {table}")  # noqa: S608 - names from the line above
            self._add_known_payers()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """Keep all changes made inside, or none when it is left by an exception; inside another one, be part of it."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    def get(self, record: type[R], id_: str) -> R | None:
        """Return the record with that id, or None."""
        row = self.connection.execute(
            "SELECT body FROM documents WHERE kind = ? AND id = ?", (record.kind, id_)
        ).fetchone()
        return None if row is None else record.model_validate_json(row[0])

    def find(self, record: type[R], **equal: str) -> list[R]:
        """Return the records whose fields have these values, oldest first."""
        conditions = "".join(f" AND json_extract(body, '$.{field}') = ?" for field in equal)
        rows = self.connection.execute(
            f"SELECT body FROM documents WHERE kind = ?{conditions} ORDER BY sequence",  # noqa: S608 - field names
            (record.kind, *equal.values()),
        ).fetchall()
        return [record.model_validate_json(body) for (body,) in rows]

    def save(self, record: Record) -> None:
        """Store a record, new or changed. Every change of state passes here."""
        self.connection.execute(
            "INSERT INTO documents (kind, id, body) VALUES (?, ?, ?) "
            "ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body",
            (record.kind, record.id, record.model_dump_json()),
        )

    def remove(self, record: Record) -> None:
        """Delete a record."""
        self.connection.execute("DELETE FROM documents WHERE kind = ? AND id = ?", (record.kind, record.id))

    def clock_advance(self) -> timedelta:
        """Return by how much the simulator's clock is ahead of the true one, or behind it."""
        (seconds,) = self.connection.execute("SELECT coalesce(sum(advance_seconds), 0) FROM clock").fetchone()
        return timedelta(seconds=seconds)

    def advance_clock(self, seconds: float) -> None:
        """Move the clock forward, or back by less than nothing."""
        self.connection.execute("INSERT INTO clock VALUES (?)", (seconds,))

    def _add_known_payers(self) -> None:
        with self.transaction():
            for email, (given_name, surname) in KNOWN_PAYERS.items():
                self.add_payer(email=email, given_name=given_name, surname=surname)

    def add_payer(self, *, email: str, given_name: str, surname: str, behaviour: str | None = None) -> Payer:
        """Return the payer with that address, created if needed; a behaviour given anew is taken over."""
        email = email.strip().lower()
        payer = self.payer_with(email) or Payer(
            id=ids.payer_id(email),
            email=email,
            given_name=given_name,
            surname=surname,
            behaviour=behaviour_named_by(email),
        )
        payer.behaviour = behaviour or payer.behaviour
        self.save(payer)
        return payer

    def payer_with(self, email: str) -> Payer | None:
        """Return the payer with that address, or None."""
        return self.get(Payer, ids.payer_id(email.strip().lower()))
