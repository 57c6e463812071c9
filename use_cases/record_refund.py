"""Apply what PayPal says about a refund, whoever reports it: the answer to our call, a webhook, a look."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from gateways.paypal import messages
from models import enums, ids, refund_rows, rows, tables
from models.database import Session
from models.money import Money
from policies.refunds import ENDED, after_refund, given_back, may_follow, read_status
from use_cases.owe_emails import owe_payment_refunded, owe_refund_failed
from use_cases.owe_refund import schedule_refund_look

log = structlog.get_logger(__name__)


async def record_refund(
    session: Session, *, refund: messages.Refund, capture_id: str, source: enums.EventSource, now: datetime
) -> None:
    """Bring our row of the refund to where PayPal says it is; a refund that we did not ask for gets a row of its own.

    However many report it, and in whatever order: one row, one mail, one line of history for each status. A refund of a
    capture that is not in our books changes nothing and is logged.
    """
    payment = await refund_rows.payment_of_capture(session, capture_id=capture_id)
    if payment is None:
        log.error("refund.capture_unknown", capture_id=capture_id, paypal_refund_id=refund.id)
        return
    siblings = await refund_rows.refunds_of_capture(session, capture_id=capture_id)
    row = known_as(siblings, refund)
    if row is None:
        row = adopt(session, payment, refund=refund, capture_id=capture_id, now=now)
        siblings = [*siblings, row]
    status = read_status(refund.status)
    if not may_follow(old=row.status, new=status):
        return
    if row.amount_cents != refund.amount.cents:
        log.error("refund.sum_differs", refund_id=row.id, asked=row.amount_cents, given=refund.amount.cents)
    row.status, row.paypal_refund_id, row.amount_cents = status, refund.id, refund.amount.cents
    row.ended_at = now if status in ENDED else None
    row.failure_issue = refund.reason if status is enums.RefundStatus.FAILED else None
    await session.flush()
    if status is enums.RefundStatus.PENDING:
        await schedule_refund_look(session, row)
    await tell(session, row, payment=payment, source=source, now=now)
    if capture_id == payment.capture_id:
        await give_order_back(session, payment, refunds=siblings)


def known_as(refunds: Sequence[tables.Refund], refund: messages.Refund) -> tables.Refund | None:
    """Return our row of PayPal's refund: by PayPal's id, or by ours, which a refund that we asked for carries.

    One that names nobody and has the sum of a request that PayPal has not answered yet is the answer to it.
    """
    by_paypal = [row for row in refunds if row.paypal_refund_id == refund.id]
    asked = [row for row in refunds if row.paypal_refund_id is None]
    by_us = [row for row in asked if row.id == refund.custom_id]
    by_sum = [row for row in asked if refund.custom_id is None and row.amount_cents == refund.amount.cents]
    return next(iter(by_paypal + by_us + by_sum), None)


def adopt(
    session: Session, payment: tables.Payment, *, refund: messages.Refund, capture_id: str, now: datetime
) -> tables.Refund:
    """Insert a row for a refund that was made at PayPal, in its dashboard or by a dispute."""
    row = tables.Refund(
        id=ids.new_id(ids.REFUND, now=now),
        payment_id=payment.id,
        capture_id=capture_id,
        amount_cents=refund.amount.cents,
        currency=refund.amount.currency,
        reason=enums.RefundReason.AT_PAYPAL,
        status=enums.RefundStatus.REQUESTED,
        created_at=now,
    )
    session.add(row)
    return row


async def tell(
    session: Session, row: tables.Refund, *, payment: tables.Payment, source: enums.EventSource, now: datetime
) -> None:
    """Write the refund into the history of its payment, and owe its payer a mail about how it ended."""
    note = f"Refund of {Money(row.amount_cents, row.currency).decimal} {row.currency}: {row.status}."
    await rows.append_event(session, payment, source=source, now=now, note=note)
    if row.status is enums.RefundStatus.COMPLETED:
        await owe_payment_refunded(session, payment=payment, refund=row, now=now)
    elif row.status is enums.RefundStatus.FAILED:
        await owe_refund_failed(session, payment=payment, refund=row, now=now)
    event = log.error if row.status is enums.RefundStatus.FAILED else log.info
    event("refund.recorded", refund_id=row.id, payment_id=payment.id, status=row.status, issue=row.failure_issue)


async def give_order_back(session: Session, payment: tables.Payment, *, refunds: Sequence[tables.Refund]) -> None:
    """Close the order once everything that was paid for it has been given back."""
    order = await session.get_one(tables.Order, payment.order_id, with_for_update=True)
    refunded = given_back((each.status, each.amount_cents) for each in refunds)
    order.status = after_refund(order.status, paid_cents=payment.amount_cents, refunded_cents=refunded)
