"""What PostgreSQL needs to be told, so that it takes what SQLite takes."""

from typing import Any

from psycopg.types.string import StrDumperUnknown
from sqlalchemy import Engine, event

NUL, REPLACEMENT = "\x00", "\ufffd"


class TakingNul(StrDumperUnknown):
    """Writes U+FFFD for U+0000, which PostgreSQL knows no text with: an id of it is unknown, not a defect."""

    def dump(self, obj: str) -> Any:
        return super().dump(obj.replace(NUL, REPLACEMENT))


def tune_postgresql(engine: Engine) -> None:
    """Let every connection take any text."""

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, _record: object) -> None:
        connection.driver_connection.adapters.register_dumper(str, TakingNul)
