"""The signed-in customer: the root of everything that is theirs."""

from collections.abc import Sequence
from typing import Annotated

import strawberry

from models import enums, tables
from schema.context import Info, OrderCriteria, PageKey, ServiceCriteria
from schema.inputs import OrderFilter, OrderSort, ServiceFilter
from schema.mandates import ConsentText
from schema.nodes import Node
from schema.orders import Order
from schema.pagination import DEFAULT_SIZE, After, Before, Connection, First, Last, connect, window
from schema.paypal_accounts import PayPalAccount
from schema.services import Service

NEWEST_FIRST = OrderSort(field=enums.OrderSortField.CREATED_AT, direction=enums.SortDirection.DESC)
CHARGEABLE = (enums.PayPalAccountStatus.ACTIVE,)


@strawberry.type(description="A customer; always the signed-in one.")
class Customer(Node):
    username: str = strawberry.field(description="The name to sign in with; not a mailbox.")
    display_name: str = strawberry.field(description="How to address the customer: Mario Rossi.")
    email: str = strawberry.field(description="Where confirmations are sent.")
    locale: str = strawberry.field(description='Language of the mails: "it" or "en".')

    @classmethod
    def from_model(cls, row: tables.Customer) -> "Customer":
        return cls(
            id=strawberry.ID(row.id),
            username=row.username,
            display_name=row.display_name,
            email=row.email,
            locale=row.locale,
        )

    @strawberry.field(description="What registering a PayPal account agrees to: the sentence to show before it.")
    def registration_consent_text(
        self,
        with_payment: Annotated[
            bool,
            strawberry.argument(description="Whether it is registered by paying with it; false: without a purchase."),
        ],
    ) -> ConsentText:
        return ConsentText.of_registration(with_payment=with_payment, locale=self.locale)

    @strawberry.field(description="The customer's services, soonest expiry first, those without an expiry last.")
    async def services(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[ServiceFilter | None, strawberry.argument(description="Which services.")] = strawberry.UNSET,
    ) -> Connection[Service]:
        return await connect(
            PageKey(
                owner_id=self.id,
                parent_id=self.id,
                criteria=filter.to_criteria() if filter else ServiceCriteria(),
                window=window(first=first, after=after, last=last, before=before),
            ),
            pages=info.context.loaders.services,
            counted_by=info.context.loaders.services_total,
            convert=Service.from_model,
        )

    @strawberry.field(description="What will be charged by itself, the soonest charge first.")
    async def upcoming_renewals(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Service]:
        return await connect(
            PageKey(owner_id=self.id, parent_id=self.id, window=window(first=first, after=after)),
            pages=info.context.loaders.upcoming_renewals,
            counted_by=info.context.loaders.upcoming_renewals_total,
            convert=Service.from_model,
        )

    @strawberry.field(description="One service by its id; null when it does not exist or is not yours.")
    async def service(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Id of the service.")]
    ) -> Service | None:
        row = await info.context.loaders.service.load(id)
        return Service.from_model(row) if row else None

    @strawberry.field(description="The customer's orders.")
    async def orders(
        self,
        info: Info,
        first: First = DEFAULT_SIZE,
        after: After = strawberry.UNSET,
        last: Last = strawberry.UNSET,
        before: Before = strawberry.UNSET,
        filter: Annotated[
            OrderFilter | None,
            strawberry.argument(description='Which orders; those in "Attesa pagamento" with status AWAITING_PAYMENT.'),
        ] = strawberry.UNSET,
        order_by: Annotated[
            OrderSort | None, strawberry.argument(description="Their sequence; newest first unless given.")
        ] = NEWEST_FIRST,
    ) -> Connection[Order]:
        criteria = filter.to_criteria() if filter else OrderCriteria()
        return await connect(
            PageKey(
                owner_id=self.id,
                parent_id=self.id,
                criteria=order_by.sorting(criteria) if order_by else criteria,
                window=window(first=first, after=after, last=last, before=before),
            ),
            pages=info.context.loaders.orders,
            counted_by=info.context.loaders.orders_total,
            convert=Order.from_model,
        )

    @strawberry.field(description="By the number a person types or reads in an e-mail; null when it is not yours.")
    async def order(
        self,
        info: Info,
        number: Annotated[str, strawberry.argument(description="As typed: spaces and lower case do not matter.")],
    ) -> Order | None:
        row = await info.context.loaders.order_by_number.load(number)
        return Order.from_model(row) if row else None

    @strawberry.field(
        name="payPalAccounts",
        description="Registered PayPal accounts, the default first. Bounded (at most 20), hence a plain list.",
    )
    async def paypal_accounts(
        self,
        info: Info,
        status: Annotated[
            Sequence[enums.PayPalAccountStatus] | None,
            strawberry.argument(description="In one of these states; null for all of them."),
        ] = CHARGEABLE,
    ) -> list[PayPalAccount]:
        rows = await info.context.loaders.accounts.load(self.id)
        return [PayPalAccount.from_model(row) for row in rows if status is None or row.status in status]
