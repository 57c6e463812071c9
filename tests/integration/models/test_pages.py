"""Keyset pages against a plain sort of the same rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import enums, tables
from models.database import Database
from models.pages import Listing, Position, Reach, Row, Slice, count_members, read_slices
from models.repositories import orders, payments, services
from models.repositories.orders import OrderFilter
from models.repositories.services import ServiceFilter
from tests.factories import NOW, make_account, make_customer, make_order, make_payment, make_service, store
from tests.statements import count_statements

# The database is shared by the examples of one test: each has customers of its own, which also shows their separation.
walks = settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
few_instants = st.integers(0, 3).map(lambda hours: NOW + timedelta(hours=hours))
few_days = st.none() | st.integers(0, 3).map(lambda days: date(2026, 3, 8) + timedelta(days=days))
few_sums = st.integers(1, 3).map(lambda euros: {"net_cents": euros * 100, "vat_cents": 0, "gross_cents": euros * 100})
some_order_values = st.fixed_dictionaries(
    {
        "created_at": few_instants,
        "status": st.sampled_from([enums.OrderStatus.AWAITING_PAYMENT, enums.OrderStatus.PAID]),
        "kind": st.sampled_from(enums.OrderKind),
        "sums": few_sums,
    }
)
some_filter = st.builds(
    OrderFilter,
    statuses=st.sampled_from([(), (enums.OrderStatus.PAID,), tuple(enums.OrderStatus)]),
    kinds=st.sampled_from([(), (enums.OrderKind.RENEWAL,)]),
    created_since=st.none() | few_instants,
    created_before=st.none() | few_instants,
)
sizes = st.integers(1, 4)
KEYS: dict[enums.OrderSortField, Callable[[tables.Order], Any]] = {
    enums.OrderSortField.CREATED_AT: lambda order: (order.created_at, order.id),
    enums.OrderSortField.NUMBER: lambda order: (order.number, order.id),
    enums.OrderSortField.GROSS_TOTAL: lambda order: (order.gross_cents, order.id),
}


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A sort and a filter, and what they mean to a plain list."""

    only: OrderFilter
    sort: enums.OrderSortField
    direction: enums.SortDirection

    def reference(self, rows: Sequence[tables.Order]) -> list[str]:
        matching = [row for row in rows if self.matches(row)]
        return ids_of(sorted(matching, key=KEYS[self.sort], reverse=self.direction is enums.SortDirection.DESC))

    def matches(self, row: tables.Order) -> bool:
        return (
            (not self.only.statuses or row.status in self.only.statuses)
            and (not self.only.kinds or row.kind in self.only.kinds)
            and (self.only.created_since is None or row.created_at >= self.only.created_since)
            and (self.only.created_before is None or row.created_at < self.only.created_before)
        )


some_wish = st.builds(
    Wanted, only=some_filter, sort=st.sampled_from(enums.OrderSortField), direction=st.sampled_from(enums.SortDirection)
)


def ids_of(rows: Sequence[tables.Order] | Sequence[tables.Service] | Sequence[tables.Payment]) -> list[str]:
    return [row.id for row in rows]


def make_orders(customer: tables.Customer, wanted: Sequence[dict[str, Any]]) -> list[tables.Order]:
    rows = []
    for values in wanted:
        order, *_ = make_order(customer, status=values["status"], **values["sums"])
        order.created_at, order.kind = values["created_at"], values["kind"]
        rows.append(order)
    return rows


async def walk(
    database: Database, listing: Listing[Row], *, parent: str, size: int, backwards: bool, total: int
) -> list[str]:
    """Read a whole list page by page, checking on each page that there is more exactly when there is."""
    walked: list[str] = []
    beyond: Position | None = None
    while True:
        async with database.read() as session:
            pages = await read_slices(session, listing, reach=Reach(count=size, beyond=beyond, backwards=backwards))
        page: Slice[Row] = pages[parent]
        behind, ahead = (page.has_next, page.has_previous) if backwards else (page.has_previous, page.has_next)
        assert behind is bool(walked)
        walked = ids_of(page.rows) + walked if backwards else walked + ids_of(page.rows)
        assert ahead is (len(walked) < total)
        assert len(page.rows) == len(page.positions) <= size
        if not ahead:
            return walked
        beyond = page.positions[0] if backwards else page.positions[-1]


