"""Recorded exchanges with PayPal, held against its specification."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openapi_core import OpenAPI
from openapi_core.datatypes import RequestParameters
from openapi_core.exceptions import OpenAPIError
from werkzeug.datastructures import Headers, ImmutableMultiDict

from gateways.paypal.connection import USER_AGENT
from tests.contract.build import SERVER

Json = dict[str, Any]
UNSPECIFIED = ("/v1/notifications/certs/",)  # PayPal documents it in words alone
WORD = re.compile(r"[A-Z_]{2,}")
RUNS = (
    (re.compile(r"[0-9]+"), "0"),
    (re.compile(r"[a-z]+"), "a"),
    (re.compile(r"[A-Z]+"), "A"),
    (re.compile(r"(?:0A|A0)[0A]+"), "0A0"),  # an id at random: no schema tells where its letters stand
)


@dataclass
class Request:
    """A request as openapi-core wants it."""

    method: str
    path: str
    content_type: str
    body: bytes | None
    parameters: RequestParameters
    host_url: str = SERVER

    @classmethod
    def of(cls, method: str, url: str, headers: dict[str, str], body: bytes | None) -> "Request":
        parts = urlsplit(url)
        return cls(
            method=method.lower(),
            path=parts.path,
            content_type=headers.get("content-type", ""),
            body=body or None,
            parameters=RequestParameters(query=ImmutableMultiDict(parse_qsl(parts.query)), header=Headers(headers)),
        )


@dataclass
class Response:
    """An answer as openapi-core wants it."""

    status_code: int
    content_type: str
    data: bytes
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Exchange:
    """One line of a recording, and the test that was running."""

    line: Json
    test: str

    @property
    def name(self) -> str:
        answer = self.line["answer"]
        return f"{self.line['method']} {self.line['url']} → {answer['status'] if answer else 'no answer'}"

    @property
    def is_ours(self) -> bool:
        """Whether our client sent it; other programs send what they like."""
        return bool(self.line["headers"].get("user-agent") == USER_AGENT)

    def shape(self) -> str:
        """Return what makes it worth checking: equal for exchanges that differ in names, numbers and times alone."""
        answer = self.line["answer"] or {}
        texts = {"sent": self.line["body"], "got": answer.get("body")}
        parts = urlsplit(self.line["url"])
        return json.dumps(
            [
                self.line["method"],
                masked(parts.path),
                sorted(name for name, _ in parse_qsl(parts.query)),
                {name: masked(value) for name, value in sorted(self.line["headers"].items())},
                {name: masked(as_json(text)) for name, text in texts.items()},
                answer.get("status"),
                answer.get("content_type"),
                self.line["spoilt"],
            ]
        )

    def violations(self, specification: OpenAPI) -> Iterator[str]:
        """Yield what PayPal would not accept of our request, and would never have answered."""
        line = self.line
        if urlsplit(line["url"]).path.startswith(UNSPECIFIED):
            return
        body = line["body"].encode() if line["body"] else None
        request = Request.of(line["method"], line["url"], line["headers"], body)
        if self.is_ours:
            try:
                specification.validate_request(request)
            except OpenAPIError as error:
                yield f"our request: {explained(error)}"
        if line["answer"] is None or line["spoilt"] is not None:
            return
        answer = line["answer"]
        response = Response(answer["status"], answer["content_type"] or "", answer["body"].encode())
        try:
            specification.validate_response(request, response)
        except OpenAPIError as error:
            yield f"the simulator's answer: {explained(error)}"


def as_json(text: str | None) -> Any:
    try:
        return json.loads(text or "null")
    except ValueError:
        return text


def masked(value: Any) -> Any:
    """Return a value with its names and numbers blurred: what a schema can tell apart stays apart.

    Words of a vocabulary stay; of any other text the kinds of its characters, in their order, and its length.
    """
    match value:
        case dict():
            return {name: masked(each) for name, each in sorted(value.items())}
        case list():
            return sorted({json.dumps(masked(each)) for each in value})
        case str() if not WORD.fullmatch(value):
            length = len(value)
            for run, letter in RUNS:
                value = run.sub(letter, value)
            return f"{value}#{length}"
        case _:
            return value


def explained(error: BaseException) -> str:
    """Return the errors of the schema that are behind an error, each with its place."""
    causes: list[str] = []
    cause: BaseException | None = error
    while cause is not None:
        causes += [f"{each.json_path}: {each.message}" for each in getattr(cause, "schema_errors", None) or []]
        cause = cause.__cause__
    return "; ".join(causes) or f"{type(error).__name__}: {error}"


def recorded(file: Path) -> Iterator[Exchange]:
    """Yield the exchanges of a recording; a line that names a test stands before its exchanges."""
    test = "(outside any test)"
    if not file.exists():
        return
    with file.open(encoding="utf-8") as lines:
        for text in lines:
            line = json.loads(text)
            if "test" in line:
                test = line["test"]
            else:
                yield Exchange(line, test)


def distinct(exchanges: Iterable[Exchange]) -> list[Exchange]:
    """Return the first exchange of each shape."""
    first: dict[str, Exchange] = {}
    for exchange in exchanges:
        first.setdefault(exchange.shape(), exchange)
    return list(first.values())


def violations(exchanges: Iterable[Exchange], specification: OpenAPI) -> list[str]:
    """Return a line for each thing that is not as PayPal specifies it."""
    return [
        f"{exchange.name}\n    {violation}\n    first in {exchange.test}"
        for exchange in distinct(exchanges)
        for violation in exchange.violations(specification)
    ]
