"""Requests that are not executed: what they raise, and how they are answered."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Scope

from app.graphql.context import locale_of
from app.graphql.negotiation import LEGACY_JSON, media_type_of
from app.request_ids import REQUEST_ID
from schema.top_level_texts import TOP_LEVEL


class HttpRefusal(Exception):
    """A request that is not executed, with the status and the code to answer."""

    def __init__(self, status: int, code: str, message: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}


def refusal_of(request: Request, refused: HttpRefusal) -> Response:
    """Return the answer to a request that is not executed, in the form and the language of its reader."""
    text = TOP_LEVEL.get(refused.code)
    message = text.to(locale_of(request)) if text else refused.message
    return answer_of(request.scope, refused, message=message, kind=media_type_of(request.headers.get("accept", "")))


def answer_of(scope: Scope, refused: HttpRefusal, *, message: str, kind: str = LEGACY_JSON) -> Response:
    """Return the answer without a look at the headers of the request."""
    error = {"message": message, "extensions": {"code": refused.code, "requestId": scope.get(REQUEST_ID, "")}}
    headers = {**refused.headers, "Cache-Control": "no-store", "content-type": f"{kind}; charset=utf-8"}
    return JSONResponse({"errors": [error]}, status_code=refused.status, headers=headers)
