"""The two ways in: the signed-in customer, and any object by its id."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import strawberry

from models import tables
from resolvers.context import Info
from resolvers.nodes import load_node
from schema.customers import Customer
from schema.nodes import Node
from schema.orders import Order
from schema.payments import Payment
from schema.paypal_accounts import PayPalAccount
from schema.rate_limit import RateLimit
from schema.services import Service

CONVERT: Mapping[type, Callable[[Any], Node]] = {
    tables.Customer: Customer.from_model,
    tables.Service: Service.from_model,
    tables.Order: Order.from_model,
    tables.Payment: Payment.from_model,
    tables.PayPalAccount: PayPalAccount.from_model,
}


@strawberry.type(description="Questions; asking changes nothing.")
class Query:
    @strawberry.field(description="The signed-in customer; null (and no error) when nobody is signed in.")
    def viewer(self, info: Info) -> Customer | None:
        row = info.context.viewer
        return Customer.from_model(row) if row else None

    @strawberry.field(description="Any object by its global id; null when it does not exist or is not yours.")
    async def node(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its global id.")]
    ) -> Node | None:
        row = await load_node(info.context.loaders, id, viewer=info.context.viewer)
        return CONVERT[type(row)](row) if row else None

    @strawberry.field(
        description="Budget of the caller. With `dryRun` the operation is priced and nothing else of it is executed."
    )
    def rate_limit(
        self,
        info: Info,
        dry_run: Annotated[
            bool, strawberry.argument(description="Only price the operation; it costs nothing.")
        ] = False,
    ) -> RateLimit | None:
        return RateLimit.of(info.context.quote) if info.context.quote else None
