"""The two ways of saying no: a top-level error for a malformed request, `UserError` for a business refusal."""

import strawberry
from graphql import GraphQLError

from models import enums


class BadUserInput(GraphQLError):
    """A request that no correct client sends; reported at the top level with the code ``BAD_USER_INPUT``."""

    def __init__(self, message: str) -> None:
        super().__init__(message, extensions={"code": "BAD_USER_INPUT"})


@strawberry.interface(
    description="Every refusal implements it: one fragment handles the errors you do not know yet. Nothing was changed."
)
class UserError:
    code: enums.UserErrorCode = strawberry.field(description="Which kind of refusal, for programs.")
    message: str = strawberry.field(description="Localised; for people.")
    retryable: bool = strawberry.field(description="The same request may succeed later as it is.")
