"""Connections: keyset pages with the cursors, counts and limits that clients expect."""

from collections.abc import Callable
from typing import Annotated, Generic, TypeAlias, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from schema.context import Page, PageKey, Window
from schema.cost import Cost
from schema.errors import BadUserInput

Item = TypeVar("Item")
Row = TypeVar("Row")
Value = TypeVar("Value")

DEFAULT_SIZE = 20
LARGEST_SIZE = 100

First: TypeAlias = Annotated[
    int | None,
    strawberry.argument(description="How many from the start, 1 to 100. Without effect when `last` is given."),
]
After: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Cursor of the item before the first one wanted; goes with `first`.")
]
Last: TypeAlias = Annotated[int | None, strawberry.argument(description="How many from the end, 1 to 100.")]
Before: TypeAlias = Annotated[
    str | None, strawberry.argument(description="Cursor of the item behind the last one wanted; goes with `last`.")
]


@strawberry.type(description="Where a page lies in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether items follow this page.")
    has_previous_page: bool = strawberry.field(description="Whether items precede this page.")
    start_cursor: str | None = strawberry.field(description="Cursor of the first item; null when the page is empty.")
    end_cursor: str | None = strawberry.field(description="Cursor of the last item; null when the page is empty.")


@strawberry.type(description="One item of a page, with its place in the list.")
class Edge(Generic[Item]):
    cursor: str = strawberry.field(description="Opaque place of the item, for `after` and `before`.")
    node: Item = strawberry.field(description="The item.")


@strawberry.type(description="One page of a list.")
class Connection(Generic[Item]):
    edges: list[Edge[Item]] = strawberry.field(description="The items with their cursors.")
    page_info: PageInfo = strawberry.field(description="Where this page lies in its list.")
    counted_by: strawberry.Private[DataLoader[PageKey, int]]
    key: strawberry.Private[PageKey]

    @strawberry.field(description="The items alone, for those who need no cursor for each.")
    def nodes(self) -> list[Item]:
        return [edge.node for edge in self.edges]

    @strawberry.field(
        description="Length of the whole list, with the same filter; counted only when asked for.",
        directives=[Cost(weight=5)],
    )
    async def total_count(self) -> int | None:
        return await self.counted_by.load(self.key)


async def connect(
    key: PageKey,
    *,
    pages: DataLoader[PageKey, Page[Row]],
    counted_by: DataLoader[PageKey, int],
    convert: Callable[[Row], Item],
) -> Connection[Item]:
    """Load one page and convert its rows."""
    page = await pages.load(key)
    return Connection(
        edges=[Edge(cursor=cursor, node=convert(row)) for row, cursor in zip(page.rows, page.cursors, strict=True)],
        page_info=PageInfo(
            has_next_page=page.has_next,
            has_previous_page=page.has_previous,
            start_cursor=page.cursors[0] if page.cursors else None,
            end_cursor=page.cursors[-1] if page.cursors else None,
        ),
        counted_by=counted_by,
        key=key,
    )


def window(
    *, first: int | None, after: str | None = None, last: int | None = None, before: str | None = None
) -> Window:
    """Return the window asked for; ``last`` wins over ``first``, which has a default. An unset argument counts as null.

    Raises `BadUserInput` for a size outside 1 to 100 and for a cursor that goes with the other direction.
    """
    after, last, before = given(after), given(last), given(before)
    if last is not None:
        if after is not None:
            raise BadUserInput("`after` goes with `first`, `before` goes with `last`.")
        return Window(last=checked(last, "last"), before=before)
    if before is not None:
        raise BadUserInput("`before` goes with `last`, `after` goes with `first`.")
    return Window(first=checked(DEFAULT_SIZE if first is None else first, "first"), after=after)


def given(argument: Value | None) -> Value | None:
    """Return an argument without a default as it was sent; None when it was not."""
    return None if argument is strawberry.UNSET else argument


def checked(size: int, argument: str) -> int:
    if not 1 <= size <= LARGEST_SIZE:
        raise BadUserInput(f"`{argument}` is a whole number from 1 to {LARGEST_SIZE}.")
    return size
