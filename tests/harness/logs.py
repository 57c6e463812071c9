"""All log lines of the tests of one process, and what must stand in none of them."""

import json
import logging
import re
import traceback
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from structlog.testing import LogCapture

from app.logging import configure_logging
from tests.contract.exchanges import Exchange, as_json
from tests.harness.log_files import VARIABLE

BEGINS = "# now runs "
VAULTED = frozenset({"vault", "token", "payment_tokens", "payment-tokens", "setup-tokens"})

# What may be shown of a secret is nothing; of an address, what `mask_email` leaves.
FORBIDDEN: Mapping[str, re.Pattern[str]] = {
    "an e-mail address": re.compile(r"(?<![\w.+-])(?!eml_\w+@)[\w.+%-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"),
    "credentials": re.compile(r"\b(?:Bearer|Basic)\s+[\w.~+/=-]{6,}", re.IGNORECASE),
    "an access token": re.compile(
        r"\bA21AA[\w-]+|\beyJ[\w-]+\.[\w-]+\.[\w-]*|\baccess_token\\*[\"']?\s*[:=]\s*\\*[\"']?[\w-]{6,}"
    ),
    "a payment token": re.compile(r"\btoken-\d+\b"),
    "a secret of 256 bits": re.compile(
        # cookies, return keys: letters of both kinds, mixed; one in a thousand has no digit
        r"(?<![\w-])(?=(?:[\w-]*?[a-z]){4})(?=(?:[\w-]*?[A-Z]){4})[A-Za-z0-9_-]{43}(?![\w-])"
    ),
    "a cookie": re.compile(r"saldo_session\w*=[\w-]+|\bset-cookie\W+\w", re.IGNORECASE),
    "a signature": re.compile(r"[A-Za-z0-9+/]{86,}|transmission[-_]sig\W+[\w+/=]{8,}", re.IGNORECASE),
    "a password": re.compile(r"""password\\*["']?\s*[:=]\s*\\*["'][^"'\\]+|\$argon2id?\$""", re.IGNORECASE),
    "a password in an address": re.compile(r"://[^/\s:@\"]+:[^/\s:@\"]+@"),
    "a private key": re.compile(r"-----BEGIN [A-Z ]*PRIVATE KEY"),
    "a request body": re.compile(
        r"\b(?:purchase_units|payment_source|experience_context)\b|grant_type="  # to PayPal
        r"|\\*\"variables\\*\"\s*:|\bmutation \w+\s*\("  # to us
    ),
}
KNOWN_SECRETS = (  # of these tests
    "saldo-demo-secret",
    "not-the-secret",
    "EOn-secret",
    "test-secret-key-of-at-least-32-characters",
)


@dataclass(frozen=True)
class Leak:
    """A line that shows what it must not."""

    what: str
    line: str
    where: str

    def __str__(self) -> str:
        return f"{self.what}: {self.line[:500]}\n    {self.where}"


@dataclass(frozen=True)
class Log:
    """What the product has logged in these tests."""

    file: Path

    @property
    def text(self) -> str:
        return self.file.read_text(encoding="utf-8")

    def begin(self, test: str) -> None:
        """Say which test the following lines belong to."""
        with self.file.open("a", encoding="utf-8") as growing:
            growing.write(f"{BEGINS}{test!r}\n")


@contextmanager
def listening(directory: Path) -> Iterator[Log]:
    """Log as the product does in production, into a file of the directory, until the block is left.

    What a test captures is written down as well.
    """
    file = directory / "product.log"
    capture = LogCapture.__call__
    with file.open("a", encoding="utf-8", buffering=1) as lines, pytest.MonkeyPatch.context() as patch:

        def capture_and_write(self: LogCapture, logger: Any, method_name: str, event_dict: Any) -> Any:
            lines.write(written(dict(event_dict)) + "\n")
            return capture(self, logger, method_name, event_dict)

        patch.setattr(LogCapture, "__call__", capture_and_write)
        patch.setenv(VARIABLE, str(directory))
        before = list(logging.getLogger().handlers)
        configure_logging(log_format="json", stream=lines)
        yield Log(file)
        for handler in set(logging.getLogger().handlers) - set(before):
            logging.getLogger().removeHandler(handler)


def written(event: dict[str, Any]) -> str:
    """Return a captured event as a line, its traceback included."""
    error = event.pop("exc_info", None)
    if isinstance(error, BaseException):
        event["exception"] = "".join(traceback.format_exception(error))
    elif error:
        event["exception"] = traceback.format_exc()
    return json.dumps(event, default=str)


def leaks(lines: Iterable[str], *, known: Iterable[str], where: str = "") -> Iterator[Leak]:
    """Yield every line that shows something forbidden, or a secret that is known to be one."""
    secrets = re.compile(
        "|".join(rf"(?<![\w-]){re.escape(each)}(?![\w-])" for each in sorted({*known, *KNOWN_SECRETS}))
    )
    running = where
    for line in lines:
        if line.startswith(BEGINS):
            running = f"{where}, while or after {line.removeprefix(BEGINS).strip()}"
            continue
        for what, pattern in {**FORBIDDEN, "a known secret": secrets}.items():
            if pattern.search(line):
                yield Leak(what, line.rstrip("\n"), running)


def leaks_in(directory: Path, *, known: Iterable[str]) -> list[Leak]:
    """Return the leaks of all log files below the directory, each distinct line once."""
    found: dict[str, Leak] = {}
    for file in sorted(directory.rglob("*.log")):
        with file.open(encoding="utf-8", errors="replace") as lines:
            for leak in leaks(lines, known=known, where=file.name):
                found.setdefault(f"{leak.what} {leak.line}", leak)
    return list(found.values())


def tokens_of(exchange: Exchange) -> Iterator[str]:
    """Yield the tokens in what went to PayPal or came from it: who has one may charge an account, or ask to."""
    path = urlsplit(exchange.line["url"]).path
    answer = as_json((exchange.line["answer"] or {}).get("body"))
    yield from tokens_in(as_json(exchange.line["body"]))
    yield from tokens_in(answer)
    if path.startswith("/v3/vault/"):
        _, _, _, collection, *rest = path.split("/")
        yield from rest
        yield from tokens_in({collection: answer})


def tokens_in(value: Any, *, within: str = "") -> Iterator[str]:
    """Yield the ids of what is kept in the vault, by the names under which PayPal writes them."""
    if isinstance(value, list):
        for each in value:
            yield from tokens_in(each, within=within)
    elif isinstance(value, dict):
        for name, each in value.items():
            if name == "vault_id" or (name == "id" and within in VAULTED):
                yield str(each)
            else:
                yield from tokens_in(each, within=name)
