"""PayPal tells of refunds, ours and those made in its dashboard: one row, one mail, whoever reports first."""

import asyncio

from gateways.paypal.messages import RefundRequest
from models import tables
from models.money import Money
from tests.acceptance.conftest import Launch
from tests.acceptance.test_news_of_payments import desk_today
from tests.acceptance.test_refunds import refund
from tests.harness.journeys import pay_with_registered
from tests.harness.news import all_handled
from tests.harness.product import Product
from tests.harness.refusals import Desk
from workflows import engine


async def paid(product: Product) -> tuple[Desk, tables.Payment]:
    """Return a desk whose order is paid, and all is quiet about it."""
    desk = await desk_today(product)
    await pay_with_registered(desk.client, desk.order, desk.account)
    await product.mails(2)
    await all_handled(product, events=1)
    [payment] = await product.rows(tables.Payment)
    return desk, payment


async def told_once(product: Product, *, events: int) -> tables.Refund:
    """Wait until all is handled, and see that there is one refund and one mail about it; return it."""
    await product.until(lambda: len(product.mailbox.messages) >= 3)
    await all_handled(product, events=events)
    assert len(await product.mails(3)) == 3
    [row] = await product.rows(tables.Refund)
    found: tables.Refund = row
    return found


async def test_a_refund_made_in_paypals_dashboard_is_recorded_and_told_once(inform: Launch) -> None:
    async with inform() as product:
        desk, payment = await paid(product)
        product.simulator.webhook_mode(duplicate=2)
        whole = RefundRequest(amount=Money(3660), reference="dashboard")

        given = await engine.runtime().paypal.refund_capture(payment.capture_id or "", whole, request_id="dashboard-1")

        row = await told_once(product, events=2)
        assert (row.paypal_refund_id, row.reason, row.status) == (given.id, "AT_PAYPAL", "COMPLETED")
        assert (row.amount_cents, row.request_id) == (3660, None)
        assert (await product.row(desk.order)).status == "REFUNDED"
        seen = await desk.client.payment(payment.id)
        assert (seen["status"], seen["history"][-1]["source"]) == ("SUCCEEDED", "PAYPAL_WEBHOOK")


async def test_part_of_it_given_back_there_leaves_the_order_paid(inform: Launch) -> None:
    async with inform() as product:
        desk, payment = await paid(product)
        part = RefundRequest(amount=Money(1000), reference="dashboard")

        await engine.runtime().paypal.refund_capture(payment.capture_id or "", part, request_id="dashboard-1")

        assert (await told_once(product, events=2)).amount_cents == 1000
        assert (await product.row(desk.order)).status == "PAID"


async def test_a_refund_of_ours_and_the_news_of_it_are_one_refund(inform: Launch) -> None:
    async with inform() as product:
        desk, payment = await paid(product)
        product.simulator.webhook_mode(before_answer=True, duplicate=1)

        done = await refund(product, payment.id)

        assert (done.status, done.complained) == (0, "")
        row = await told_once(product, events=2)
        assert (row.reason, row.status, row.amount_cents) == ("OPERATOR", "COMPLETED", 3660)
        assert (await product.row(desk.order)).status == "REFUNDED"
        calls = await asyncio.to_thread(product.simulator.calls, "/v2/payments/captures")
        assert len([call for call in calls if call["path"].endswith("/refund")]) == 1
