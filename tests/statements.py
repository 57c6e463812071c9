"""Counts SQL statements, so that a test can show that their number does not grow with the rows."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from dbos import DBOS
from sqlalchemy import event

from models.database import Database

COUNTED = ("SELECT", "INSERT", "UPDATE", "DELETE", "WITH")


@contextmanager
def count_statements(database: Database) -> Iterator[list[str]]:
    """Collect the text of every statement that reads or writes rows while the block runs, workflows' own left out."""
    statements: list[str] = []
    engine = database.engine.sync_engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: Any) -> None:
        if DBOS.workflow_id is None and statement.lstrip().upper().startswith(COUNTED):
            statements.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)


async def plan_of(database: Database, statement: str) -> list[str]:
    """Return how SQLite carries out a statement, step by step: ``SEARCH services USING INDEX …``, ``SCAN prices``."""
    async with database.engine.connect() as connection:
        values = (None,) * statement.count("?")  # the plan does not depend on them
        plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
        return [str(row.detail) for row in plan]
