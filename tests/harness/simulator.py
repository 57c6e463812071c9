"""PayPal's simulator as a process of its own, and its control desk."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from tests.harness.ports import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Simulator:
    """The control desk of a running simulator."""

    url: str

    def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Use the control desk."""
        response = httpx2.request(method, f"{self.url}/simulator{path}", json=body)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer

    def reset(self) -> None:
        """Forget all orders, tokens, faults and calls."""
        self.ask("POST", "/reset")

    def calls(self, path_prefix: str = "/v") -> list[dict[str, Any]]:
        """Return the API calls since the last reset, oldest first."""
        return [call for call in self.ask("GET", "/calls")["calls"] if call["path"].startswith(path_prefix)]

    def captures(self) -> list[dict[str, Any]]:
        """Return the capture calls."""
        return [call for call in self.calls("/v2/checkout/orders") if call["path"].endswith("/capture")]

    def fail(self, kind: str, *, pattern: str = "/v*", times: int = 1, **more: object) -> None:
        """Fail the next ``times`` calls to a path in the way of ``kind``."""
        self.ask("POST", "/faults", {"kind": kind, "pattern": pattern, "times": times, **more})

    def recover(self) -> None:
        """Forget the failures that were asked for."""
        self.ask("DELETE", "/faults")

    def store_token(self, token: str, *, payer_email: str, merchant_customer_id: str) -> None:
        """Let PayPal know an account that the product has on its books."""
        self.ask(
            "POST",
            "/payment-tokens",
            {"token": token, "payer_email": payer_email, "merchant_customer_id": merchant_customer_id},
        )

    def order(self, paypal_order_id: str) -> dict[str, Any]:
        """Return an order as the simulator knows it."""
        return self.ask("GET", f"/orders/{paypal_order_id}")


@contextmanager
def running_simulator(database: Path) -> Iterator[Simulator]:
    """Run `python -m app.simulator` over that file until the block is left."""
    port = free_port()
    environment = {**os.environ, "SALDO_SIMULATOR_PORT": str(port), "SALDO_SIMULATOR_DATABASE": str(database)}
    process = subprocess.Popen([sys.executable, "-m", "app.simulator"], cwd=ROOT, env=environment)
    simulator = Simulator(f"http://127.0.0.1:{port}")
    try:
        wait_until_ready(f"{simulator.url}/simulator/health", process)
        yield simulator
    finally:
        process.terminate()
        process.wait(timeout=10)


def wait_until_ready(address: str, process: subprocess.Popen[bytes]) -> None:
    """Return as soon as the address answers. Raises ``TimeoutError`` when the process ends first, or takes too long."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        try:
            httpx2.get(address)
        except httpx2.TransportError:
            time.sleep(0.05)
        else:
            return
    raise TimeoutError(f"nothing answered at {address}")
