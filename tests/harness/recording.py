"""The recording of all exchanges with PayPal that the tests of one process make, whatever stands for PayPal."""

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2

VARIABLE = "SALDO_SIMULATOR_RECORDING"  # the simulators of these tests, in this process or another, write there


@dataclass(frozen=True)
class Recording:
    """A file of lines: exchanges, and the names of the tests that made them."""

    file: Path

    @classmethod
    def current(cls) -> "Recording":
        """Return the recording of these tests."""
        return cls(Path(os.environ[VARIABLE]))

    def begin(self, test: str) -> None:
        """Say which test the following exchanges belong to."""
        self._add({"test": test})

    def add_request(self, request: httpx2.Request) -> None:
        """Write down a request that something other than a simulator answers."""
        headers = dict(request.headers.items())
        scheme, _, credentials = headers.pop("authorization", "").partition(" ")
        if credentials:
            headers["authorization"] = f"{scheme} not-recorded"
        url = request.url.raw_path.decode()
        body = request.content.decode() or None
        line = {"method": request.method, "url": url, "headers": headers, "body": body, "answer": None, "spoilt": None}
        self._add(line)

    def _add(self, line: Mapping[str, object]) -> None:
        with self.file.open("a", encoding="utf-8") as growing:
            growing.write(json.dumps(line) + "\n")


class RecordingTransport(httpx2.AsyncBaseTransport):
    """Passes requests on to what a test lets answer, and writes them down."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        Recording.current().add_request(request)
        return await self._inner.handle_async_request(request)