@walks
@given(st.lists(some_order_values, max_size=9), some_wish, sizes, st.booleans())
async def test_walking_the_orders_of_a_customer_equals_sorting_them(
    database: Database, wanted: list[dict[str, Any]], wish: Wanted, size: int, backwards: bool
) -> None:
    mario, anna = make_customer(), make_customer()
    rows = make_orders(mario, wanted)
    await store(database, mario, anna, *rows, *make_orders(anna, wanted))
    listing = orders.of_customer(customer_id=mario.id, only=wish.only, sort=wish.sort, direction=wish.direction)
    expected = wish.reference(rows)

    walked = await walk(database, listing, parent=mario.id, size=size, backwards=backwards, total=len(expected))

    assert walked == expected
    async with database.read() as session:
        assert (await count_members(session, listing)).get(mario.id, 0) == len(expected)


@walks
@given(
    st.lists(st.tuples(some_order_values, st.sets(st.integers(0, 2)), st.booleans()), max_size=9),
    some_wish,
    sizes,
    st.booleans(),
)
async def test_walking_the_orders_of_several_services_equals_sorting_those_of_each(
    database: Database, wanted: list[tuple[dict[str, Any], set[int], bool]], wish: Wanted, size: int, backwards: bool
) -> None:
    mario = make_customer()
    bought = [make_service(mario) for _ in range(3)]
    rows: list[tables.Order] = []
    lines: list[tables.OrderLine] = []
    of_service: dict[str, list[tables.Order]] = {service.id: [] for service in bought}
    for values, named, twice in wanted:
        on_lines = [bought[place] for place in named] * (2 if twice else 1)
        order, *order_lines = make_order(mario, lines=on_lines, status=values["status"])
        order.created_at, order.kind = values["created_at"], values["kind"]
        rows.append(order)
        lines.extend(order_lines)
        for place in named:
            of_service[bought[place].id].append(order)
    await store(database, mario, *bought, *rows, *lines)
    listing = orders.of_services(
        customer_id=mario.id, service_ids=list(of_service), only=wish.only, sort=wish.sort, direction=wish.direction
    )
    expected = {service_id: wish.reference(orders) for service_id, orders in of_service.items()}

    walked = {
        parent: await walk(database, listing, parent=parent, size=size, backwards=backwards, total=len(ids))
        for parent, ids in expected.items()
        if ids
    }

    assert walked == {parent: ids for parent, ids in expected.items() if ids}
    async with database.read() as session:
        assert await count_members(session, listing) == {parent: len(ids) for parent, ids in walked.items()}


@walks
@given(st.lists(st.tuples(few_days, st.integers(0, 2)), max_size=9), sizes, st.booleans())
async def test_services_come_by_expiry_and_those_without_one_last(
    database: Database, wanted: list[tuple[date | None, int]], size: int, backwards: bool
) -> None:
    mario = make_customer()
    paypal = [make_account(mario) for _ in range(3)]
    rows = [make_service(mario, expires_on=expires_on, renews_on=paypal[place]) for expires_on, place in wanted]
    await store(database, mario, *paypal, *rows)
    by_expiry = sorted(rows, key=lambda row: (row.expires_on is None, row.expires_on or date.max, row.id))
    of_customer = services.of_customer(customer_id=mario.id, only=ServiceFilter())
    on_accounts = services.on_accounts(customer_id=mario.id, account_ids=ids_of_accounts(paypal), only=ServiceFilter())

    walked = await walk(database, of_customer, parent=mario.id, size=size, backwards=backwards, total=len(by_expiry))
    walked_by_account = {
        account.id: await walk(
            database, on_accounts, parent=account.id, size=size, backwards=backwards, total=len(renewing)
        )
        for account in paypal
        if (renewing := [row for row in by_expiry if row.renewal_account_id == account.id])
    }

    assert walked == ids_of(by_expiry)
    assert walked_by_account == {
        account_id: [row.id for row in by_expiry if row.renewal_account_id == account_id]
        for account_id in walked_by_account
    }


