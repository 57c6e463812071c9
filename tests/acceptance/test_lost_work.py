"""Work whose job died of a defect: once the defect is repaired, the sweep brings it to its end, and does it once."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text

from models import tables
from models.enums import EmailKind, EventSource, Job, PaymentStatus, RefundReason
from models.money import Money
from tests.acceptance.conftest import Launch
from tests.factories import NOW, make_email
from tests.harness.evidence import correspondence, history, money_taken, reached
from tests.harness.journeys import pay_with_registered
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk, payment_in
from use_cases.owe_refund import owe_refund

LONG_AGO = NOW - timedelta(days=2)


async def jobs(product: Product, key: str) -> list[tuple[str, str]]:
    """Return the jobs whose keys begin like that, oldest first, each with what became of it."""
    query = "SELECT workflow_uuid, status FROM workflow_status WHERE workflow_uuid LIKE :like ORDER BY created_at"
    async with product.database.read() as session:
        found = (await session.execute(text(query), {"like": f"{key}%"})).all()
    return [(str(id), str(status)) for id, status in found]


async def died(product: Product, key: str) -> None:
    """Wait until the job under this key has died."""

    async def dead() -> bool:
        return (key, "ERROR") in await jobs(product, key)

    await product.until(dead)


async def sweep(product: Product, name: str = "sweep") -> None:
    """Let the product look for lost work, days later, and wait until it has."""
    product.clock.advance(days=2)
    async with product.app_database.write() as session:
        await session.later(Job.RECONCILE, name)

    async def done() -> bool:
        return await jobs(product, name) == [(name, "SUCCESS")]

    await product.until(done)


async def paid(product: Product) -> tuple[Desk, tables.Payment]:
    """Pay an order, and wait for its mails."""
    desk = await open_desk(product)
    await pay_with_registered(desk.client, desk.order, desk.account)
    await product.mails(2)
    [payment] = await product.rows(tables.Payment)
    return desk, payment


def odd_mail(payment: tables.Payment, desk: Desk, **values: Any) -> tables.Email:
    """A mail whose facts nobody can read."""
    kind = EmailKind.RENEWAL_NOT_ACTIVATED
    return make_email(payment, kind=kind, facts={"holder": 1}, recipient=desk.customer.email, **values)


def repaired(desk: Desk) -> dict[str, Any]:
    return {"facts": {"holder": "Mario Rossi", "order_number": desk.order.number, "services": ["PEC"]}}


async def test_a_mail_whose_facts_could_not_be_read_is_sent_once_when_they_can(product: Product) -> None:
    desk, payment = await paid(product)
    mail = odd_mail(payment, desk)
    await product.save(mail)
    async with product.app_database.write() as session:
        await session.later(Job.SEND_EMAIL, f"email-{mail.id}", mail.id)
    await died(product, f"email-{mail.id}")

    await product.change(mail, **repaired(desk))
    await sweep(product)

    told = f"Rinnovo automatico non attivato per l'ordine {desk.order.number}"
    assert (told, desk.customer.email) in await correspondence(product, 3)
    await sweep(product, "next")
    assert len(await jobs(product, f"email-{mail.id}")) == 2


async def test_a_payment_whose_look_died_is_found_out(product: Product) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, PaymentStatus.VERIFYING)
    [attempt] = await product.rows(tables.PaymentAttempt)
    await set_kind(product, desk, "MARTIAN")  # no kind of customer: whoever reads the row dies
    async with product.app_database.write() as session:
        await session.later(Job.ADVANCE_PAYMENT, f"look-{attempt.id}-0", attempt.id, EventSource.RECONCILER, 0)
    await died(product, f"look-{attempt.id}-0")

    await set_kind(product, desk, "CONSUMER")
    await sweep(product)

    client = await product.signed_in(desk.customer)  # days later the former session has ended
    found = await reached(product, client, payment.id, "FAILED")  # PayPal knows no such order
    assert (history(found)[-1], found["order"]["status"]) == (("FAILED", "RECONCILER"), "AWAITING_PAYMENT")
    assert len(await correspondence(product, 1)) == 1


async def set_kind(product: Product, desk: Desk, kind: str) -> None:
    """Write into the row what our own code would refuse to write."""
    async with product.database.write() as session:
        where = {"kind": kind, "id": desk.customer.id}
        await session.execute(text("UPDATE customers SET kind = :kind WHERE id = :id"), where)


async def test_a_refund_whose_job_died_is_made_once(product: Product) -> None:
    _, payment = await paid(product)
    async with product.app_database.write() as session:
        refund = await owe_refund(
            session,
            payment=payment,
            capture_id=payment.capture_id or "",
            amount=Money(3660, "EURO"),
            reason=RefundReason.OPERATOR,
            note=None,
            now=NOW,
        )
    await died(product, f"refund-{refund.id}")

    await product.change(refund, currency="EUR")
    await sweep(product)

    assert len(await correspondence(product, 3)) == 3
    calls = await asyncio.to_thread(product.simulator.calls, "/v2/payments/captures")
    assert [call["request_id"] for call in calls] == [refund.id]
    assert await money_taken(product) == [("REFUNDED", "36.60")]
    await sweep(product, "next")
    assert len(await jobs(product, f"refund-{refund.id}")) == 2


async def test_news_from_paypal_that_nobody_handled_is_handled(product: Product) -> None:
    _, payment = await paid(product)
    event = tables.WebhookEvent(
        id="WH-LOST",
        transmission_id="transmission-1",
        event_type="PAYMENT.CAPTURE.COMPLETED",
        resource_id=payment.capture_id or "",
        transmitted_at=LONG_AGO,
        received_at=LONG_AGO,
    )
    await product.save(event)

    await sweep(product)

    async def handled() -> bool:
        return (await product.row(event)).handled_at is not None

    await product.until(handled)


async def test_what_was_lost_before_the_product_started_is_found_at_its_start(launch: Launch) -> None:
    async with launch() as product:
        desk, payment = await paid(product)
        mail = odd_mail(payment, desk, created_at=LONG_AGO)
        await product.save(mail)
        await product.change(mail, **repaired(desk))

    async with launch() as product:
        await product.mails(3)
        assert [key for key, _ in await jobs(product, f"email-{mail.id}")] == [f"email-{mail.id}-again-{turn_of(NOW)}"]


def turn_of(now: datetime) -> int:
    """Return the number of the day, which is the interval of sweeps in these tests."""
    return int(now.timestamp() // 86400)


async def test_the_sweep_comes_up_by_itself(launch: Launch) -> None:
    async with launch(sweep_seconds=1) as product:
        desk, payment = await paid(product)
        mail = odd_mail(payment, desk, created_at=LONG_AGO)
        await product.save(mail)
        await product.change(mail, **repaired(desk))

        await product.mails(3)

        assert len(await jobs(product, f"email-{mail.id}")) == 1
        await product.until(lambda: swept(product))


async def swept(product: Product) -> bool:
    """Tell whether a sweep of the timetable has ended."""
    return "SUCCESS" in [status for _, status in await jobs(product, "sched-RECONCILE")]
