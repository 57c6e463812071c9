"""A GraphQL request as HTTP carries it: read strictly, and refused with a reason that a person can act on."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic_core import from_json
from starlette.requests import Request

from app.graphql.documents import PREFIX, Documents, digest
from app.graphql.refusals import HttpRefusal

LARGEST_BODY = 256 * 1024  # bytes
MOST_DIGITS = 40  # of an integer: far beyond any value of ours; Python itself refuses to read or print thousands
JSON = "application/json"
TEXTS = ("query", "documentId", "operationName")
OBJECTS = ("variables", "extensions")


@dataclass(frozen=True, kw_only=True, slots=True)
class Parameters:
    """What a request asks to be run."""

    query: str | None = None
    document_id: str | None = None
    operation_name: str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    extensions: dict[str, Any] = field(default_factory=dict)


async def read_parameters(request: Request) -> Parameters:
    """Return the parameters of a GET or a POST. Raises ``HttpRefusal``."""
    if request.method == "GET":
        asked = request.query_params
        given: dict[str, Any] = {name: asked[name] for name in TEXTS if name in asked}
        given |= {name: read_json(asked[name].encode(), name) for name in OBJECTS if asked.get(name)}
        return checked(given)
    return checked(read_json(await read_body(request), "The body"))


async def read_body(request: Request) -> bytes:
    """Return the body of a POST. Raises ``HttpRefusal`` for another type than JSON, or one that is too large."""
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.strip().lower().removeprefix("charset=").strip('"')
    if kind.strip().lower() != JSON or charset not in {"", "utf-8", "utf8"}:
        raise HttpRefusal(415, "UNSUPPORTED_MEDIA_TYPE", f"Send the request as {JSON}, in UTF-8.")
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST_BODY:
            raise HttpRefusal(413, "BODY_TOO_LARGE", f"The body is larger than {LARGEST_BODY} bytes.")
        parts.append(part)
    return b"".join(parts)


def read_json(text: bytes, what: str) -> Any:
    """Return the value that a JSON text in UTF-8 stands for. Raises ``HttpRefusal``."""
    try:
        value = from_json(text, allow_inf_nan=False, cache_strings=False)
    except ValueError as exc:
        raise HttpRefusal(400, "MALFORMED_REQUEST", f"{what} is not valid JSON.") from exc
    refuse_giants(value, what)
    return value


def refuse_giants(value: Any, what: str) -> None:
    """Raise ``HttpRefusal`` for an integer that no value of ours comes near: Python would not even print it."""
    if any(isinstance(each, int) and abs(each) >= 10**MOST_DIGITS for each in values_in(value)):
        raise HttpRefusal(400, "MALFORMED_REQUEST", f"{what} holds an integer that is too large.")


def values_in(value: Any) -> Iterator[Any]:
    """Yield a JSON value and all that it holds."""
    waiting = [value]
    while waiting:
        each = waiting.pop()
        yield each
        if isinstance(each, dict):
            waiting.extend(each.values())
        elif isinstance(each, list):
            waiting.extend(each)


def checked(given: Any) -> Parameters:
    """Return the parameters if each has its type. Raises ``HttpRefusal``."""
    if isinstance(given, list):
        raise HttpRefusal(400, "MALFORMED_REQUEST", "Send one operation at a time: batches are not offered.")
    if not isinstance(given, dict):
        raise HttpRefusal(400, "MALFORMED_REQUEST", "The body must be a JSON object.")
    for names, kind, said in ((TEXTS, str, "a text"), (OBJECTS, dict, "an object")):
        for name in names:
            if not isinstance(given.get(name), kind | None):
                raise HttpRefusal(400, "MALFORMED_REQUEST", f"`{name}` must be {said}, if it is given.")
    return Parameters(
        query=given.get("query"),
        document_id=given.get("documentId"),
        operation_name=given.get("operationName"),
        variables=given.get("variables") or {},
        extensions=given.get("extensions") or {},
    )


def find_text(parameters: Parameters, documents: Documents) -> str:
    """Return the text to run: as it was sent, by its documentId, or remembered from an earlier request.

    Raises ``HttpRefusal`` when there is none.
    """
    if parameters.document_id is not None:
        return by_id(parameters, documents)
    persisted = parameters.extensions.get("persistedQuery")
    if persisted is not None:
        return by_hash(parameters.query, persisted, documents)
    if not parameters.query:
        raise HttpRefusal(400, "MALFORMED_REQUEST", "Send a `query` or a `documentId`.")
    return parameters.query


def by_id(parameters: Parameters, documents: Documents) -> str:
    """Return the trusted document with the id. Raises ``HttpRefusal``."""
    document_id = parameters.document_id or ""
    if parameters.query is not None:
        raise HttpRefusal(400, "MALFORMED_REQUEST", "Send either a `query` or a `documentId`, not both.")
    if not document_id.startswith(PREFIX):
        raise HttpRefusal(400, "DOCUMENT_NOT_FOUND", f"A documentId begins with {PREFIX}")
    text = documents.trusted_text(document_id)
    if text is None:
        raise HttpRefusal(400, "DOCUMENT_NOT_FOUND", "No document has this documentId.")
    return text


def by_hash(query: str | None, persisted: object, documents: Documents) -> str:
    """Return the text that Apollo's automatic persisted queries mean. Raises ``HttpRefusal``."""
    match persisted:
        case {"version": 1, "sha256Hash": str(hash_)}:
            pass
        case _:
            raise HttpRefusal(400, "MALFORMED_REQUEST", "`persistedQuery` needs version 1 and a sha256Hash.")
    if query:
        if hash_ != digest(query):
            raise HttpRefusal(400, "PERSISTED_QUERY_HASH_MISMATCH", "The sha256Hash is not that of the query.")
        return query
    text = documents.recall(hash_)
    if text is None:
        raise HttpRefusal(200, "PERSISTED_QUERY_NOT_FOUND", "PersistedQueryNotFound")
    return text
