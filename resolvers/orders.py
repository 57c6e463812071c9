"""Giving up an order."""

from typing import Annotated

import strawberry

from resolvers.context import Info
from schema import results
from schema.orders import Order
from use_cases.cancel_order import cancel_order
from workflows.inquiries import ask_before_cancel


@strawberry.type
class OrderMutations:
    @strawberry.mutation(
        description="'Annulla': give up an order in AWAITING_PAYMENT, together with a payment that has moved no money. "
        "PayPal is asked first. Final."
    )
    async def cancel_order(
        self, info: Info, order_id: Annotated[strawberry.ID, strawberry.argument(description="The unpaid order.")]
    ) -> results.CancelOrderResult | None:
        await ask_before_cancel(info.context.feed, customer_id=info.context.customer.id, order_id=order_id)
        async with info.context.write() as session:
            order = await cancel_order(
                session, customer_id=info.context.customer.id, order_id=order_id, now=info.context.now
            )
        return results.CancelOrderPayload(order=Order.from_model(order))
