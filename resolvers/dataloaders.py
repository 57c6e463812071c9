"""How a reader becomes a loader: each batch is one statement in a session of its own, within the viewer's rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from strawberry.dataloader import DataLoader

from models.database import Database, Session

Value = TypeVar("Value")
Found = TypeVar("Found", covariant=True)


class Reader(Protocol[Found]):
    """Reads what belongs to the ids within one customer's rows, in one statement; what is not there is left out."""

    async def __call__(self, session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, Found]: ...


@dataclass(frozen=True, kw_only=True, slots=True)
class Batching:
    """Turns readers into loaders for one viewer; without a viewer there is nothing to see."""

    database: Database
    viewer_id: str | None

    async def read(self, reader: Reader[Value], ids: Collection[str]) -> Mapping[str, Value]:
        if self.viewer_id is None:
            return {}
        async with self.database.read() as session:
            return await reader(session, customer_id=self.viewer_id, ids=ids)

    def one(self, reader: Reader[Value]) -> DataLoader[str, Value | None]:
        """Load one value for each id, or None."""

        async def load(ids: list[str]) -> Sequence[Value | None]:
            found = await self.read(reader, ids)
            return [found.get(id) for id in ids]

        return DataLoader(load)

    def several(self, reader: Reader[Sequence[Value]]) -> DataLoader[str, Sequence[Value]]:
        """Load a list for each id, empty by default."""

        async def load(ids: list[str]) -> Sequence[Sequence[Value]]:
            found = await self.read(reader, ids)
            return [found.get(id, ()) for id in ids]

        return DataLoader(load)

    def certain(self, reader: Reader[Value]) -> DataLoader[str, Value]:
        """Load a decision about each id; about a row that is not the viewer's there is none, which is our own bug."""

        async def load(ids: list[str]) -> Sequence[Value | BaseException]:
            found = await self.read(reader, ids)
            return [found[id] if id in found else LookupError(id) for id in ids]

        return DataLoader(load)
