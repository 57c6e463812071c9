"""Idempotency keys of clients: the first answer again for the same input, a refusal for another one."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime

from models import enums, tables
from models.database import Session
from use_cases.errors import IdempotencyConflict


def fingerprint(values: Mapping[str, object]) -> str:
    """Return the SHA-256 of the values that make an input what it is."""
    return hashlib.sha256(json.dumps(values, sort_keys=True, default=str).encode()).hexdigest()


async def recall(
    session: Session, *, customer_id: str, mutation: enums.MutationName, key: str | None, input_hash: str
) -> tables.IdempotencyKey | None:
    """Return what the key stands for, if it was used before. Raises ``IdempotencyConflict`` for another input."""
    if key is None:
        return None
    known = await session.get(tables.IdempotencyKey, (customer_id, mutation, key))
    if known is not None and known.input_hash != input_hash:
        raise IdempotencyConflict(key)
    return known


def remember(
    session: Session,
    *,
    customer_id: str,
    mutation: enums.MutationName,
    key: str | None,
    input_hash: str,
    payment_id: str,
    repeated: bool,
    now: datetime,
) -> None:
    """Keep the answer given under the key."""
    if key is not None:
        session.add(
            tables.IdempotencyKey(
                customer_id=customer_id,
                mutation=mutation,
                key=key,
                input_hash=input_hash,
                payment_id=payment_id,
                repeated=repeated,
                created_at=now,
            )
        )
