"""What a call or a look about a refund has brought: PayPal's word, or why there is none."""

from datetime import datetime

import structlog
from pydantic import BaseModel, ConfigDict

from gateways.paypal import messages
from gateways.paypal.errors import PayPalFailure
from models import enums, rows, tables
from models.database import Session
from models.money import Money
from policies.refunds import ENDED, may_ask_again
from policies.watching import Watch
from use_cases.owe_emails import owe_refund_failed
from use_cases.owe_refund import schedule_refund_look
from use_cases.record_refund import record_refund

log = structlog.get_logger(__name__)


class RefundFacts(BaseModel):
    """A refund that has not ended, as it was when it was read."""

    model_config = ConfigDict(frozen=True)

    refund_id: str
    capture_id: str
    amount: Money
    note: str | None
    request_id: str | None  # None for a refund that was made at PayPal
    paypal_refund_id: str | None
    looks: int


async def read_refund(session: Session, refund_id: str) -> RefundFacts | None:
    """Gather the facts of a refund; None once it has ended."""
    refund = await session.get_one(tables.Refund, refund_id)
    if refund.status in ENDED:
        return None
    return RefundFacts(
        refund_id=refund.id,
        capture_id=refund.capture_id,
        amount=Money(refund.amount_cents, refund.currency),
        note=refund.note,
        request_id=refund.request_id,
        paypal_refund_id=refund.paypal_refund_id,
        looks=refund.looks,
    )


async def settle_refund(
    session: Session,
    *,
    refund_id: str,
    answer: messages.Refund | None,
    failure: PayPalFailure | None,
    source: enums.EventSource,
    watch: Watch,
    now: datetime,
) -> enums.RefundStatus:
    """Record PayPal's answer; no answer is asked for again under the same request id, a refusal ends the refund."""
    refund = await session.get_one(tables.Refund, refund_id, with_for_update=True)
    if answer is not None:
        await record_refund(session, refund=answer, capture_id=refund.capture_id, source=source, now=now)
    elif failure is not None and refund.status is enums.RefundStatus.REQUESTED and not may_ask_again(failure.kind):
        await refuse_refund(session, refund, issue=failure.issue, source=source, now=now)
    if refund.status not in ENDED:
        await schedule_refund_look(session, refund, after=watch.after(refund.looks))
    return refund.status


async def refuse_refund(
    session: Session, refund: tables.Refund, *, issue: str | None, source: enums.EventSource, now: datetime
) -> None:
    """End a refund that PayPal will not make, and call an operator: the money is still with us, and owed."""
    refund.status, refund.failure_issue, refund.ended_at = enums.RefundStatus.FAILED, issue, now
    await session.flush()
    payment = await session.get_one(tables.Payment, refund.payment_id)
    note = f"Refund of {Money(refund.amount_cents, refund.currency).decimal} {refund.currency}: FAILED ({issue})."
    await rows.append_event(session, payment, source=source, now=now, note=note)
    await owe_refund_failed(session, payment=payment, refund=refund, now=now)
    log.error("refund.refused", refund_id=refund.id, payment_id=payment.id, issue=issue)
