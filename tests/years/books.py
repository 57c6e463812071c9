"""The books of both sides, read from the files themselves: not through our own mapping of them."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

Row = sqlite3.Row
ROME = ZoneInfo("Europe/Rome")


@dataclass
class Books:
    """Our rows, and PayPal's records."""

    ours: sqlite3.Connection
    theirs: sqlite3.Connection

    def rows(self, table: str, condition: str = "TRUE", *values: object) -> list[Row]:
        """Return rows of ours, the oldest first."""
        query = f"SELECT * FROM {table} WHERE {condition} ORDER BY rowid"
        return self.ours.execute(query, values).fetchall()

    def row(self, table: str, id: str) -> Row:
        [row] = self.rows(table, "id = ?", id)
        return row

    def newest_attempt(self, payment_id: str) -> Row:
        return self.rows("payment_attempts", "payment_id = ?", payment_id)[-1]

    def order_at(self, service_id: str, expiry: str) -> Row | None:
        """Return the order that renews the service at this expiry, unless it was canceled."""
        found = self.rows(
            "orders", "renews_service_id = ? AND renews_expiry = ? AND status <> 'CANCELED'", service_id, expiry
        )
        return found[0] if found else None

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Return what PayPal has of one kind, oldest first: ``order``, ``capture``, ``refund``, ``payment_token``."""
        found = self.theirs.execute("SELECT body FROM documents WHERE kind = ? ORDER BY sequence", (kind,))
        return [json.loads(body) for (body,) in found.fetchall()]

    def held(self) -> list[dict[str, Any]]:
        """Return the captures on which PayPal has not decided."""
        pending = "kind = 'capture' AND json_extract(body, '$.status') = 'PENDING'"
        query = f"SELECT body FROM documents WHERE {pending} ORDER BY sequence"
        return [json.loads(body) for (body,) in self.theirs.execute(query).fetchall()]

    def not_found(self, path: str) -> dict[str, datetime]:
        """Return when PayPal first said, of each thing that we asked for under the path, that there is none."""
        calls = self.theirs.execute(
            "SELECT path, min(at) FROM calls WHERE method = 'GET' AND status = 404 AND path LIKE ? GROUP BY path",
            (f"{path}%",),
        )
        return {called.removeprefix(path): moment(at) for called, at in calls.fetchall()}

    def emails(self, ids: Sequence[str]) -> list[Row]:
        return [self.row("emails", id) for id in ids]


def moment(text: str) -> datetime:
    """Read an instant as either database writes it: UTC, with or without saying so."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def rome(text: str) -> date:
    """Return the day in Rome of an instant in the database."""
    return moment(text).astimezone(ROME).date()
