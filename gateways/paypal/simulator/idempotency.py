"""What PayPal remembers under a PayPal-Request-Id."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateways.paypal.simulator.errors import refusal
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.state import Ledger


@dataclass(frozen=True, kw_only=True, slots=True)
class Key:
    """Whose request, of which operation on which path, under which id."""

    client_id: str
    operation: str
    request_id: str


class IdempotencyMemory:
    """Answers already given, kept as long as PayPal keeps them; and requests being answered now."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._in_progress: set[Key] = set()

    @contextmanager
    def claim(self, key: Key | None) -> Iterator[None]:
        """Hold the key while its request is answered.

        Raises:
            RefusalError: 409 when another request holds it.
        """
        if key is None:
            yield
            return
        if key in self._in_progress:
            raise refusal("PREVIOUS_REQUEST_IN_PROGRESS")
        self._in_progress.add(key)
        try:
            yield
        finally:
            self._in_progress.remove(key)

    def recall(self, key: Key, now: datetime) -> Reply | None:
        """Return the earlier answer, a success as 200; None when there is none or it has been forgotten."""
        row = self._ledger.connection.execute(
            "SELECT status, body FROM replies WHERE client_id = ? AND operation = ? AND request_id = ? "
            "AND expires_at > ?",
            (key.client_id, key.operation, key.request_id, now.isoformat()),
        ).fetchone()
        if row is None:
            return None
        status, body = row
        return Reply(status=200 if status == 201 else status, body=json.loads(body), replayed=True)

    def keep(self, key: Key, reply: Reply, *, until: datetime) -> None:
        """Remember an answer, a refusal as well as a success."""
        self._ledger.connection.execute(
            "INSERT OR REPLACE INTO replies VALUES (?, ?, ?, ?, ?, ?)",
            (key.client_id, key.operation, key.request_id, reply.status, json.dumps(reply.body), until.isoformat()),
        )


ORDERS_KEY_LIFE = timedelta(hours=6)
REFUNDS_KEY_LIFE = timedelta(days=45)
VAULT_KEY_LIFE = timedelta(hours=3)
