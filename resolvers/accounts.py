"""The customer's PayPal accounts, apart from payments."""

from typing import Annotated

import strawberry

from models import tables
from resolvers.context import Info
from schema import results
from schema.cost import Cost
from schema.customers import Customer
from schema.services import Service
from use_cases.remove_paypal_account import Removal, remove_paypal_account


@strawberry.type
class AccountMutations:
    @strawberry.mutation(
        name="removePayPalAccount",
        description="Remove a registered account, here at once and then at PayPal. Renewals that depend on it move to "
        "another account, or the removal is refused; the default passes to the oldest account that is left.",
        directives=[Cost(weight=5)],
    )
    async def remove_paypal_account(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID, strawberry.argument(description="The account to remove.")],
        move_renewals_to: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="An ACTIVE account for the services that renew on it."),
        ] = None,
    ) -> results.RemovePayPalAccountResult | None:
        async with info.context.write() as session:
            removal = await remove_paypal_account(
                session,
                customer=info.context.customer,
                account_id=account_id,
                move_renewals_to=move_renewals_to,
                now=info.context.now,
            )
        return as_removed(removal, info.context.customer)


def as_removed(removal: Removal, customer: tables.Customer) -> results.RemovePayPalAccountPayload:
    return results.RemovePayPalAccountPayload(
        removed_id=strawberry.ID(removal.account.id),
        moved=[Service.from_model(service) for service in removal.moved],
        customer=Customer.from_model(customer),
    )
