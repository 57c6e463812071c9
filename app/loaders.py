"""Wires the loaders of one request: which reader, and which list, serves which link of the schema."""

from datetime import date
from functools import partial
from typing import TypedDict

from strawberry.dataloader import DataLoader

from models import tables
from models.database import Database
from models.pages import Row
from models.repositories import accounts, orders, owned, payments, renewals
from resolvers import decisions, lists
from resolvers.dataloaders import Batching
from resolvers.page_loaders import Listings, ListLoading
from schema.context import Loaders, Page, PageKey


class ListLoaders(TypedDict):
    """The loaders of lists: the pages of each, and its counts."""

    orders: DataLoader[PageKey, Page[tables.Order]]
    orders_total: DataLoader[PageKey, int]
    orders_of_service: DataLoader[PageKey, Page[tables.Order]]
    orders_of_service_total: DataLoader[PageKey, int]
    services: DataLoader[PageKey, Page[tables.Service]]
    services_total: DataLoader[PageKey, int]
    services_on_account: DataLoader[PageKey, Page[tables.Service]]
    services_on_account_total: DataLoader[PageKey, int]
    upcoming_renewals: DataLoader[PageKey, Page[tables.Service]]
    upcoming_renewals_total: DataLoader[PageKey, int]
    payments_of_order: DataLoader[PageKey, Page[tables.Payment]]
    payments_of_order_total: DataLoader[PageKey, int]


def list_loaders(*, database: Database, viewer_id: str | None, cursor_key: bytes) -> ListLoaders:
    """Return the loaders of lists."""

    def paging(name: str, listing: Listings[Row]) -> ListLoading[Row]:
        return ListLoading(database=database, viewer_id=viewer_id, cursor_key=cursor_key, name=name, listing=listing)

    orders_of_customer = paging("orders", lists.orders_of_customer)
    orders_of_services = paging("service.orders", lists.orders_of_services)
    services_of_customer = paging("services", lists.services_of_customer)
    services_on_accounts = paging("account.services", lists.services_on_accounts)
    upcoming_renewals = paging("renewals", lists.upcoming_renewals)
    payments_of_orders = paging("order.payments", lists.payments_of_orders)
    return ListLoaders(
        orders=DataLoader(orders_of_customer.load_pages),
        orders_total=DataLoader(orders_of_customer.load_counts),
        orders_of_service=DataLoader(orders_of_services.load_pages),
        orders_of_service_total=DataLoader(orders_of_services.load_counts),
        services=DataLoader(services_of_customer.load_pages),
        services_total=DataLoader(services_of_customer.load_counts),
        services_on_account=DataLoader(services_on_accounts.load_pages),
        services_on_account_total=DataLoader(services_on_accounts.load_counts),
        upcoming_renewals=DataLoader(upcoming_renewals.load_pages),
        upcoming_renewals_total=DataLoader(upcoming_renewals.load_counts),
        payments_of_order=DataLoader(payments_of_orders.load_pages),
        payments_of_order_total=DataLoader(payments_of_orders.load_counts),
    )


def create_loaders(
    *, database: Database, viewer_id: str | None, cursor_key: bytes, today: date, payments_open: bool
) -> Loaders:
    """Return fresh loaders, whose caches live as long as one request."""
    batching = Batching(database=database, viewer_id=viewer_id)
    return Loaders(
        **list_loaders(database=database, viewer_id=viewer_id, cursor_key=cursor_key),
        order=batching.one(partial(owned.by_id, row=tables.Order)),
        service=batching.one(partial(owned.by_id, row=tables.Service)),
        payment=batching.one(partial(owned.by_id, row=tables.Payment)),
        account=batching.one(partial(owned.by_id, row=tables.PayPalAccount)),
        order_by_number=batching.one(orders.by_number),
        lines_of_order=batching.several(orders.lines),
        payability=batching.certain(partial(decisions.payability, payments_open=payments_open)),
        active_payment=batching.one(payments.open_of_orders),
        renewal_eligibility=batching.certain(partial(decisions.renewal_eligibility, today=today)),
        renewal_standing=batching.one(decisions.renewal_standings),
        consent_of_service=batching.one(renewals.last_consents),
        mandate_of_payment=batching.one(decisions.charge_mandates),
        next_attempt_of_payment=batching.one(renewals.next_attempts),
        choices_of_payment=batching.several(decisions.renewal_choices),
        history_of_payment=batching.several(payments.events),
        refunds_of_payment=batching.several(payments.refunds),
        attempt_of_payment=batching.one(payments.newest_attempts),
        confirmation_of_payment=batching.one(payments.confirmations),
        accounts=batching.several(accounts.of_customers),
    )
