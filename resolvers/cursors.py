"""Cursors: a position in one kind of list, signed, so that clients can only hand back what they were given."""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from models.pages import Position, SortValue

SIGNATURE_BYTES = 16
PARSERS: Mapping[str, Callable[[str], SortValue]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "int": int,
    "str": str,
}


class BadCursor(ValueError):
    """The text is not a cursor of this list in this order: forged, cut, or made for another one."""

    def __init__(self) -> None:
        super().__init__("The cursor does not belong to this list in this order.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Cursors:
    """Writes and reads the cursors of one kind of list in one order, which ``purpose`` names."""

    key: bytes
    purpose: str

    def encode(self, position: Position) -> str:
        """Return the opaque text of a position."""
        value = position.value.isoformat() if isinstance(position.value, date) else str(position.value)
        payload = json.dumps([type(position.value).__name__, value, position.id], separators=(",", ":")).encode()
        return armored(self.sign(payload) + payload)

    def decode(self, text: str) -> Position:
        """Return the position again.

        Raises `BadCursor` for anything that `encode` did not write with the same key and purpose.
        """
        try:
            signed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except ValueError as exc:
            raise BadCursor from exc
        signature, payload = signed[:SIGNATURE_BYTES], signed[SIGNATURE_BYTES:]
        if not hmac.compare_digest(signature, self.sign(payload)) or armored(signed) != text:
            raise BadCursor
        kind, value, row_id = json.loads(payload)
        return Position(value=PARSERS[kind](value), id=row_id)

    def sign(self, payload: bytes) -> bytes:
        message = b"\0".join((self.purpose.encode(), payload))
        return hmac.digest(self.key, message, hashlib.sha256)[:SIGNATURE_BYTES]


def armored(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
