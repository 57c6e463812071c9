"""The simulator and those around it: the merchant's client, a payer with a browser, the control desk."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count

import httpx2

from gateways.paypal.client import PayPalClient
from gateways.paypal.messages import Approval, OrderRequest, PayPalOrder, StoredCharge
from models.enums import CustomerKind
from models.money import Money

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
URL = "http://paypal.test"
PRICE = Money(1230, "EUR")


@dataclass(frozen=True, kw_only=True)
class Simulation:
    client: PayPalClient
    outside: httpx2.AsyncClient  # the payer's browser and the control desk
    numbers: Iterator[int]

    def request(self, *, invoice_id: str = "2026/1", price: Money = PRICE, vault: bool | None = None) -> OrderRequest:
        """An order without a source, or one to approve that keeps the account or does not."""
        approval = None if vault is None else _approval(store_in_vault=vault)
        return OrderRequest(
            reference="attempt-1", invoice_id=invoice_id, description="Ordine", amount=price, approval=approval
        )

    async def create(self, request: OrderRequest | None = None) -> PayPalOrder:
        return await self.client.create_order(request or self.request(), request_id=self.key("create"))

    async def approved(self, payer: str, *, vault: bool = True) -> PayPalOrder:
        order = await self.create(self.request(vault=vault))
        await self.approve(order.id, payer)
        return order

    async def paid(self, payer: str) -> PayPalOrder:
        order = await self.approved(payer)
        return await self.client.capture_order(order.id, request_id=self.key("capture"))

    async def approve(self, order_id: str, payer: str) -> None:
        """Do what the payer does on PayPal's pages."""
        assert f"&token={order_id}" in await self._accept(order_id, payer)

    async def approve_setup(self, setup_token: str, payer: str) -> None:
        """Do the same for an account to keep without a purchase."""
        assert f"&approval_token_id={setup_token}" in await self._accept(setup_token, payer)

    async def _accept(self, token: str, payer: str) -> str:
        """Return where PayPal sends the browser back to."""
        signed_in = await self.outside.post(
            "/payer/sign-in", data={"token": token, "email": f"{payer}@payer.example", "password": "x"}
        )
        review = httpx2.URL(signed_in.headers["location"])
        accepted = await self.outside.post("/payer/accept", data=dict(review.params))
        location: str = accepted.headers["location"]
        assert location.startswith("https://saldo.test/paypal/return?a=r1&")
        return location

    async def stored(self, payer: str, *, token: str | None = None, customer_id: str = "ROaPMoZUaV") -> str:
        """Store an account; the answer is its token."""
        body = {"payer_email": f"{payer}@payer.example", "customer_id": customer_id, "token": token}
        return str((await self.control("POST", "/payment-tokens", body))["id"])

    async def fail(self, kind: str, pattern: str, **more: object) -> None:
        await self.control("POST", "/faults", {"kind": kind, "pattern": pattern, **more})

    async def control(self, method: str, path: str, body: object = None) -> dict[str, object]:
        answer = await self.outside.request(method, f"/simulator{path}", json=body)
        answer.raise_for_status()
        read: dict[str, object] = answer.json()
        return read

    async def calls(self, path: str) -> Sequence[str]:
        """The request ids of the calls of a path, `-` for none."""
        entries = (await self.control("GET", "/calls"))["calls"]
        assert isinstance(entries, list)
        return [entry["request_id"] or "-" for entry in entries if entry["path"] == path]

    async def status(self, order_id: str) -> object:
        return (await self.control("GET", f"/orders/{order_id}"))["status"]

    def key(self, step: str) -> str:
        return f"attempt-{next(self.numbers)}-{step}"


def simulation(client: PayPalClient, outside: httpx2.AsyncClient) -> Simulation:
    return Simulation(client=client, outside=outside, numbers=count(1))


def charge(token: str) -> StoredCharge:
    return StoredCharge(payment_token=token, initiator="MERCHANT")


def charge_of_customer(token: str) -> StoredCharge:
    return StoredCharge(
        payment_token=token,
        initiator="CUSTOMER",
        return_url="https://saldo.test/paypal/return?a=r1",
        cancel_url="https://saldo.test/paypal/cancel?a=r1",
    )


def _approval(*, store_in_vault: bool) -> Approval:
    return Approval(
        return_url="https://saldo.test/paypal/return?a=r1",
        cancel_url="https://saldo.test/paypal/cancel?a=r1",
        locale="it-IT",
        brand_name="Saldo",
        store_in_vault=store_in_vault,
        merchant_customer_id="customer-7",
        vault_description="Rinnovo automatico",
        customer_type=CustomerKind.CONSUMER,
    )
