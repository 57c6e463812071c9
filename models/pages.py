"""Keyset pages: the rows beyond a position in a sorted list, for one parent or for many, always in one statement."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Generic, TypeAlias, TypeVar

from sqlalchemy import ColumnElement, Select, SQLColumnExpression, Subquery, and_, func, or_, true, tuple_, union_all
from sqlmodel import select

from models import tables
from models.database import Session

Row = TypeVar("Row", tables.Order, tables.Service, tables.Payment)
SortValue: TypeAlias = datetime | date | int | str
Members: TypeAlias = Select[*tuple[Any, ...]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Position:
    """A place in a sorted list: the sort value of a row and its id, which decides between equal values."""

    value: SortValue
    id: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reach:
    """How far to read: ``count`` rows after ``beyond``, or before it when ``backwards``; without it, from the end."""

    count: int
    beyond: Position | None = None
    backwards: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Listing(Generic[Row]):
    """A sorted list per parent. ``members`` selects the id and the parent of its rows, owner and filters applied.

    ``sort`` must never be NULL: a comparison with NULL would lose rows.
    """

    row: type[Row]
    id: SQLColumnExpression[str]
    parent: SQLColumnExpression[Any]
    parents: Collection[str]
    sort: SQLColumnExpression[Any]
    descending: bool
    members: Members


@dataclass(kw_only=True, slots=True)
class Slice(Generic[Row]):
    """The rows of one parent's page in the order of the list, each with its position."""

    rows: list[Row] = field(default_factory=list)
    positions: list[Position] = field(default_factory=list)
    has_next: bool = False
    has_previous: bool = False


def members_of(id: SQLColumnExpression[str], parent: SQLColumnExpression[Any], parents: Collection[str]) -> Members:
    """Start the ``members`` of a listing; a single parent is compared, so that its index also gives the order."""
    only = parent == next(iter(parents)) if len(parents) == 1 else parent.in_(parents)
    return select(id.label("id"), parent.label("parent")).where(only)


async def read_slices(session: Session, listing: Listing[Row], *, reach: Reach) -> Mapping[str, Slice[Row]]:
    """Read the page of every parent in one statement; a parent without rows has an empty slice."""
    picked = nearest_of_one(listing, reach) if len(listing.parents) == 1 else nearest_of_many(listing, reach)
    statement = (
        select(listing.row, picked.c.parent, picked.c.ahead, listing.sort)
        .join(picked, picked.c.id == listing.id)
        .order_by(*order_of(listing, backwards=reach.backwards))
    )
    slices = {parent: Slice[Row]() for parent in listing.parents}
    more, behind = set(), set()
    for row, parent, ahead, value in await session.exec(statement):
        page = slices[parent]
        if not ahead:
            behind.add(parent)
        elif len(page.rows) == reach.count:
            more.add(parent)
        else:
            page.rows.append(row)
            page.positions.append(Position(value=value, id=row.id))
    for parent, page in slices.items():
        page.has_next, page.has_previous = parent in more, parent in behind
        if reach.backwards:
            page.rows.reverse()
            page.positions.reverse()
            page.has_next, page.has_previous = page.has_previous, page.has_next
    return slices


async def count_members(session: Session, listing: Listing[Any]) -> Mapping[str, int]:
    """Count the rows of every parent in one statement; parents without rows are absent."""
    members = listing.members.subquery()
    found = await session.exec(select(members.c.parent, func.count()).group_by(members.c.parent))
    return dict(found.all())


def nearest_of_one(listing: Listing[Any], reach: Reach) -> Subquery:
    """Pick one row more than asked ahead of the position, and one behind it: they prove that there is more."""
    near = order_of(listing, backwards=reach.backwards)
    members = listing.members.add_columns(true().label("ahead")).order_by(*near).limit(reach.count + 1)
    if reach.beyond is None:
        return members.subquery()
    ahead = members.where(is_ahead(listing, reach, reach.beyond)).subquery()
    behind = (
        listing.members.add_columns((~true()).label("ahead"))
        .where(~is_ahead(listing, reach, reach.beyond))
        .order_by(*order_of(listing, backwards=not reach.backwards))
        .limit(1)
        .subquery()
    )
    return union_all(ahead.select(), behind.select()).subquery()


def nearest_of_many(listing: Listing[Any], reach: Reach) -> Subquery:
    """Pick the same rows for every parent, by their rank within the parent."""
    ahead = true() if reach.beyond is None else is_ahead(listing, reach, reach.beyond)
    rank = func.row_number().over(
        partition_by=(listing.parent, ahead), order_by=order_of(listing, backwards=reach.backwards)
    )
    ranked = listing.members.add_columns(ahead.label("ahead"), rank.label("rank")).subquery()
    enough = or_(ranked.c.rank == 1, and_(ranked.c.ahead, ranked.c.rank <= reach.count + 1))
    return ranked.select().where(enough).subquery()


def is_ahead(listing: Listing[Any], reach: Reach, position: Position) -> ColumnElement[bool]:
    """Compare rows with the position, in the direction of reading."""
    key = tuple_(listing.sort, listing.id)
    edge = (position.value, position.id)
    return key < edge if listing.descending is not reach.backwards else key > edge


def order_of(listing: Listing[Any], *, backwards: bool) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
    """Sort by value and id; reading backwards turns both around."""
    if listing.descending is not backwards:
        return listing.sort.desc(), listing.id.desc()
    return listing.sort.asc(), listing.id.asc()
