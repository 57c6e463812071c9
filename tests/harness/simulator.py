"""PayPal's simulator as a process of its own, and its control desk."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2

from tests.harness.log_files import new_log
from tests.harness.ports import free_port

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Simulator:
    """The control desk of a running simulator."""

    url: str

    def ask(self, method: str, path: str, body: object = None, **more: Any) -> dict[str, Any]:
        """Use the control desk."""
        response = httpx2.request(method, f"{self.url}/simulator{path}", json=body, verify=False, **more)
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

    def advance(self, seconds: float) -> None:
        """Move PayPal's clock forward; what has become due is sent."""
        self.ask("POST", "/clock", {"advance_seconds": seconds})

    def set_clock(self, now: datetime) -> None:
        """Set PayPal's clock, which goes on from there; deliveries that are old by the product's clock are refused."""
        self.ask("POST", "/clock", {"now": now.isoformat()})

    def approve(self, token: str, *, payer_email: str) -> str:
        """Approve an order or a setup token without pages; return where PayPal would send the payer's browser."""
        return str(self.ask("POST", f"/orders/{token}/approve", {"payer_email": payer_email})["return_url"])

    def lapse(self, paypal_order_id: str) -> None:
        """Let an order end as if nobody had captured it in time."""
        self.ask("POST", f"/orders/{paypal_order_id}/lapse")

    def finish_vault(self, paypal_order_id: str) -> str:
        """Let PayPal have stored the account of an order by now; return its token."""
        return str(self.ask("POST", f"/orders/{paypal_order_id}/vault")["id"])

    def release(self, paypal_order_id: str | None, status: str) -> None:
        """Decide upon the pending capture of an order, its only one: ``COMPLETED`` or ``DENIED``."""
        [capture] = self.order(paypal_order_id or "")["purchase_units"][0]["payments"]["captures"]
        self.ask("POST", f"/captures/{capture['id']}/release", {"status": status})

    def refund(self, capture_id: str, value: str | None = None, *, currency: str = "EUR") -> str:
        """Refund at PayPal's own site, past the product; everything when no value is given. Return the refund's id."""
        body = {} if value is None else {"amount": {"currency_code": currency, "value": value}}
        return str(self.ask("POST", f"/captures/{capture_id}/refund", body)["id"])

    def reverse(self, capture_id: str) -> str:
        """Charge a capture back; return the id of the reversal, which PayPal serves among the refunds."""
        return str(self.ask("POST", f"/captures/{capture_id}/reverse")["id"])

    def release_refund(self, refund_id: str, status: str) -> None:
        """Decide upon a pending refund, of a `refund-waits` payer: ``COMPLETED`` or ``FAILED``."""
        self.ask("POST", f"/refunds/{refund_id}/release", {"status": status})

    def capture_late(self, paypal_order_id: str, **payer: str) -> str:
        """Let an order be paid after all; ``payer_email`` or ``token`` names who pays an order that nobody approved."""
        order = self.ask("POST", f"/orders/{paypal_order_id}/capture", payer)
        return str(order["purchase_units"][0]["payments"]["captures"][0]["id"])

    def revoke(self, token: str) -> None:
        """Withdraw the payer's consent to a stored account, at PayPal."""
        self.ask("DELETE", f"/payment-tokens/{token}")

    def subscribe(self, url: str, *, webhook_id: str | None = None, event_types: tuple[str, ...] = ("*",)) -> str:
        """Send events to an address until the next reset; return the webhook id."""
        body = {"url": url, "id": webhook_id, "event_types": list(event_types)}
        return str(self.ask("POST", "/webhooks", body)["id"])

    def webhook_mode(self, **mode: object) -> None:
        """Make deliveries worse than they should be, as ``WebhookMode`` has it; nothing given is normal again."""
        self.ask("POST", "/webhooks/mode", mode)

    def flush(self, *, reverse: bool = False) -> list[dict[str, Any]]:
        """Let go of the deliveries that are held; return them in the order in which they go out."""
        return list(self.ask("POST", "/webhooks/flush", {"reverse": reverse})["deliveries"])

    def deliveries(self, event_type: str = "") -> list[dict[str, Any]]:
        """Return the deliveries since the last reset, oldest first; of all types whose name begins so."""
        found = self.ask("GET", "/deliveries")["deliveries"]
        return [delivery for delivery in found if delivery["event_type"].startswith(event_type)]

    def pull(self) -> list[dict[str, Any]]:
        """Take the deliveries that are due, signed, with ``url``, ``headers`` and ``body``; nobody else sends them."""
        return list(self.ask("POST", "/deliveries/pull")["deliveries"])

    def sign(self, body: bytes, *, webhook_id: str, **how: str) -> dict[str, str]:
        """Return the headers with which PayPal would send that body; ``certificate`` and others as in ``SignQuery``."""
        params = {"webhook_id": webhook_id, **how}
        return dict(self.ask("POST", "/webhooks/sign", params=params, content=body)["headers"])

    def trusted_root(self) -> str:
        """Return the certificate, PEM, that a merchant of this simulator must trust."""
        return httpx2.get(f"{self.url}/simulator/ca.pem").raise_for_status().text


@contextmanager
def running_simulator(database: Path, **settings: object) -> Iterator[Simulator]:
    """Run `python -m app.simulator` over that file until the block is left."""
    port = free_port()
    values = {"port": port, "database": database, **settings}
    environment = {**os.environ, **{f"SALDO_SIMULATOR_{name}".upper(): str(value) for name, value in values.items()}}
    with new_log("simulator").open("wb") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "app.simulator"], cwd=ROOT, env=environment, stdout=written, stderr=subprocess.STDOUT
        )
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
