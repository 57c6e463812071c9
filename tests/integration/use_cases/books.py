"""Everything that an operation can change: the rows, and the work it owes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, TypeVar

from sqlmodel import col, select

from models import tables
from models.database import Database, Session
from models.enums import Job

Result = TypeVar("Result")


@dataclass
class Books:
    """A database whose outbox keeps, like the engine's, the first work under each key."""

    database: Database
    owed: dict[str, tuple[Job, timedelta | None]] = field(default_factory=dict)
    told: dict[str, tuple[object, ...]] = field(default_factory=dict)  # the arguments of that work

    def __post_init__(self) -> None:
        self.database.connect_outbox(self.owe)

    async def owe(
        self, session: Session, job: Job, key: str, arguments: tuple[object, ...], delay: timedelta | None
    ) -> None:
        self.owed.setdefault(key, (job, delay))
        self.told.setdefault(key, arguments)

    async def apply(self, operation: Callable[..., Awaitable[Result]], /, **values: Any) -> Result:
        """Run the operation in a transaction of its own."""
        async with self.database.write() as session:
            return await operation(session, **values)

    async def row(self, row: Any) -> Any:
        """Return the row as it is now."""
        async with self.database.read() as session:
            return await session.get_one(type(row), row.id)

    async def rows(self, table: type[tables.Table]) -> Sequence[Any]:
        """Return all rows of a table, by their first primary key column."""
        async with self.database.read() as session:
            return (await session.exec(select(table).order_by(*table.__table__.primary_key.columns))).all()  # type: ignore[attr-defined]

    async def events(self, payment: tables.Payment) -> Sequence[tables.PaymentEvent]:
        """Return the history of the payment, oldest first."""
        event = tables.PaymentEvent
        query = select(event).where(event.payment_id == payment.id).order_by(col(event.position))
        async with self.database.read() as session:
            return (await session.exec(query)).all()

    async def history(self, payment: tables.Payment) -> list[str]:
        """Return the statuses that the payment has had, oldest first."""
        return [event.status for event in await self.events(payment)]

    async def snapshot(self) -> dict[str, list[str]]:
        """Return all rows of all tables and all work owed."""
        found = {"owed": sorted(map(repr, self.owed.items()))}
        async with self.database.read() as session:
            for table in tables.Table.metadata.sorted_tables:
                rows = (await session.execute(table.select())).all()
                found[table.name] = sorted(repr(tuple(row)) for row in rows)
        return found
