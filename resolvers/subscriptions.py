"""Following a payment as it changes."""

from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Annotated

import strawberry
from graphql import GraphQLError

from models import enums
from resolvers.context import Context, Info
from schema.payments import Payment
from schema.texts import USER_ERROR
from use_cases.errors import NotFound
from use_cases.payment_feed import Seat, SessionOver, TooManyWatches, Watch


@strawberry.type(
    description="News, streamed as server-sent events to whoever sends `Accept: text/event-stream` and no JSON type."
)
class Subscription:
    @strawberry.subscription(
        description="Emits the current state at once, then every change, and completes at a final state. Changes that "
        "follow each other faster than they are read are shown as one: `history` has them all."
    )
    async def payment_changed(
        self, info: Info, payment_id: Annotated[strawberry.ID, strawberry.argument(description="The payment.")]
    ) -> AsyncGenerator[Payment, None]:
        async with watching(info.context, payment_id) as watch:
            async for row in watch:
                info.context.look_again()
                yield Payment.from_model(row)


@asynccontextmanager
async def watching(context: Context, payment_id: str) -> AsyncIterator[Watch]:
    """Watch a payment of the customer; what ends the watch early is told as a top-level error."""
    seat = Seat(customer_id=context.customer.id, proof=context.proof)
    try:
        async with context.feed.subscribe(payment_id, seat) as watch:
            yield watch
    except NotFound as exc:
        message = USER_ERROR[enums.UserErrorCode.NOT_FOUND].to(context.locale)
        raise GraphQLError(message, extensions={"code": "NOT_FOUND"}) from exc
    except SessionOver as exc:
        raise GraphQLError("The session is over.", extensions={"code": "UNAUTHENTICATED"}) from exc
    except TooManyWatches as exc:
        raise GraphQLError("Too many at once.", extensions={"code": "TOO_MANY_SUBSCRIPTIONS"}) from exc
