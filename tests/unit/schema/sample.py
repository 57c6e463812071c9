"""A schema around all types, and contexts whose loaders read plain mappings."""

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

import strawberry
from graphql import GraphQLError
from strawberry.dataloader import DataLoader
from strawberry.schema.config import StrawberryConfig

from models import tables
from schema import inputs, results
from schema.context import Context, Loaders, Locale
from schema.customers import Customer
from schema.nodes import Node
from schema.orders import Order
from schema.payments import Payment
from schema.scalars import SCALARS
from schema.services import Service
from tests.factories import NOW, TODAY


@strawberry.type
class Query:
    customer: Customer | None = None
    service: Service | None = None
    order: Order | None = None
    payment: Payment | None = None
    node: Node | None = None
    refusal: results.ConfirmPaymentResult | None = None

    @strawberry.field
    def read_start(self, input: inputs.StartPaymentInput) -> str:
        return repr(input)

    @strawberry.field
    def read_selection(self, input: inputs.SelectAccountInput) -> str:
        return repr(input)

    @strawberry.field
    def read_confirmation(self, input: inputs.ConfirmPaymentInput) -> str:
        return repr(input.expected_amount.to_money())


@strawberry.type
class Mutation:
    start_payment: results.StartPaymentResult | None = None
    select_account: results.SelectAccountResult | None = None
    set_auto_renewal: results.SetAutoRenewalResult | None = None
    cancel_payment: results.CancelPaymentResult | None = None
    cancel_order: results.CancelOrderResult | None = None
    sign_in: results.SignInResult | None = None
    sign_out: results.SignOutPayload | None = None

    @strawberry.mutation
    def switch(self, input: inputs.SetAutoRenewalInput) -> str:
        return repr(input)

    @strawberry.mutation
    def guarded(self, input: inputs.SetAutoRenewalInput) -> str:
        return repr(input.guard())


SCHEMA = strawberry.Schema(query=Query, mutation=Mutation, config=StrawberryConfig(scalar_map=SCALARS))


def loader_over(values: Mapping[Any, Any]) -> DataLoader[Any, Any]:
    async def load(keys: list[Any]) -> list[Any]:
        return [values.get(key) for key in keys]

    return DataLoader(load)


def make_context(
    *, locale: Locale = "it", viewer: tables.Customer | None = None, **loaded: Mapping[Any, Any]
) -> Context:
    """A context in which only the named loaders find something."""
    loaders: dict[str, Any] = {field.name: loader_over(loaded.get(field.name, {})) for field in fields(Loaders)}
    return Context(
        viewer=viewer,
        locale=locale,
        now=NOW,
        today=TODAY,
        customer_area_url="https://area.example",
        poll_after_ms=1500,
        loaders=Loaders(**loaders),
    )


async def ask(
    query: str, root: Query | None = None, context: Context | None = None, variables: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Execute a query that must succeed and return its data."""
    result = await SCHEMA.execute(
        query, root_value=root or Query(), context_value=context or make_context(), variable_values=variables
    )
    assert result.errors is None, result.errors
    assert result.data is not None
    return result.data


async def refused(query: str, root: Query | None = None, variables: dict[str, Any] | None = None) -> GraphQLError:
    """Execute a query that must fail and return its only error."""
    result = await SCHEMA.execute(
        query, root_value=root or Query(), context_value=make_context(), variable_values=variables
    )
    assert result.errors is not None
    (error,) = result.errors
    return error
