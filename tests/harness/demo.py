"""The demo as a process of its own: started on free ports, read in its terminal, stopped as a person stops it."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2

from tests.harness.ports import free_port
from tests.harness.recording import VARIABLE
from tests.harness.simulator import ROOT

PATIENCE_SECONDS = 90.0
LAST_LINE_OF_WELCOME = "Mails, as they arrive:"


@dataclass(frozen=True)
class Place:
    """A directory and four ports for one demo after the other."""

    directory: Path
    api: int = field(default_factory=free_port)
    simulator: int = field(default_factory=free_port)
    catcher: int = field(default_factory=free_port)
    smtp: int = field(default_factory=free_port)

    @property
    def environment(self) -> dict[str, str]:
        """The environment of the demo, without settings that this test run may have been given."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("SALDO_")}
        return inherited | {
            VARIABLE: os.environ[VARIABLE],
            "SALDO_DEMO_DIRECTORY": str(self.directory),
            "SALDO_PORT": str(self.api),
            "SALDO_SIMULATOR_PORT": str(self.simulator),
            "SALDO_CATCHER_PORT": str(self.catcher),
            "SALDO_CATCHER_SMTP_PORT": str(self.smtp),
        }

    @property
    def api_url(self) -> str:
        return f"http://127.0.0.1:{self.api}"

    def mails(self) -> list[dict[str, Any]]:
        """Return what the mail catcher has, newest first."""
        found: list[dict[str, Any]] = httpx2.get(f"http://127.0.0.1:{self.catcher}/api/mails").json()["mails"]
        return found

    def run(self, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a demo that cannot go on, to its end."""
        return subprocess.run(
            [sys.executable, "-m", "app.demo"],
            cwd=ROOT,
            env=self.environment | environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )


@dataclass
class Demo:
    """A running demo and what its terminal shows."""

    place: Place
    process: subprocess.Popen[bytes]
    terminal: Path

    @property
    def text(self) -> str:
        return self.terminal.read_text(encoding="utf-8")

    def until_it_says(self, words: str, *, times: int = 1) -> None:
        """Wait for words in the terminal; the end of the demo, or of patience, fails the test."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.text.count(words) < times:
            assert self.process.poll() is None, self.text
            assert time.monotonic() < deadline, self.text
            time.sleep(0.1)

    def stop(self, number: int = signal.SIGINT) -> int:
        """Stop it as Ctrl-C does and return its exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=PATIENCE_SECONDS)


@contextmanager
def running_demo(place: Place, *arguments: str) -> Iterator[Demo]:
    """Run `python -m app.demo` until the block is left; it has said everything when the block is entered."""
    place.directory.mkdir(exist_ok=True)
    terminal = place.directory / "terminal.txt"
    with terminal.open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.demo", *arguments],
            cwd=ROOT,
            env=place.environment,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
    demo = Demo(place, process, terminal)
    try:
        demo.until_it_says(LAST_LINE_OF_WELCOME)
        yield demo
    finally:
        if process.poll() is None:
            demo.stop(signal.SIGTERM)
