"""PayPal's side: the simulator in this process, its control desk, its pages, its news, and its books as on file."""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
from cryptography.x509.verification import Store

from gateways.paypal.breaker import Breaker
from gateways.paypal.certificates import Certificates, read_certificates
from gateways.paypal.client import PayPalClient
from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings
from gateways.paypal.webhooks import OfflineProof, WebhookVerifier
from tests.harness.simulation import Simulation
from tests.property.wire import BASE_URL, BY_THE_SIMULATOR, Ahead, Trouble, Wire

WEBHOOK_URL, WEBHOOK_ID = "https://saldo.example/webhooks/paypal", "HOOK0000000000001"
GOOD_FOR = timedelta(days=3)  # a signature
PATTERNS = {
    "create": ("POST", "/v2/checkout/orders"),
    "capture": ("POST", "/v2/checkout/orders/*/capture"),
    "read": ("GET", "/v2/checkout/orders/*"),
    "refund": ("POST", "/v2/payments/captures/*/refund"),
}


@dataclass(kw_only=True)
class News:
    """A webhook that PayPal owes us; it is delivered when the test says so, and may be delivered again."""

    event_id: str
    event_type: str
    body: bytes
    headers: dict[str, str]
    signed_at: datetime
    delivered: bool = False


class PayPal:
    """One simulator, and the line that leads to it."""

    def __init__(self, database: Path, *, clock: Callable[[], datetime], unique_invoice_ids: bool) -> None:
        self.clock = clock
        self.settings = SimulatorSettings(
            database=database,
            public_url=BASE_URL,
            unique_invoice_ids=unique_invoice_ids,
            webhook_url=WEBHOOK_URL,
            webhook_id=WEBHOOK_ID,
        )
        self.transport = httpx2.ASGITransport(app=create_simulator(self.settings, clock, sends_webhooks=False))
        self.wire = Wire(self.transport)
        self.http = httpx2.AsyncClient(transport=self.transport, base_url=BASE_URL)  # for all but the product
        self.simulation = Simulation(transport=self.transport, http=self.http)
        self.troubled = False
        self.news: list[News] = []
        self.certificates: Certificates | None = None
        self.books = sqlite3.connect(database, isolation_level=None)

    async def close(self) -> None:
        if self.certificates is not None:
            await self.certificates.aclose()
        self.books.close()
        await self.http.aclose()

    async def verifier(self) -> WebhookVerifier:
        """Return who tells PayPal's deliveries from others'; the certificates are proved once for all examples."""
        if self.certificates is None:
            roots = Store(read_certificates((await self.simulation.trusted_root()).encode()))
            self.certificates = Certificates(base_url=BASE_URL, roots=roots, clock=self.clock, transport=self.transport)
        proof = OfflineProof(certificates=self.certificates)
        return WebhookVerifier(webhook_id=WEBHOOK_ID, certificates=self.certificates, proof=proof, clock=self.clock)

    def client(self) -> PayPalClient:
        """Return the product's own client, as a process makes it when it starts."""
        return PayPalClient(
            base_url=BASE_URL,
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret,
            clock=self.clock,
            breaker=Breaker(ticks=lambda: self.clock().timestamp()),
            transport=self.wire,
        )

    async def ask(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """Use the control desk."""
        return await self.simulation.ask(method, path, body)

    async def reset(self) -> None:
        """Forget everything."""
        self.troubled = False
        self.news.clear()
        self.wire.clear()
        await self.ask("POST", "/reset")

    async def store_account(self, token: str, *, payer: str, customer_id: str) -> None:
        """Let PayPal know an account that the product has on its books."""
        body = {"token": token, "payer_email": f"{payer}@payer.example", "merchant_customer_id": customer_id}
        await self.ask("POST", "/payment-tokens", body)

    async def fail(self, call: str, trouble: Trouble, *, times: int) -> None:
        """Let something happen to the next calls of that kind."""
        self.troubled = True
        if trouble not in BY_THE_SIMULATOR:
            self.wire.ahead.append(Ahead(call=call, trouble=trouble, times=times))
            return
        method, pattern = PATTERNS[call]
        await self.ask("POST", "/faults", {"kind": trouble, "method": method, "pattern": pattern, "times": times})

    async def recover(self) -> None:
        """Let everything arrive again."""
        self.troubled = False
        self.wire.ahead.clear()
        await self.ask("DELETE", "/faults")

    async def approve(self, link: str, *, payer: str) -> str:
        """Press "Accetta e continua" as that payer, and return where the browser is sent; "" when the link is dead."""
        [known] = [each for each in self.records("payer") if each["email"] == f"{payer}@payer.example"]
        return await self.leave("accept", link, payer=known["id"])

    async def turn_away(self, link: str) -> str:
        """Press "Annulla e torna", and return where the browser is sent; "" when the link is dead."""
        return await self.leave("cancel", link)

    async def leave(self, button: str, link: str, **form: str) -> str:
        [token] = parse_qs(urlsplit(link).query)["token"]
        response = await self.http.post(f"/payer/{button}", data={"token": token, **form})
        return str(response.headers.get("location", ""))

    async def hear(self) -> list[News]:
        """Return all news that there has been, the oldest first."""
        waiting = "SELECT 1 FROM documents WHERE kind = 'delivery' AND json_extract(body, '$.status') = 'WAITING'"
        if self.books.execute(waiting).fetchone() is not None:
            self.news += [
                News(
                    event_id=each.event_id,
                    event_type=each.event_type,
                    body=each.body,
                    headers=each.headers,
                    signed_at=self.clock(),
                )
                for each in await self.simulation.pull()
            ]
        return self.news

    async def headers_of(self, news: News) -> dict[str, str]:
        """Return the headers of a delivery: those of the first one, or new ones if there was one or it is too old."""
        fresh = not news.delivered and self.clock() - news.signed_at < GOOD_FOR
        return news.headers if fresh else await self.signed(news.body)

    def told_of_something(self) -> bool:
        """Tell whether there has been any news."""
        return self.books.execute("SELECT 1 FROM documents WHERE kind = 'event' LIMIT 1").fetchone() is not None

    async def signed(self, body: bytes, *, certificate: str = "genuine") -> dict[str, str]:
        """Return the headers with which PayPal, or with another certificate somebody else, would send the body now."""
        query = {"webhook_id": WEBHOOK_ID, "certificate": certificate}
        response = await self.http.post("/simulator/webhooks/sign", params=query, content=body)
        headers: dict[str, str] = response.raise_for_status().json()["headers"]
        return headers

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Return what PayPal has of one kind, oldest first: ``order``, ``capture``, ``refund``, ``payment_token``."""
        rows = self.books.execute("SELECT body FROM documents WHERE kind = ? ORDER BY sequence", (kind,))
        return [json.loads(body) for (body,) in rows.fetchall()]

    def pending(self) -> list[tuple[str, str]]:
        """Return the kinds and ids of what PayPal has not decided on: captures and refunds."""
        kinds = ("capture", "refund")
        return [(kind, each["id"]) for kind in kinds for each in self.records(kind) if each["status"] == "PENDING"]

    async def decide(self, pending: tuple[str, str], *, granted: bool) -> None:
        """Let PayPal decide on one of them."""
        kind, id = pending
        refused = "DENIED" if kind == "capture" else "FAILED"
        await self.ask("POST", f"/{kind}s/{id}/release", {"status": "COMPLETED" if granted else refused})

    def refundable(self) -> list[dict[str, Any]]:
        """Return the captures of which something is left to give back."""
        words = {"COMPLETED", "PARTIALLY_REFUNDED"}
        return [
            each
            for each in self.records("capture")
            if each["status"] in words and each["refunded_minor"] < each["amount"]["minor"]
        ]

    def uncaptured(self) -> list[dict[str, Any]]:
        """Return the orders that have not been paid, though their payer has agreed or we have asked for the money."""
        tried = {
            id for (id,) in self.books.execute("SELECT order_id FROM calls WHERE path LIKE '%/capture'").fetchall()
        }
        orders = [order for order in self.records("order") if order["status"] != "COMPLETED"]
        return [order for order in orders if order["payer_id"] or order["id"] in tried]

    def living_tokens(self) -> list[str]:
        """Return the stored accounts that their payers have not revoked."""
        return [token["id"] for token in self.records("payment_token") if not token["revoked"]]
