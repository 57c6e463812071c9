"""Top-level errors: each with a code, the request's id, and a sentence in the reader's language where there is one."""

from collections.abc import Mapping, Sequence
from typing import Any

from graphql import GraphQLError
from graphql.error import GraphQLSyntaxError

from schema.context import Locale
from schema.top_level_texts import TOP_LEVEL

STATUS: Mapping[str, int] = {
    "UNAUTHENTICATED": 401,
    "DOCUMENT_NOT_TRUSTED": 403,
    "RATE_LIMITED": 429,
}


def code_of(error: GraphQLError, *, executed: bool) -> str:
    """Return the code of an error: its own, or that of the phase in which it came up."""
    known = (error.extensions or {}).get("code")
    if isinstance(known, str):
        return known
    if isinstance(error, GraphQLSyntaxError):
        return "GRAPHQL_PARSE_FAILED"
    if error.path is None and not executed:
        return "GRAPHQL_VALIDATION_FAILED"
    return "BAD_USER_INPUT"


def described(
    errors: Sequence[GraphQLError], *, executed: bool, locale: Locale, request_id: str
) -> list[dict[str, Any]]:
    """Return the errors as the client sees them."""
    found = []
    for error in errors:
        code = code_of(error, executed=executed)
        text = TOP_LEVEL.get(code)
        formatted: dict[str, Any] = {**error.formatted}
        if text is not None:
            formatted["message"] = text.to(locale)
        formatted["extensions"] = {**(error.extensions or {}), "code": code, "requestId": request_id}
        found.append(formatted)
    return found


def retry_after(response: Mapping[str, Any]) -> int | None:
    """Return for how many seconds the first error asks to wait."""
    errors: list[dict[str, Any]] = response.get("errors") or [{}]
    seconds: int | None = errors[0].get("extensions", {}).get("retryAfterSeconds")
    return seconds


def status_of(response: Mapping[str, Any], *, legacy: bool) -> int:
    """Return the HTTP status of an answer: 200 once something was executed, else 400 or what the code says.

    Clients that know only `application/json` get 200 for an operation that is wrong, and the same refusals otherwise.
    """
    errors = response.get("errors") or []
    if response.get("data") is not None or not errors or any("path" in error for error in errors):
        return 200
    code = errors[0]["extensions"]["code"]
    return STATUS.get(code, 200 if legacy else 400)
