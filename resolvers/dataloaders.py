"""The loaders of a request: each batch is one statement in a session of its own, within the viewer's rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Protocol, TypeVar

from strawberry.dataloader import DataLoader

from models import tables
from models.database import Database, Session
from models.pages import Row
from models.repositories import accounts, orders, owned, payments
from resolvers import decisions, lists
from resolvers.page_loaders import Listings, ListLoading
from schema.context import Loaders

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


def create_loaders(*, database: Database, viewer_id: str | None, cursor_key: bytes, today: date) -> Loaders:
    """Return fresh loaders, whose caches live as long as one request."""
    batching = Batching(database=database, viewer_id=viewer_id)

    def paging(name: str, listing: Listings[Row]) -> ListLoading[Row]:
        return ListLoading(database=database, viewer_id=viewer_id, cursor_key=cursor_key, name=name, listing=listing)

    orders_of_customer = paging("orders", lists.orders_of_customer)
    orders_of_services = paging("service.orders", lists.orders_of_services)
    services_of_customer = paging("services", lists.services_of_customer)
    services_on_accounts = paging("account.services", lists.services_on_accounts)
    payments_of_orders = paging("order.payments", lists.payments_of_orders)
    return Loaders(
        order=batching.one(partial(owned.by_id, row=tables.Order)),
        service=batching.one(partial(owned.by_id, row=tables.Service)),
        payment=batching.one(partial(owned.by_id, row=tables.Payment)),
        account=batching.one(partial(owned.by_id, row=tables.PayPalAccount)),
        order_by_number=batching.one(orders.by_number),
        orders=DataLoader(orders_of_customer.load_pages),
        orders_of_service=DataLoader(orders_of_services.load_pages),
        orders_total=DataLoader(orders_of_customer.load_counts),
        orders_of_service_total=DataLoader(orders_of_services.load_counts),
        services=DataLoader(services_of_customer.load_pages),
        services_total=DataLoader(services_of_customer.load_counts),
        services_on_account=DataLoader(services_on_accounts.load_pages),
        services_on_account_total=DataLoader(services_on_accounts.load_counts),
        payments_of_order=DataLoader(payments_of_orders.load_pages),
        payments_of_order_total=DataLoader(payments_of_orders.load_counts),
        lines_of_order=batching.several(orders.lines),
        payability=batching.certain(decisions.payability),
        active_payment=batching.one(payments.open_of_orders),
        renewal_eligibility=batching.certain(partial(decisions.renewal_eligibility, today=today)),
        choices_of_payment=batching.several(decisions.renewal_choices),
        history_of_payment=batching.several(payments.events),
        attempt_of_payment=batching.one(payments.newest_attempts),
        confirmation_of_payment=batching.one(payments.confirmations),
        accounts=batching.several(accounts.of_customers),
    )
