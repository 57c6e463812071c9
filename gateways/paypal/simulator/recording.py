"""Every exchange word by word, one JSON document a line, for whoever holds it against PayPal's own specification."""

import json
from pathlib import Path

from pydantic import JsonValue

from gateways.paypal.simulator.calls import Call
from gateways.paypal.simulator.replies import Reply

_HEADERS = ("content-type", "paypal-client-metadata-id", "paypal-request-id", "prefer", "user-agent")
_UNRECORDED = "not-recorded"


class Recording:
    """A file that grows by a line for each call; without one nothing is recorded. It never holds a bearer token."""

    def __init__(self, file: Path | None) -> None:
        self._file = file

    def add(self, call: Call, reply: Reply) -> None:
        """Write an exchange down, with the mark of the fault that spoilt it, if one did."""
        if self._file is None:
            return
        line = {
            "method": call.method,
            "url": f"{call.path}?{call.query}" if call.query else call.path,
            "headers": _headers(call),
            "body": call.raw_body.decode(errors="replace") or None,
            "answer": None if reply.lost else _answer(reply),
            "spoilt": reply.spoilt,
        }
        with self._file.open("a", encoding="utf-8") as growing:  # one write: other processes append to it, too
            growing.write(json.dumps(line) + "\n")


def _headers(call: Call) -> dict[str, str]:
    kept = {name: call.headers[name] for name in _HEADERS if name in call.headers}
    scheme, _, credentials = call.headers.get("authorization", "").partition(" ")
    return {**kept, "authorization": f"{scheme} {_UNRECORDED}"} if credentials else kept


def _answer(reply: Reply) -> dict[str, JsonValue]:
    response = reply.render()
    body = bytes(response.body).decode()
    if reply.body is not None and "access_token" in reply.body:
        body = json.dumps({**reply.body, "access_token": _UNRECORDED})
    return {"status": response.status_code, "content_type": response.headers.get("content-type"), "body": body}
