"""What happens at PayPal behind our back: the merchant's dashboard, or another program with the same application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx2

from models import tables
from models.enums import EventSource, Job
from tests.harness.product import Product

ORDERS, CAPTURES = "/v2/checkout/orders", "/v2/payments/captures"


@asynccontextmanager
async def application(product: Product) -> AsyncIterator[httpx2.AsyncClient]:
    """Open PayPal's REST API as our own application does."""
    settings = product.settings
    async with httpx2.AsyncClient(base_url=product.simulator.url) as http:
        identity = (settings.paypal_client_id, settings.paypal_client_secret.get_secret_value())
        granted = await http.post("/v1/oauth2/token", data={"grant_type": "client_credentials"}, auth=identity)
        http.headers["Authorization"] = f"Bearer {granted.json()['access_token']}"
        yield http


async def call(product: Product, path: str, body: dict[str, Any], *, request_id: str) -> dict[str, Any]:
    """Make a call and return its answer; a refusal fails the test."""
    async with application(product) as http:
        response = await http.post(
            path, json=body, headers={"PayPal-Request-Id": request_id, "Prefer": "return=representation"}
        )
    assert response.status_code in {200, 201}, response.text
    answer: dict[str, Any] = response.json()
    return answer


async def capture_elsewhere(product: Product, attempt: tables.PaymentAttempt) -> str:
    """Capture the order that its payer has approved, without telling us; return the id of the capture."""
    order = await call(product, f"{ORDERS}/{attempt.paypal_order_id}/capture", {}, request_id=f"elsewhere-{attempt.id}")
    [capture] = order["purchase_units"][0]["payments"]["captures"]
    return str(capture["id"])


async def sell_elsewhere(product: Product, *, invoice_id: str, account: tables.PayPalAccount) -> None:
    """Charge the account for something of another program that happens to use the same invoice number."""
    unit = {"invoice_id": invoice_id, "amount": {"currency_code": "EUR", "value": "1.00"}}
    body = {"intent": "CAPTURE", "purchase_units": [unit]}
    order = await call(product, ORDERS, body, request_id=f"elsewhere-{invoice_id}")
    source = {"payment_source": {"paypal": {"vault_id": account.payment_token}}}
    await call(product, f"{ORDERS}/{order['id']}/capture", source, request_id=f"elsewhere-{invoice_id}-capture")


async def refund_elsewhere(product: Product, capture_id: str, *, value: str | None = None) -> dict[str, Any]:
    """Give money back in the dashboard, all that is left unless a sum is named; return PayPal's refund."""
    amount = {"amount": {"currency_code": "EUR", "value": value}} if value else {}
    return await call(product, f"{CAPTURES}/{capture_id}/refund", amount, request_id=f"elsewhere-{capture_id}-{value}")


async def notify(product: Product, attempt: tables.PaymentAttempt, *, key: str = "notice") -> None:
    """Owe the look that a notification of PayPal about the attempt owes."""
    async with product.app_database.write() as session:
        await session.later(Job.ADVANCE_PAYMENT, f"{key}-{attempt.id}", attempt.id, EventSource.PAYPAL_WEBHOOK)
