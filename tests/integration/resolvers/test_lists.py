"""Lists as the schema asks for them: criteria, windows and cursors."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from app.loaders import create_loaders
from models import enums, tables
from models.database import Database
from schema.context import Loaders, OrderCriteria, PageKey, ServiceCriteria, Window
from schema.errors import BadUserInput
from tests.factories import NOW, TODAY, make_account, make_customer, make_order, make_service, store
from tests.renewals import make_renewal
from tests.statements import count_statements

FIRST_TWO = Window(first=2)


def loaders_of(database: Database, viewer: tables.Customer) -> Loaders:
    return create_loaders(
        database=database, viewer_id=viewer.id, cursor_key=b"cursor key", today=TODAY, payments_open=True
    )


def key_of(
    owner: tables.Customer,
    criteria: OrderCriteria | ServiceCriteria | None,
    *,
    parent_id: str | None = None,
    window: Window = FIRST_TWO,
) -> PageKey:
    return PageKey(owner_id=owner.id, parent_id=parent_id or owner.id, criteria=criteria, window=window)


@pytest.mark.parametrize(
    ("created_from", "created_to", "expected"),
    [
        (None, date(2025, 3, 7), ["22:59 UTC on 7 March"]),
        (date(2025, 3, 8), date(2025, 3, 8), ["23:00 UTC on 7 March", "22:59 UTC on 8 March"]),
        (date(2025, 3, 9), None, ["23:00 UTC on 8 March"]),
        (date(2025, 3, 9), date(2025, 3, 8), []),
    ],
)
async def test_days_begin_in_rome_and_both_ends_count(
    database: Database, created_from: date | None, created_to: date | None, expected: list[str]
) -> None:
    mario = make_customer()
    instants = {
        "22:59 UTC on 7 March": datetime(2025, 3, 7, 22, 59, 59, 999999, tzinfo=UTC),
        "23:00 UTC on 7 March": datetime(2025, 3, 7, 23, 0, tzinfo=UTC),
        "22:59 UTC on 8 March": datetime(2025, 3, 8, 22, 59, 59, 999999, tzinfo=UTC),
        "23:00 UTC on 8 March": datetime(2025, 3, 8, 23, 0, tzinfo=UTC),
    }
    rows = [make_order(mario, created_at=instant)[0] for instant in instants.values()]
    names = dict(zip([row.id for row in rows], instants, strict=True))
    await store(database, mario, *rows)
    oldest_first = OrderCriteria(created_from=created_from, created_to=created_to, direction=enums.SortDirection.ASC)

    page = await loaders_of(database, mario).orders.load(key_of(mario, oldest_first))

    assert [names[row.id] for row in page.rows] == expected


async def test_a_day_at_the_end_of_the_calendar_is_bad_input(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    await store(database, mario, order)
    loaders = loaders_of(database, mario)
    sound = loaders.orders.load(key_of(mario, OrderCriteria()))
    impossible = key_of(mario, OrderCriteria(created_to=date.max))

    with pytest.raises(BadUserInput):
        await loaders.orders.load(impossible)
    with pytest.raises(BadUserInput):
        await loaders.orders_total.load(impossible)
    assert [row.id for row in (await sound).rows] == [order.id]


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((), ["switched on", "switched off", "excluded"]),
        ((enums.AutoRenewalStatus.ON,), ["switched on"]),
        ((enums.AutoRenewalStatus.OFF,), ["switched off"]),
        ((enums.AutoRenewalStatus.UNAVAILABLE,), ["excluded"]),
        ((enums.AutoRenewalStatus.UNAVAILABLE, enums.AutoRenewalStatus.ON), ["switched on", "excluded"]),
    ],
)
async def test_renewal_is_unavailable_by_product_whatever_is_stored(
    database: Database, statuses: tuple[enums.AutoRenewalStatus, ...], expected: list[str]
) -> None:
    mario = make_customer()
    paypal = make_account(mario)
    rows = [
        make_service(mario, label="switched on", renews_on=paypal),
        make_service(mario, label="switched off"),
        make_service(mario, label="excluded", product=enums.Product.MARCA_TEMPORALE),
    ]
    await store(database, mario, paypal, *rows)
    window = Window(first=20)

    page = await loaders_of(database, mario).services.load(
        key_of(mario, ServiceCriteria(auto_renewals=statuses), window=window)
    )

    assert [row.label for row in page.rows] == expected


async def test_services_are_filtered_by_product_status_and_expiry(database: Database) -> None:
    mario = make_customer()
    wanted = make_service(mario, product=enums.Product.SPID, status=enums.ServiceStatus.EXPIRING, expires_on=TODAY)
    others = [
        make_service(mario, status=enums.ServiceStatus.EXPIRING, expires_on=TODAY),
        make_service(mario, product=enums.Product.SPID, expires_on=TODAY),
        make_service(mario, product=enums.Product.SPID, status=wanted.status, expires_on=TODAY + timedelta(days=1)),
        make_service(mario, product=enums.Product.SPID, status=wanted.status, expires_on=None),
    ]
    await store(database, mario, wanted, *others)
    criteria = ServiceCriteria(
        products=(enums.Product.SPID,),
        statuses=(enums.ServiceStatus.EXPIRING,),
        expires_before=TODAY + timedelta(days=1),
    )
    loaders = loaders_of(database, mario)

    page = await loaders.services.load(key_of(mario, criteria))

    assert [row.id for row in page.rows] == [wanted.id]
    assert await loaders.services_total.load(key_of(mario, criteria)) == 1


async def test_orders_are_filtered_by_status_kind_and_service(database: Database) -> None:
    mario = make_customer()
    pec, spid = make_service(mario), make_service(mario, product=enums.Product.SPID)
    renewal, *renewal_lines = make_order(mario, renews=pec)
    others = [
        row
        for order in (make_order(mario, lines=[pec]), make_order(mario, renews=spid))
        for row in (*order, *make_order(mario, kind=enums.OrderKind.RENEWAL, status=enums.OrderStatus.PAID))
    ]
    await store(database, mario, pec, spid, renewal, *renewal_lines, *others)
    criteria = OrderCriteria(
        statuses=(enums.OrderStatus.AWAITING_PAYMENT,), kinds=(enums.OrderKind.RENEWAL,), service_id=pec.id
    )
    loaders = loaders_of(database, mario)

    page = await loaders.orders.load(key_of(mario, criteria))

    assert [row.id for row in page.rows] == [renewal.id]
    assert await loaders.orders_total.load(key_of(mario, criteria)) == 1


@pytest.mark.parametrize("field", enums.OrderSortField)
async def test_cursors_walk_the_list_there_and_back(database: Database, field: enums.OrderSortField) -> None:
    mario = make_customer()
    rows = [make_order(mario, created_at=NOW + timedelta(hours=hour))[0] for hour in range(5)]
    await store(database, mario, *rows)
    criteria = OrderCriteria(sort=field)
    loaders = loaders_of(database, mario)

    first = await loaders.orders.load(key_of(mario, criteria))
    second = await loaders.orders.load(key_of(mario, criteria, window=Window(first=2, after=first.cursors[-1])))
    back = await loaders.orders.load(key_of(mario, criteria, window=Window(last=2, before=second.cursors[0])))

    assert [row.id for row in (*first.rows, *second.rows)] == [row.id for row in reversed(rows)][:4]
    assert (back.rows, back.cursors) == (first.rows, first.cursors)
    assert (back.has_previous, back.has_next) == (False, True)


async def test_a_cursor_of_another_order_of_the_list_is_bad_input(database: Database) -> None:
    mario = make_customer()
    rows = [make_order(mario)[0] for _ in range(3)]
    await store(database, mario, *rows)
    loaders = loaders_of(database, mario)
    newest_first = OrderCriteria()
    cursor = (await loaders.orders.load(key_of(mario, newest_first))).cursors[0]
    forged = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    wrong = [
        key_of(mario, replace(newest_first, direction=enums.SortDirection.ASC), window=Window(first=2, after=cursor)),
        key_of(mario, replace(newest_first, sort=enums.OrderSortField.NUMBER), window=Window(first=2, after=cursor)),
        key_of(mario, newest_first, window=Window(first=2, after=forged)),
        key_of(mario, newest_first, window=Window(last=2, before="")),
    ]

    for key in wrong:
        with pytest.raises(BadUserInput):
            await loaders.orders.load(key)
    with pytest.raises(BadUserInput):
        await loaders.services.load(key_of(mario, None, window=Window(first=2, after=cursor)))


async def test_a_wrong_cursor_does_not_spoil_the_other_pages_of_its_batch(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    await store(database, mario, order)
    loaders = loaders_of(database, mario)

    sound = loaders.orders.load(key_of(mario, None))
    wrong = loaders.orders.load(key_of(mario, None, window=Window(first=2, after="wrong")))

    with pytest.raises(BadUserInput):
        await wrong
    assert [row.id for row in (await sound).rows] == [order.id]


async def test_pages_that_differ_by_parent_alone_share_a_statement(database: Database) -> None:
    mario = make_customer()
    bought = [make_service(mario) for _ in range(3)]
    bills = [row for service in bought for row in make_order(mario, lines=[service])]
    await store(database, mario, *bought, *bills)
    loaders = loaders_of(database, mario)
    paid = OrderCriteria(statuses=(enums.OrderStatus.PAID,))
    keys = [key_of(mario, criteria, parent_id=row.id) for criteria in (OrderCriteria(), paid) for row in bought]

    with count_statements(database) as statements:
        pages = await loaders.orders_of_service.load_many(keys)

    assert [len(page.rows) for page in pages] == [1, 1, 1, 0, 0, 0]
    assert len(statements) == 2


async def test_upcoming_renewals_come_by_the_day_of_their_charge(database: Database) -> None:
    mario = make_customer()
    paypal = make_account(mario)
    retried = make_service(mario, expires_on=TODAY + timedelta(days=5), renews_on=paypal, auto_renewal="RETRYING")
    noticed, early, late = (
        make_service(mario, expires_on=TODAY + timedelta(days=days), renews_on=paypal) for days in (10, 400, 401)
    )
    settled, off = make_service(mario, renews_on=paypal), make_service(mario)
    planned = [
        make_renewal(retried, next_attempt_on=TODAY + timedelta(days=4)),
        make_renewal(noticed),  # in three days: before the other's retry, although it expires later
        make_renewal(settled, next_attempt_on=None),
    ]
    await store(database, mario, paypal, late, early, noticed, retried, settled, off, *planned)
    loaders = loaders_of(database, mario)

    first = await loaders.upcoming_renewals.load(key_of(mario, None))
    second = await loaders.upcoming_renewals.load(key_of(mario, None, window=Window(first=2, after=first.cursors[-1])))

    assert [row.id for row in first.rows] == [noticed.id, retried.id]
    assert [row.id for row in second.rows] == [early.id, late.id]
    assert (first.has_next, second.has_next) == (True, False)
    assert await loaders.upcoming_renewals_total.load(key_of(mario, None)) == 4
