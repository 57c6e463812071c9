"""Idempotency keys of clients: the first answer again for the same input, a refusal for another one."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from models import enums, tables
from models.database import Session
from use_cases.errors import IdempotencyConflict, InvalidInput

LONGEST_KEY = 255  # characters: it is part of a primary key


@dataclass(frozen=True, kw_only=True, slots=True)
class KeyedRequest:
    """A mutation that a client may repeat under its own key, with the values that make its input what it is.

    Without a key nothing is recalled and nothing is kept.
    """

    customer_id: str
    mutation: enums.MutationName
    key: str | None
    values: Mapping[str, object]

    @property
    def fingerprint(self) -> str:
        """The SHA-256 of the values."""
        return hashlib.sha256(json.dumps(self.values, sort_keys=True, default=str).encode()).hexdigest()

    async def recall(self, session: Session) -> tables.IdempotencyKey | None:
        """Return what the key stands for, if it was used before.

        Raises ``InvalidInput`` for a key that is too long, ``IdempotencyConflict`` for another input.
        """
        if self.key is None:
            return None
        if len(self.key) > LONGEST_KEY:
            raise InvalidInput("input", "idempotencyKey", reason="idempotency_key_too_long")
        known = await session.get(tables.IdempotencyKey, (self.customer_id, self.mutation, self.key))
        if known is not None and known.input_hash != self.fingerprint:
            raise IdempotencyConflict(self.key)
        return known

    def remember(self, session: Session, *, payment_id: str, repeated: bool, now: datetime) -> None:
        """Keep the answer given under the key."""
        if self.key is None:
            return
        session.add(
            tables.IdempotencyKey(
                customer_id=self.customer_id,
                mutation=self.mutation,
                key=self.key,
                input_hash=self.fingerprint,
                payment_id=payment_id,
                repeated=repeated,
                created_at=now,
            )
        )
