"""Where the processes that tests start write what they have to say: all of it is read when the tests end."""

import asyncio
import os
import tempfile
from itertools import count
from pathlib import Path

VARIABLE = "SALDO_TEST_LOGS"  # the directory of these tests' logs
NUMBERS = count(1)


def new_log(name: str) -> Path:
    """Return a file for the output of a process; outside of tests, as in a measurement, nobody reads it."""
    directory = os.environ.get(VARIABLE) or tempfile.gettempdir()
    return Path(directory) / f"{name}-{os.getpid()}-{next(NUMBERS)}.log"


async def keep(name: str, output: bytes) -> None:
    """Write down what a process that has ended had to say."""
    await asyncio.to_thread(new_log(name).write_bytes, output)
