"""What is left after a payment, in a form that a test can compare."""

import asyncio
from typing import Any

from sqlalchemy import text

from models import tables
from tests.harness.product import Client, Product

Renewal = tuple[str, str | None, str | None]


def history(payment: dict[str, Any]) -> list[tuple[str, str]]:
    """Return the statuses of a payment and who caused each, oldest first."""
    return [(event["status"], event["source"]) for event in payment["history"]]


async def renewals(client: Client) -> dict[str, Renewal]:
    """Return the renewal of each service by its label: its status, the account it charges, the service's expiry."""
    viewer = await client.run("services")
    return {
        service["label"]: (
            service["autoRenewal"]["status"],
            (service["autoRenewal"]["account"] or {}).get("id"),
            service["expiresOn"],
        )
        for service in viewer["services"]["nodes"]
    }


async def accounts(client: Client) -> list[dict[str, Any]]:
    """Return the registered accounts as the customer sees them, with the labels of the services that renew on each."""
    viewer = await client.run("paypal_accounts")
    return [
        {**account, "renews": sorted(service["label"] for service in account["renews"]["nodes"])}
        for account in viewer["payPalAccounts"]
    ]


async def consents(product: Product) -> list[tuple[str, bool, str | None, str | None]]:
    """Return the consents recorded, sorted: kind, given or not, service and account."""
    found = await product.rows(tables.Consent)
    return sorted((row.kind.value, row.granted, row.service_id, row.account_id) for row in found)


async def correspondence(product: Product, count: int) -> list[tuple[str, str]]:
    """Wait for that many mails and return subject and recipient of each, sorted; each must name the row it is."""
    await product.mails(count)
    messages = product.mailbox.messages
    rows = await product.rows(tables.Email)
    assert sorted(str(each["Message-ID"]) for each in messages) == [f"<{row.id}@saldo.example>" for row in rows]
    return sorted(
        (str(message["Subject"]), to) for message, to in zip(messages, product.mailbox.recipients, strict=True)
    )


async def paypal_calls(product: Product) -> list[tuple[str, str, str | None, int]]:
    """Return the calls about orders, oldest first: method, path, request id and the status of the answer."""
    calls = await asyncio.to_thread(product.simulator.calls, "/v2")
    return [(call["method"], call["path"], call["request_id"], call["status"]) for call in calls]


async def money_taken(product: Product) -> list[tuple[str, str]]:
    """Return the captures at PayPal, as its books have them: status and sum of each, in the order of their orders."""
    calls = await asyncio.to_thread(product.simulator.calls, "/v2/checkout/orders")
    taken = []
    for order_id in dict.fromkeys(call["order_id"] for call in calls if call["order_id"]):
        order = await asyncio.to_thread(product.simulator.order, order_id)
        payments = order["purchase_units"][0].get("payments", {"captures": []})
        taken += [(capture["status"], capture["amount"]["value"]) for capture in payments["captures"]]
    return taken


async def reached(product: Product, client: Client, payment_id: str, status: str, *, steps: int = 0) -> dict[str, Any]:
    """Wait until the payment is in that status, its history so long, and return it as the front end sees it."""
    found: dict[str, Any] = {}

    async def there() -> bool:
        found.update(await client.payment(payment_id))
        return found["status"] == status and len(found["history"]) >= steps

    await product.until(there)
    return found


async def last_look_over(product: Product, payment_id: str) -> bool:
    """Tell whether the newest look at a payment that has ended is over: no other follows it."""
    attempts = [each for each in await product.rows(tables.PaymentAttempt) if each.payment_id == payment_id]
    newest = max(attempts, key=lambda attempt: int(attempt.number))
    key = {"key": f"look-{newest.id}-{newest.looks}"}
    async with product.database.read() as session:
        found = await session.execute(text("SELECT status FROM workflow_status WHERE workflow_uuid = :key"), key)
        return bool(found.scalar_one() == "SUCCESS")
