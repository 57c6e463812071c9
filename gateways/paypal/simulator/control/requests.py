"""A request to the control desk, and how it is answered."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, JsonValue, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from gateways.paypal.simulator.api import Api
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.records import Record

B = TypeVar("B", bound=BaseModel)
R = TypeVar("R", bound=Record)


class Body(BaseModel):
    """What is asked, without a word that nobody understands."""

    model_config = ConfigDict(extra="forbid")


class ControlError(Exception):
    """A request to the control desk that cannot be met."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """A request as it arrived."""

    api: Api
    desk: Desk
    ids: Mapping[str, str]
    query: Mapping[str, str]
    raw_body: bytes

    def read(self, body: type[B]) -> B:
        """Return the body, checked; an empty one counts as `{}`.

        Raises:
            ControlError: 422.
        """
        return self._checked(lambda: body.model_validate_json(self.raw_body or b"{}"))

    def read_query(self, query: type[B]) -> B:
        """Return the parameters, checked.

        Raises:
            ControlError: 422.
        """
        return self._checked(lambda: query.model_validate(dict(self.query)))

    def known(self, record: type[R]) -> R:
        """Return the record that the path names.

        Raises:
            ControlError: 404.
        """
        id_ = self.ids["id"]
        found = self.desk.ledger.get(record, id_)
        if found is None:
            raise ControlError(404, f"no {record.kind} {id_}")
        return found

    @staticmethod
    def _checked(read: Callable[[], B]) -> B:
        try:
            return read()
        except ValidationError as error:
            raise ControlError(422, str(error)) from error


Handler = Callable[[Asked], JsonValue]
Entry = tuple[str, str, Handler]  # method, path, what answers


def endpoint_of(api: Api, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """Return the endpoint in which a handler changes everything or, refusing, nothing."""

    async def endpoint(request: Request) -> Response:
        raw_body = await request.body()
        try:
            with api.ledger.transaction():
                asked = Asked(
                    api=api, desk=api.tick(), ids=request.path_params, query=request.query_params, raw_body=raw_body
                )
                answer = handler(asked)
                api.tick()
        except ControlError as refused:
            return JSONResponse({"error": str(refused)}, refused.status)
        api.courier.wake()
        return JSONResponse(answer)

    return endpoint
