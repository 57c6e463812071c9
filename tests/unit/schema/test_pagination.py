"""Pages: the windows that may be asked for, and counting only on demand."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
import strawberry

from models import enums
from schema.context import OrderCriteria, Page, PageKey, ServiceCriteria, Window
from schema.customers import Customer
from schema.errors import BadUserInput
from schema.pagination import window
from schema.paypal_accounts import PayPalAccount
from schema.services import Service
from tests.factories import make_account, make_customer, make_order, make_service
from tests.unit.schema.sample import Query, ask, make_context, refused

MARIO = make_customer()
MARIO_SHOWN = Customer.from_model(MARIO)
ORDER, *_ = make_order(MARIO)
NEWEST = PageKey(owner_id=MARIO.id, parent_id=MARIO.id, criteria=OrderCriteria(), window=Window(first=20))


def test_twenty_from_the_start_unless_told_otherwise() -> None:
    assert window(first=None) == Window(first=20)


@pytest.mark.parametrize("size", [1, 100])
def test_one_to_a_hundred_from_either_end(size: int) -> None:
    assert window(first=size, after="x") == Window(first=size, after="x")
    assert window(first=20, last=size, before="x") == Window(last=size, before="x")


@pytest.mark.parametrize("size", [-1, 0, 101, 2**31])
def test_no_other_size_from_either_end(size: int) -> None:
    with pytest.raises(BadUserInput, match="`first` is a whole number from 1 to 100"):
        window(first=size)
    with pytest.raises(BadUserInput, match="`last` is a whole number from 1 to 100"):
        window(first=20, last=size)


def test_a_cursor_goes_with_its_direction() -> None:
    with pytest.raises(BadUserInput, match="`before` goes with `last`"):
        window(first=20, before="x")
    with pytest.raises(BadUserInput, match="`after` goes with `first`"):
        window(first=20, after="x", last=5)


def test_arguments_left_out_count_as_null() -> None:
    unset = strawberry.UNSET

    assert window(first=5, after=unset, last=unset, before=unset) == Window(first=5)


async def test_a_size_out_of_bounds_is_told_as_bad_input() -> None:
    error = await refused("{ customer { orders(first: 101) { totalCount } } }", Query(customer=MARIO_SHOWN))

    assert error.extensions == {"code": "BAD_USER_INPUT"}


async def test_a_page_carries_its_items_cursors_and_place() -> None:
    page = Page(rows=[ORDER], cursors=["cursor"], has_next=True, has_previous=False)

    data = await ask(
        """{ customer { orders {
          edges { cursor node { number } } nodes { number }
          pageInfo { hasNextPage hasPreviousPage startCursor endCursor }
        } } }""",
        Query(customer=MARIO_SHOWN),
        make_context(orders={NEWEST: page}),
    )

    assert data["customer"]["orders"] == {
        "edges": [{"cursor": "cursor", "node": {"number": ORDER.number}}],
        "nodes": [{"number": ORDER.number}],
        "pageInfo": {"hasNextPage": True, "hasPreviousPage": False, "startCursor": "cursor", "endCursor": "cursor"},
    }


async def test_an_empty_page_has_no_cursors() -> None:
    nothing: Page[Any] = Page(rows=[], cursors=[], has_next=False, has_previous=False)

    data = await ask(
        "{ customer { orders { pageInfo { startCursor endCursor } } } }",
        Query(customer=MARIO_SHOWN),
        make_context(orders={NEWEST: nothing}),
    )

    assert data["customer"]["orders"]["pageInfo"] == {"startCursor": None, "endCursor": None}


class Counts(Mapping[PageKey, int]):
    """Seven of everything, and a memory of what was asked."""

    def __init__(self) -> None:
        self.asked: list[PageKey] = []

    def __getitem__(self, key: PageKey) -> int:
        self.asked.append(key)
        return 7

    def __iter__(self) -> Iterator[PageKey]:
        return iter(self.asked)

    def __len__(self) -> int:
        return len(self.asked)


async def test_nothing_is_counted_unless_asked_for() -> None:
    page = Page(rows=[ORDER], cursors=["cursor"], has_next=False, has_previous=False)
    counts = Counts()
    context = make_context(orders={NEWEST: page}, orders_total=counts)

    await ask("{ customer { orders { nodes { id } } } }", Query(customer=MARIO_SHOWN), context)
    assert counts.asked == []

    data = await ask("{ customer { orders { totalCount } } }", Query(customer=MARIO_SHOWN), context)
    assert data["customer"]["orders"]["totalCount"] == 7
    assert counts.asked == [NEWEST]


async def test_the_orders_of_a_service_are_found_and_counted_by_the_service() -> None:
    pec = make_service(MARIO)
    key = replace(NEWEST, parent_id=pec.id)
    page = Page(rows=[ORDER], cursors=["cursor"], has_next=False, has_previous=False)
    counts = Counts()

    data = await ask(
        '{ service { orders(filter: {service: "srv_other"}) { nodes { id } totalCount } } }',
        Query(service=Service.from_model(pec)),
        make_context(orders_of_service={key: page}, orders_of_service_total=counts),
    )

    assert data["service"]["orders"] == {"nodes": [{"id": ORDER.id}], "totalCount": 7}
    assert counts.asked == [key]


async def test_filters_become_criteria() -> None:
    pec = make_service(MARIO)
    criteria = ServiceCriteria(
        products=(enums.Product.PEC,), auto_renewals=(enums.AutoRenewalStatus.ON,), expires_before=date(2026, 1, 1)
    )
    key = PageKey(owner_id=MARIO.id, parent_id=MARIO.id, criteria=criteria, window=Window(last=2, before="x"))
    page = Page(rows=[pec], cursors=["cursor"], has_next=False, has_previous=False)

    data = await ask(
        """{ customer { services(
          last: 2, before: "x", filter: {product: [PEC], autoRenewal: [ON], expiresBefore: "2026-01-01"}
        ) { nodes { id } } } }""",
        Query(customer=MARIO_SHOWN),
        make_context(services={key: page}),
    )

    assert data["customer"]["services"]["nodes"] == [{"id": pec.id}]


async def test_the_sort_becomes_a_criterion() -> None:
    criteria = OrderCriteria(
        statuses=(enums.OrderStatus.AWAITING_PAYMENT,),
        sort=enums.OrderSortField.GROSS_TOTAL,
        direction=enums.SortDirection.ASC,
    )
    page = Page(rows=[ORDER], cursors=["cursor"], has_next=False, has_previous=False)

    data = await ask(
        """{ customer { orders(
          filter: {status: [AWAITING_PAYMENT]}, orderBy: {field: GROSS_TOTAL, direction: ASC}
        ) { nodes { id } } } }""",
        Query(customer=MARIO_SHOWN),
        make_context(orders={replace(NEWEST, criteria=criteria): page}),
    )

    assert data["customer"]["orders"]["nodes"] == [{"id": ORDER.id}]


async def test_the_services_on_an_account_are_its_own_list() -> None:
    account, pec = make_account(MARIO), make_service(MARIO)
    key = PageKey(owner_id=MARIO.id, parent_id=account.id, criteria=None, window=Window(first=20))
    page = Page(rows=[pec], cursors=["cursor"], has_next=False, has_previous=False)

    data = await ask(
        "{ node { ... on PayPalAccount { renews { nodes { id } } } } }",
        Query(node=PayPalAccount.from_model(account)),
        make_context(services_on_account={key: page}),
    )

    assert data["node"]["renews"]["nodes"] == [{"id": pec.id}]
