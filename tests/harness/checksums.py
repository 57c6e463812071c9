"""Four bytes that give a text any CRC32 one likes: why a signature over a checksum proves nothing about the text."""

import zlib
from itertools import count

ALL = 0xFFFFFFFF
TABLE = [zlib.crc32(bytes([place ^ 0xFF])) ^ ALL ^ (ALL >> 8) for place in range(256)]
BY_TOP = {entry >> 24: place for place, entry in enumerate(TABLE)}
PLAIN = frozenset(range(0x20, 0x7F)) - frozenset(b'"\\')  # what may stand in a JSON string as it is


def four_bytes(before: bytes, after: bytes, *, checksum: int) -> bytes:
    """Return the four bytes between two texts with which the whole has that CRC32."""
    wanted = undo(bytes(4), undo(after, checksum ^ ALL))  # four unknown bytes act as zeros on another register
    return (wanted ^ zlib.crc32(before) ^ ALL).to_bytes(4, "little")


def undo(text: bytes, register: int) -> int:
    """Return what the register of a CRC32 held before the text went through it."""
    for byte in reversed(text):
        place = BY_TOP[register >> 24]
        register = ((register ^ TABLE[place]) << 8 & ALL) | (place ^ byte)
    return register


def with_checksum(json_object: bytes, checksum: int) -> bytes:
    """Return the JSON object with two members more and that CRC32."""
    for number in count():
        before, after = json_object.rstrip().removesuffix(b"}") + b',"n":%d,"pad":"' % number, b'"}'
        pad = four_bytes(before, after, checksum=checksum)
        if PLAIN.issuperset(pad):
            return before + pad + after
    raise AssertionError("unreachable")
