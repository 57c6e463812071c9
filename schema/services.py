"""Services that the customer has, each with its automatic renewal and its orders."""

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Annotated

import strawberry

from models import enums, tables
from schema import texts
from schema.context import Info, OrderCriteria, PageKey
from schema.inputs import OrderFilter
from schema.nodes import Node
from schema.pagination import DEFAULT_SIZE, After, Connection, First, connect, window
from schema.renewals import AutoRenewal

if TYPE_CHECKING:
    from schema.orders import Order


@strawberry.type(description="One service of the customer, such as a PEC mailbox.")
class Service(Node):
    product: enums.Product = strawberry.field(description="Which product it is.")
    label: str = strawberry.field(description="What the customer recognises: mario.rossi@pec.example.")
    status: enums.ServiceStatus = strawberry.field(description="Where it stands in its life.")
    activated_on: date | None = strawberry.field(description="First day of use, Europe/Rome; null before activation.")
    expires_on: date | None = strawberry.field(description="Last day of use, Europe/Rome; null before activation.")
    row: strawberry.Private[tables.Service]

    @classmethod
    def from_model(cls, row: tables.Service) -> "Service":
        return cls(
            id=strawberry.ID(row.id),
            product=row.product,
            label=row.label,
            status=row.status,
            activated_on=row.activated_on,
            expires_on=row.expires_on,
            row=row,
        )

    @strawberry.field(description='The status in words, localised by Accept-Language: "In scadenza".')
    def status_label(self, info: Info) -> str:
        return texts.SERVICE_STATUS[self.status].to(info.context.locale)

    @strawberry.field(description='Its automatic renewal ("Rinnovo automatico").')
    def auto_renewal(self) -> AutoRenewal:
        return AutoRenewal.from_model(self.row)

    @strawberry.field(description="Its orders, newest first.")
    async def orders(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        filter: Annotated[
            OrderFilter | None,
            strawberry.argument(description="Which of its orders; `service` has no effect here."),
        ] = strawberry.UNSET,
    ) -> Connection[Annotated["Order", strawberry.lazy("schema.orders")]]:
        from schema.orders import Order

        criteria = replace(filter.to_criteria(), service_id=None) if filter else OrderCriteria()
        page = window(first=first, after=after)
        return await connect(
            PageKey(owner_id=self.row.customer_id, parent_id=self.row.id, criteria=criteria, window=page),
            pages=info.context.loaders.orders_of_service,
            counted_by=info.context.loaders.orders_of_service_total,
            convert=Order.from_model,
        )
