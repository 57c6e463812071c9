"""The calls that were made, for whoever tests the merchant."""

import json

from pydantic import BaseModel, JsonValue

from gateways.paypal.simulator.calls import Call
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.state import Ledger


class Entry(BaseModel):
    """A call of the API; never its bearer token."""

    sequence: int
    at: str
    method: str
    path: str
    request_id: str | None
    status: int | None  # None: the connection was broken
    replayed: bool  # answered from memory, nothing done again
    order_id: str | None
    request_body: JsonValue


class Journal:
    """All calls since the last reset."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def add(self, call: Call, reply: Reply) -> None:
        """Write down a call and how it was answered."""
        self._ledger.connection.execute(
            "INSERT INTO calls (at, method, path, request_id, status, replayed, order_id, request_body) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                call.desk.now.isoformat(),
                call.method,
                call.path,
                call.request_id,
                None if reply.lost else reply.status,
                reply.replayed,
                _order_id(call, reply),
                call.raw_body.decode(errors="replace"),
            ),
        )

    def since(self, sequence: int) -> list[Entry]:
        """Return the calls after that number, oldest first."""
        rows = self._ledger.connection.execute(
            "SELECT sequence, at, method, path, request_id, status, replayed, order_id, request_body "
            "FROM calls WHERE sequence > ? ORDER BY sequence",
            (sequence,),
        ).fetchall()
        return [
            Entry(**dict(zip(Entry.model_fields, (*row[:-1], _readable(row[3], row[-1])), strict=True))) for row in rows
        ]


def _order_id(call: Call, reply: Reply) -> str | None:
    if not call.path.startswith("/v2/checkout/orders"):
        return None
    named = call.ids.get("id") or (reply.body or {}).get("id")
    return str(named) if named else None


def _readable(path: str, body: str) -> JsonValue:
    """Return a body as JSON, as text when it is none; credentials are asked for in a form that says nothing."""
    if not body or path == "/v1/oauth2/token":
        return None
    try:
        parsed: JsonValue = json.loads(body)
    except ValueError:
        return body
    return parsed
