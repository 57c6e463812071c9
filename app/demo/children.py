"""The child processes of the demo: started, waited for, watched and stopped, none left behind."""

import asyncio
import os
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[2]
PATIENCE_SECONDS = 60.0
STOP_SECONDS = 8.0
LAST_WORDS = 15  # lines of its log shown when a part stops by itself


class DemoError(Exception):
    """Why the demo cannot go on, as a sentence for the person who started it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Part:
    """One process of the demo; it runs as soon as its ``health`` address answers."""

    name: str
    module: str
    health: str
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Child:
    """A part that was started; what it writes goes to its log."""

    part: Part
    process: Process
    log: Path

    async def until_ready(self) -> None:
        """Return as soon as it answers. Raises ``DemoError`` when it ends first, or takes too long."""
        deadline = asyncio.get_running_loop().time() + PATIENCE_SECONDS
        async with httpx2.AsyncClient(trust_env=False) as http:
            while self.process.returncode is None and asyncio.get_running_loop().time() < deadline:
                try:
                    await http.get(self.part.health)
                except httpx2.TransportError:
                    await asyncio.sleep(0.05)
                else:
                    return
        raise self.failure("did not start")

    async def until_dead(self) -> None:
        """Wait for its end, which nobody asked for. Raises ``DemoError``."""
        await self.process.wait()
        raise self.failure("stopped by itself")

    def failure(self, what: str) -> DemoError:
        lines = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_WORDS:]
        words = "".join(f"\n    {line}" for line in lines) or " none."
        return DemoError(f"{self.part.name} {what} (exit code {self.process.returncode}). Its last words:{words}")

    async def stop(self) -> None:
        """Ask it to stop, and insist when it does not."""
        if self.process.returncode is None:
            self.process.terminate()
            try:
                await asyncio.wait_for(self.process.wait(), STOP_SECONDS)
            except TimeoutError:
                self.process.kill()
                await self.process.wait()


async def start(part: Part, *, directory: Path) -> Child:
    """Start a part in the directory, where no `.env` file of the project reaches it, and out of the terminal's reach:
    Ctrl-C is for the demo, which stops its parts in order."""
    log = directory / f"{part.module.removeprefix('app.')}.log"
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "app.demo.child", part.module),
            stdin=PIPE,
            stdout=written,
            stderr=STDOUT,
            cwd=directory,
            env={**os.environ, "PYTHONPATH": str(ROOT), **part.environment},
            start_new_session=True,
        )
    return Child(part=part, process=process, log=log)
