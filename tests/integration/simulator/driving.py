"""A merchant that calls the simulator's API, and a payer who uses its pages as a browser would."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2

from tests.harness.pages import Browser

BASE = "http://127.0.0.1"
HOOK, HOOK_URL = "HOOK0000000000001", "https://shop.example/webhooks"
START = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
Json = dict[str, Any]


class Clock:
    """An instant that the test moves."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def advance(self, **by: float) -> None:
        self.now += timedelta(**by)


def wallet(*, vault: bool = False, customer: str = "customer-7", **attributes: object) -> Json:
    """Return a payment source that sends the payer to the pages."""
    source: Json = {
        "experience_context": {
            "brand_name": "Fornitore & Figli",
            "return_url": "https://shop.example/return?a=r1",
            "cancel_url": "https://shop.example/cancel?a=r1",
        }
    }
    if vault:
        source["attributes"] = {
            "customer": {"merchant_customer_id": customer},
            "vault": {
                "store_in_vault": "ON_SUCCESS",
                "usage_type": "MERCHANT",
                "description": "Rinnovo automatico",
                **attributes,
            },
        }
    return {"paypal": source}


def stored(token: str, **more: object) -> Json:
    """Return a payment source that charges a stored account."""
    credential = {"payment_initiator": "MERCHANT", "usage": "SUBSEQUENT", "usage_pattern": "SUBSCRIPTION_PREPAID"}
    return {"paypal": {"vault_id": token, "stored_credential": credential, **more}}


def order_body(*, value: str = "12.30", invoice_id: str | None = None, source: Json | None = None) -> Json:
    """Return the body that creates an order."""
    unit: Json = {"amount": {"currency_code": "EUR", "value": value}, "custom_id": "attempt-1"}
    unit["description"] = "Ordine 2026/1234"
    if invoice_id is not None:
        unit["invoice_id"] = invoice_id
    body: Json = {"intent": "CAPTURE", "purchase_units": [unit]}
    return body if source is None else {**body, "payment_source": source}


def issue(answer: httpx2.Response) -> str:
    """Return the first issue of a refusal."""
    found: str = answer.json()["details"][0]["issue"]
    return found


def rels(answer: httpx2.Response) -> list[str]:
    """Return the names of the links of an answer."""
    return [link["rel"] for link in answer.json()["links"]]


def capture_of(answer: httpx2.Response) -> Json:
    """Return the one capture of an order."""
    [capture] = answer.json()["purchase_units"][0]["payments"]["captures"]
    return dict(capture)


def vault_of(answer: httpx2.Response) -> Json | None:
    """Return what an order says about the stored account."""
    found: Json | None = answer.json()["payment_source"]["paypal"].get("attributes", {}).get("vault")
    return found


@dataclass(frozen=True, kw_only=True)
class Webhook:
    """A webhook as it reaches the merchant."""

    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> Json:
        """What it says."""
        return dict(json.loads(self.body))

    @property
    def event_type(self) -> str:
        return str(self.event["event_type"])


class Merchant:
    """Calls the API with a bearer token and, unless told otherwise, a fresh request id."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self.http = http
        self._keys = count(1)
        self.bearer = ""

    async def sign_in(self) -> None:
        answer = await self.http.post(
            "/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=("saldo-demo", "saldo-demo-secret")
        )
        self.bearer = answer.json()["access_token"]

    async def post(
        self, path: str, body: Json | None = None, *, key: str | None = "", **headers: str
    ) -> httpx2.Response:
        """Post JSON; `key=None` sends no PayPal-Request-Id."""
        key = f"key-{next(self._keys)}" if key == "" else key
        sent = {"Authorization": f"Bearer {self.bearer}", "Prefer": "return=representation", **_dashed(headers)}
        if key is not None:
            sent["PayPal-Request-Id"] = key
        return await self.http.post(path, json=body or {}, headers=sent)

    async def get(self, path: str, **params: str) -> httpx2.Response:
        return await self.http.get(path, params=params, headers={"Authorization": f"Bearer {self.bearer}"})

    async def delete(self, path: str) -> httpx2.Response:
        return await self.http.delete(path, headers={"Authorization": f"Bearer {self.bearer}"})

    async def create(self, body: Json | None = None, *, key: str | None = "") -> httpx2.Response:
        return await self.post("/v2/checkout/orders", body or order_body(), key=key)

    async def capture(self, order_id: str, source: Json | None = None, *, key: str = "") -> httpx2.Response:
        body = {} if source is None else {"payment_source": source}
        return await self.post(f"/v2/checkout/orders/{order_id}/capture", body, key=key)

    async def control(self, path: str, body: Json | None = None) -> Json:
        """Use the control desk."""
        answer = await self.http.post(f"/simulator{path}", json=body or {})
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def pull(self) -> list[Webhook]:
        """Take the webhooks that are due."""
        pulled = (await self.control("/deliveries/pull"))["deliveries"]
        return [Webhook(headers=each["headers"], body=each["body"].encode()) for each in pulled]

    async def calls(self) -> list[Json]:
        return list((await self.http.get("/simulator/calls")).json()["calls"])

    async def register(self, email: str, **more: str) -> str:
        """Return the token of an account stored by the control desk."""
        token: str = (await self.control("/payment-tokens", {"payer_email": email, **more}))["id"]
        return token


def _dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


class Payer(Browser):
    """A browser that comes from the merchant's own shop."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        super().__init__(http, shop="https://shop.example")

    @property
    def landed(self) -> tuple[str, dict[str, str]]:
        """Where the merchant gets the payer back: address and parameters."""
        assert self.page.status_code == 303, self.page.text
        parts = urlsplit(self.url)
        parameters = {name: value for name, [value] in parse_qs(parts.query).items()}
        return f"{parts.scheme}://{parts.netloc}{parts.path}", parameters

    async def approve(self, answer: httpx2.Response, email: str) -> None:
        """Go where the answer sends the payer, sign in, accept."""
        wanted = ("payer-action", "approve", "redirect")
        await self.open(next(link["href"] for link in answer.json()["links"] if link["rel"] in wanted))
        await self.press("Accedi", email=email, password="any")
        await self.press("Accetta e continua")
