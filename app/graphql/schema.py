"""The executable schema: types from `schema/`, operations from `resolvers/`, and what surrounds an execution."""

from collections.abc import Iterable
from typing import Any

import strawberry
import structlog
from graphql import GraphQLError
from strawberry.exceptions import MissingQueryError
from strawberry.extensions import MaskErrors
from strawberry.schema.config import StrawberryConfig
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionContext, ExecutionResult
from strawberry.types.graphql import OperationType

from app.graphql.guard import Guard
from resolvers.accounts import AccountMutations
from resolvers.errors import HANDLERS
from resolvers.orders import OrderMutations
from resolvers.payments import PaymentMutations
from resolvers.renewals import RenewalMutations
from resolvers.sessions import SessionMutations
from resolvers.subscriptions import Subscription
from resolvers.viewer import Query
from schema.scalars import SCALARS

log = structlog.get_logger(__name__)

CLIENTS_FAULT = (GraphQLError, MissingQueryError, CannotGetOperationTypeError, InvalidOperationTypeError)


@strawberry.type(
    description="Changes. Root fields are nullable on purpose: one crash must not erase the result of a sibling that "
    "moved money."
)
class Mutation(SessionMutations, PaymentMutations, RenewalMutations, AccountMutations, OrderMutations):
    pass


def is_defect(error: GraphQLError) -> bool:
    """Tell whether the error is a defect of ours, whose text is nobody else's business, and log it."""
    defect = error.original_error is not None and not isinstance(error.original_error, CLIENTS_FAULT)
    if defect:
        log.error("graphql.field_failed", path=error.path, exc_info=error.original_error)
    return defect


class MaskDefects(MaskErrors):
    """Tells a client that something of ours failed, and nothing else."""

    def __init__(self) -> None:
        super().__init__(should_mask_error=is_defect)

    def anonymise_error(self, error: GraphQLError) -> GraphQLError:
        masked = super().anonymise_error(error)
        masked.extensions = {"code": "INTERNAL_SERVER_ERROR"}
        return masked


class Schema(strawberry.Schema):
    """A schema whose subscriptions are streamed, and never executed as if they were queries."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing: defects are logged where they are masked, and what a client wrote wrong is its own business."""

    async def execute(
        self,
        query: str | None,
        variable_values: dict[str, Any] | None = None,
        context_value: Any = None,
        root_value: Any = None,
        operation_name: str | None = None,
        allowed_operation_types: Iterable[OperationType] | None = None,
        operation_extensions: dict[str, Any] | None = None,
    ) -> ExecutionResult:
        allowed = set(allowed_operation_types or OperationType) - {OperationType.SUBSCRIPTION}
        return await super().execute(
            query,
            variable_values=variable_values,
            context_value=context_value,
            root_value=root_value,
            operation_name=operation_name,
            allowed_operation_types=allowed,
            operation_extensions=operation_extensions,
        )


schema = Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    config=StrawberryConfig(scalar_map=dict(SCALARS), disable_field_suggestions=True),
    extensions=[MaskDefects, Guard],
    exception_handlers=HANDLERS,
)
