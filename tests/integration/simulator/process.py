"""The simulator as a process of its own, on a port that the operating system gives."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

ROOT = Path(__file__).parents[3]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_simulator(database: Path) -> Iterator[str]:
    """Run `python -m app.simulator` over that file until the block is left; yields its address."""
    port = free_port()
    environment = {**os.environ, "SALDO_SIMULATOR_PORT": str(port), "SALDO_SIMULATOR_DATABASE": str(database)}
    process = subprocess.Popen([sys.executable, "-m", "app.simulator"], cwd=ROOT, env=environment)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(address, process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=10)


def _wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx2.get(f"{address}/simulator/health")
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"the simulator did not start at {address}")