def ids_of_accounts(rows: Sequence[tables.PayPalAccount]) -> list[str]:
    return [row.id for row in rows]


async def test_the_row_of_a_cursor_may_have_left_the_list(database: Database) -> None:
    mario = make_customer()
    first, second, third = (make_order(mario, created_at=NOW + timedelta(hours=hour))[0] for hour in range(3))
    await store(database, mario, first, third)  # the second was paid in the meantime, say
    listing = orders.of_customer(
        customer_id=mario.id,
        only=OrderFilter(),
        sort=enums.OrderSortField.CREATED_AT,
        direction=enums.SortDirection.ASC,
    )

    async with database.read() as session:
        beyond = Position(value=second.created_at, id=second.id)
        after = (await read_slices(session, listing, reach=Reach(count=2, beyond=beyond)))[mario.id]
        before = (await read_slices(session, listing, reach=Reach(count=2, beyond=beyond, backwards=True)))[mario.id]

    assert (ids_of(after.rows), after.has_previous, after.has_next) == ([third.id], True, False)
    assert (ids_of(before.rows), before.has_previous, before.has_next) == ([first.id], False, True)


async def test_a_page_beyond_the_end_is_empty_and_knows_what_precedes_it(database: Database) -> None:
    mario = make_customer()
    only, *_ = make_order(mario)
    await store(database, mario, only)
    listing = orders.of_customer(
        customer_id=mario.id,
        only=OrderFilter(),
        sort=enums.OrderSortField.CREATED_AT,
        direction=enums.SortDirection.DESC,
    )

    async with database.read() as session:
        end = Position(value=only.created_at, id=only.id)
        page = (await read_slices(session, listing, reach=Reach(count=2, beyond=end)))[mario.id]

    assert (page.rows, page.has_previous, page.has_next) == ([], True, False)


async def test_payments_of_an_order_come_newest_first(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    other_order, *_ = make_order(mario)
    canceled = enums.PaymentStatus.CANCELED
    oldest, newest = (
        make_payment(order, status=canceled, created_at=datetime(2025, 3, day, tzinfo=UTC)) for day in (1, 2)
    )
    of_other = make_payment(other_order)
    await store(database, mario, order, other_order, oldest, newest, of_other)

    async with database.read() as session:
        listing = payments.of_orders(customer_id=mario.id, order_ids=[order.id, other_order.id])
        pages = await read_slices(session, listing, reach=Reach(count=10))

    assert ids_of(pages[order.id].rows) == [newest.id, oldest.id]
    assert ids_of(pages[other_order.id].rows) == [of_other.id]


async def test_a_page_is_one_statement_whatever_the_number_of_parents(database: Database) -> None:
    mario = make_customer()
    bought = [make_service(mario) for _ in range(50)]
    bills = [row for service in bought for row in make_order(mario, lines=[service])]
    await store(database, mario, *bought, *bills)

    counts = []
    for parents in (bought[:1], bought):
        listing = orders.of_services(
            customer_id=mario.id,
            service_ids=ids_of(parents),
            only=OrderFilter(),
            sort=enums.OrderSortField.CREATED_AT,
            direction=enums.SortDirection.DESC,
        )
        with count_statements(database) as statements:
            async with database.read() as session:
                pages = await read_slices(session, listing, reach=Reach(count=5))
        assert all(len(page.rows) == 1 for page in pages.values())
        counts.append(len(statements))

    assert counts == [1, 1]
