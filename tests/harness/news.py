"""PayPal's webhooks as they reach the product: subscribed, or written by the test and signed by PayPal."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import text

from models import tables
from tests.harness.product import Product
from tests.harness.simulator import Simulator

WEBHOOK_ID = "8PT597110X687430L"
numbers = count(1)


@dataclass(frozen=True, kw_only=True)
class Letter:
    """A delivery: the headers that PayPal signs with, and the body."""

    headers: dict[str, str]
    body: bytes


@asynccontextmanager
async def informed(
    launch: Callable[..., AbstractAsyncContextManager[Product]],
    *,
    simulator: Simulator,
    directory: Path,
    **changes: Any,
) -> AsyncIterator[Product]:
    """Run the product, subscribed to all that happens at PayPal, by the clock on the wall, as PayPal's is."""
    roots = directory / "paypal-roots.pem"
    roots.write_text(simulator.trusted_root())
    known = {"paypal_webhook_id": WEBHOOK_ID, "paypal_webhook_ca_file": roots}
    async with launch(**known | changes) as product:
        product.clock.now = datetime.now(UTC)
        simulator.subscribe(address(product), webhook_id=WEBHOOK_ID)
        yield product


def address(product: Product) -> str:
    return f"{product.url}/webhooks/paypal"


def event(event_type: str, resource: dict[str, Any], **more: Any) -> bytes:
    """Return an event in PayPal's words, with an id of its own."""
    envelope = {
        "id": f"WH-TEST{next(numbers)}-{datetime.now(UTC):%H%M%S%f}",
        "event_version": "1.0",
        "create_time": "2026-03-16T04:13:30.281Z",
        "resource_version": "2.0",
        "event_type": event_type,
        "summary": "…",
        "resource": resource,
        **more,
    }
    return json.dumps(envelope, ensure_ascii=False).encode()


async def signed(product: Product, body: bytes, **how: str) -> Letter:
    """Have PayPal sign a body to our webhook."""
    headers = await asyncio.to_thread(product.simulator.sign, body, webhook_id=WEBHOOK_ID, **how)
    return Letter(headers=headers, body=body)


async def post(product: Product, letter: Letter, **headers: str) -> httpx2.Response:
    """Deliver it as PayPal does: without a session, without cookies."""
    async with httpx2.AsyncClient(trust_env=False, timeout=30) as http:
        return await http.post(address(product), content=letter.body, headers={**letter.headers, **headers})


async def tell(product: Product, event_type: str, resource: dict[str, Any], **how: str) -> httpx2.Response:
    """Deliver an event of the test's own making, signed by PayPal."""
    return await post(product, await signed(product, event(event_type, resource), **how))


async def all_handled(product: Product, *, events: int) -> list[tables.WebhookEvent]:
    """Wait until so many events have come and been handled, and all work that they owe has ended; return them."""

    async def handled() -> bool:
        rows = await product.rows(tables.WebhookEvent)
        return len(rows) >= events and all(row.handled_at is not None for row in rows)

    await product.until(handled)
    await product.until(lambda: at_rest(product))
    found = list(await product.rows(tables.WebhookEvent))
    assert len(found) == events
    return found


async def at_rest(product: Product) -> bool:
    """Tell whether no work is under way or due; none may have failed."""
    async with product.database.read() as session:
        found = (await session.execute(text("SELECT name, status FROM workflow_status"))).all()
    assert [row.name for row in found if row.status == "ERROR"] == []
    return not any(row.status in ("ENQUEUED", "PENDING") for row in found)
