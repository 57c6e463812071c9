"""What a refused request meets: a customer's desk with one unpaid order, payments in every state, and a witness."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from models import tables
from models.enums import PaymentStatus
from tests.factories import (
    NOW,
    make_account,
    make_attempt,
    make_choice,
    make_customer,
    make_event,
    make_order,
    make_payment,
    make_service,
)
from tests.harness.product import Client, Product


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """A signed-in customer with a PEC, its unpaid renewal order of 36.60 euros and a registered account."""

    client: Client
    customer: tables.Customer
    service: tables.Service
    order: tables.Order
    account: tables.PayPalAccount


async def open_desk(
    product: Product,
    *,
    customer: tables.Customer | None = None,
    payer: str = "pays",
    service: dict[str, Any] | None = None,
    order: dict[str, Any] | None = None,
) -> Desk:
    """Store a customer (or take one) with what a payment needs; ``service`` and ``order`` are values that matter.

    The owner of the registered account behaves at PayPal as ``payer`` says.
    """
    holder = customer or make_customer()
    pec, account = make_service(holder, **service or {}), make_account(holder)
    unpaid, *lines = make_order(holder, **{"renews": pec, **(order or {})})
    await product.save(*[] if customer else [holder], pec, unpaid, *lines)
    await product.register(account, payer=payer)
    client = await product.signed_in(holder)
    return Desk(client=client, customer=holder, service=pec, order=unpaid, account=account)


async def payment_in(product: Product, desk: Desk, status: PaymentStatus, **values: Any) -> tables.Payment:
    """Store a payment of the desk's order in that state, with the account chosen and the order at PayPal it implies."""
    unchosen = status is PaymentStatus.AWAITING_ACCOUNT
    payment = make_payment(desk.order, account=None if unchosen else desk.account, status=status, **values)
    attempt = make_attempt(
        payment, approve_url="https://paypal.example/approve", approval_expires_at=NOW + timedelta(hours=3)
    )
    beginning = unchosen or status is PaymentStatus.AWAITING_CONFIRMATION
    await product.save(
        payment, make_event(payment), make_choice(payment, desk.service), *[] if beginning else [attempt]
    )
    return payment


@asynccontextmanager
async def only_asked(product: Product) -> AsyncIterator[None]:
    """Witness that the block does nothing but let PayPal be asked."""
    before = await product.snapshot()
    yield
    after = await product.snapshot()
    asked = [key for key in after["owed"] if key not in before["owed"]]
    reads = [path for path in after["calls"][len(before["calls"]) :] if path != "/v1/oauth2/token"]
    assert all(key.startswith("inquiry-") for key in asked), asked
    assert all(path.startswith("/v2/checkout/orders/") and path.count("/") == 4 for path in reads), reads
    assert after | {"owed": before["owed"], "calls": before["calls"]} == before


@asynccontextmanager
async def unchanged(product: Product) -> AsyncIterator[None]:
    """Witness that the block writes no row, owes no work, calls nobody and sends nothing."""
    before = await product.snapshot()
    yield
    after = await product.snapshot()
    assert after == before, {k: (before[k], after[k]) for k in before if before[k] != after[k]}
