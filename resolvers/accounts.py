"""The customer's PayPal accounts, apart from payments."""

from typing import Annotated

import strawberry

from models import tables
from resolvers.context import Context, Info
from schema import results
from schema.cost import Cost
from schema.customers import Customer
from schema.inputs import RegisterPayPalAccountInput
from schema.nodes import guaranteed
from schema.payment_actions import ApproveOnPayPalAction
from schema.paypal_accounts import PayPalAccount
from schema.services import Service
from use_cases.await_setup import await_page
from use_cases.make_default_paypal_account import make_default_paypal_account
from use_cases.register_paypal_account import AccountWish, register_paypal_account
from use_cases.remove_paypal_account import Removal, remove_paypal_account
from use_cases.select_account import NewAccount


@strawberry.type
class AccountMutations:
    @strawberry.mutation(
        name="registerPayPalAccount",
        description="Register an account with no purchase, and switch renewal on with it. Its owner's approval on "
        "PayPal's page completes it; asked again for the same, it hands back the registration under way.",
        directives=[Cost(weight=10)],
    )
    async def register_paypal_account(
        self,
        info: Info,
        input: Annotated[RegisterPayPalAccountInput, strawberry.argument(description="What to register.")],
    ) -> results.RegisterPayPalAccountResult | None:
        async with info.context.write() as session:
            setup = await register_paypal_account(
                session,
                customer=info.context.customer,
                wish=wished(input),
                allowed_origins=info.context.rules.return_origins,
                watch_after=info.context.rules.watch_after,
                now=info.context.now,
            )
        return await with_page(setup, info.context)

    @strawberry.mutation(
        name="makeDefaultPayPalAccount",
        description="Suggest a registered account first from now on; what renews on another one stays there.",
        directives=[Cost(weight=5)],
    )
    async def make_default_paypal_account(
        self,
        info: Info,
        account_id: Annotated[strawberry.ID, strawberry.argument(description="An ACTIVE account of the customer.")],
    ) -> results.MakeDefaultPayPalAccountResult | None:
        customer = info.context.customer
        async with info.context.write() as session:
            account = await make_default_paypal_account(session, customer_id=customer.id, account_id=account_id)
        return results.MakeDefaultPayPalAccountPayload(
            account=PayPalAccount.from_model(account), customer=Customer.from_model(customer)
        )

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


def wished(input: RegisterPayPalAccountInput) -> AccountWish:
    """Return what the client asks to register."""
    account = NewAccount(nickname=input.account.nickname, make_default=input.account.make_default)
    return AccountWish(account=account, return_url=input.return_url, renewals=tuple(input.enable_renewal_for))


async def with_page(setup: tables.AccountSetup, context: Context) -> results.RegisterPayPalAccountPayload:
    """Return a registration with the page on which its owner approves it."""
    opened = await await_page(
        context.database,
        setup_id=setup.id,
        patience=context.rules.confirm_patience,
        retry_after_seconds=context.retry_after_seconds,
    )
    account = guaranteed(await context.loaders.account.load(opened.account_id))
    return results.RegisterPayPalAccountPayload(
        account=PayPalAccount.from_model(account), approve=ApproveOnPayPalAction.from_model(opened)
    )


def as_removed(removal: Removal, customer: tables.Customer) -> results.RemovePayPalAccountPayload:
    return results.RemovePayPalAccountPayload(
        removed_id=strawberry.ID(removal.account.id),
        moved=[Service.from_model(service) for service in removal.moved],
        customer=Customer.from_model(customer),
    )
