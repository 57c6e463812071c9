"""Giving up an order."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from schema import results
from schema.orders import Order
from use_cases.cancel_order import cancel_order


@strawberry.type
class OrderMutations:
    @strawberry.mutation(
        description="'Annulla': give up an order in AWAITING_PAYMENT, together with a payment only begun. Final."
    )
    async def cancel_order(
        self, info: Info, order_id: Annotated[strawberry.ID, strawberry.argument(description="The unpaid order.")]
    ) -> results.CancelOrderResult | None:
        async with info.context.write() as session:
            order = await cancel_order(
                session, customer_id=info.context.customer.id, order_id=order_id, now=info.context.now
            )
        return results.CancelOrderPayload(order=Order.from_model(order))
