"""Loads pages and counts of lists: keys that differ by parent alone share one statement."""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeAlias, TypeVar

from models.database import Database
from models.pages import Listing, Reach, Row, Slice, count_members, read_slices
from resolvers.cursors import BadCursor, Cursors
from schema.context import OrderCriteria, Page, PageKey, ServiceCriteria, Window
from schema.errors import BadUserInput

Criteria: TypeAlias = OrderCriteria | ServiceCriteria | None
Listings: TypeAlias = Callable[[str, Collection[str], Criteria], Listing[Row]]  # customer, parents, criteria
Group = TypeVar("Group", bound=Hashable)
EMPTY: Page[Any] = Page(rows=(), cursors=(), has_next=False, has_previous=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class ListLoading(Generic[Row]):
    """Loads one kind of list for one viewer; the lists of anybody else are empty."""

    database: Database
    viewer_id: str | None
    cursor_key: bytes
    name: str
    listing: Listings[Row]

    async def load_pages(self, keys: Sequence[PageKey]) -> Sequence[Page[Row] | BaseException]:
        """Load the page of every key; for a wrong cursor or an impossible day it is a `BadUserInput`."""
        found: dict[PageKey, Page[Row] | BaseException] = {}
        for (criteria, window), alike in self.visible(keys, by=lambda key: (key.criteria, key.window)).items():
            cursors = Cursors(key=self.cursor_key, purpose=f"{self.name}:{order_named_by(criteria)}")
            try:
                slices = await self.read_pages(alike, criteria, reach=reach_of(window, cursors))
            except (BadCursor, OverflowError) as exc:
                found |= dict.fromkeys(alike, BadUserInput(str(exc)))
                continue
            found |= {key: page_of(slices[key.parent_id], cursors) for key in alike if key.parent_id in slices}
        return [found.get(key, EMPTY) for key in keys]

    async def read_pages(
        self, alike: Sequence[PageKey], criteria: Criteria, *, reach: Reach
    ) -> Mapping[str, Slice[Row]]:
        """Read the pages of all parents, which differ in nothing else, in one statement."""
        listing = self.listing(alike[0].owner_id, {key.parent_id for key in alike}, criteria)
        async with self.database.read() as session:
            return await read_slices(session, listing, reach=reach)

    async def load_counts(self, keys: Sequence[PageKey]) -> Sequence[int | BaseException]:
        """Count the whole list of every key."""
        found: dict[PageKey, int | BaseException] = {}
        for criteria, alike in self.visible(keys, by=lambda key: key.criteria).items():
            try:
                listing = self.listing(alike[0].owner_id, {key.parent_id for key in alike}, criteria)
            except OverflowError as exc:
                found |= dict.fromkeys(alike, BadUserInput(str(exc)))
                continue
            async with self.database.read() as session:
                counts = await count_members(session, listing)
            found |= {key: counts.get(key.parent_id, 0) for key in alike}
        return [found.get(key, 0) for key in keys]

    def visible(self, keys: Iterable[PageKey], *, by: Callable[[PageKey], Group]) -> dict[Group, list[PageKey]]:
        """Group the viewer's own keys, dropping all others."""
        groups: defaultdict[Group, list[PageKey]] = defaultdict(list)
        for key in keys:
            if key.owner_id == self.viewer_id:
                groups[by(key)].append(key)
        return groups


def order_named_by(criteria: Criteria) -> str:
    """Name the order of a list where there is a choice; a cursor is valid in one order alone."""
    return f"{criteria.sort}:{criteria.direction}" if isinstance(criteria, OrderCriteria) else ""


def reach_of(window: Window, cursors: Cursors) -> Reach:
    """Read the window: ``last`` before a cursor, or ``first`` after one. Raises `BadCursor`."""
    backwards = window.last is not None
    cursor = window.before if backwards else window.after
    count = window.last if backwards else window.first
    beyond = None if cursor is None else cursors.decode(cursor)
    return Reach(count=count or 0, beyond=beyond, backwards=backwards)


def page_of(found: Slice[Row], cursors: Cursors) -> Page[Row]:
    return Page(
        rows=found.rows,
        cursors=[cursors.encode(position) for position in found.positions],
        has_next=found.has_next,
        has_previous=found.has_previous,
    )
