"""Give money back because an operator says so: all that is left of a payment, or a part of it."""

from collections.abc import Sequence
from datetime import datetime

from models import enums, refund_rows, rows, tables
from models.database import Session
from models.money import Money
from policies.refunds import RefundableFacts, RefundBlock, why_not_refund
from use_cases.owe_refund import owe_refund


class RefundRefused(Exception):
    """The money is not given back; nothing was changed. ``left`` is what could be."""

    def __init__(self, block: RefundBlock, *, left: Money) -> None:
        super().__init__(block.name)
        self.block = block
        self.left = left


class UnknownPayment(Exception):
    """There is no payment with this id."""


async def refund_payment(
    session: Session, *, payment_id: str, cents: int | None, note: str, now: datetime
) -> tables.Refund:
    """Owe the refund of a sum, all that is left without one, never more; ``note`` is for the payer.

    Money of the payment that paid no order, and whose refund PayPal has refused, can be given back like this too.
    Raises ``UnknownPayment``, ``RefundRefused``.
    """
    payment = await session.get(tables.Payment, payment_id, with_for_update=True)
    if payment is None:
        raise UnknownPayment(payment_id)
    attempts = await rows.attempts_of(session, payment_id=payment.id)
    capture_id, facts = await refundable(session, payment, attempts=attempts)
    block = why_not_refund(facts, cents=cents)
    if block is not None or capture_id is None:
        raise RefundRefused(block or RefundBlock.NOTHING_TAKEN, left=Money(facts.left_cents, payment.currency))
    amount = Money(facts.left_cents if cents is None else cents, payment.currency)
    refund = await owe_refund(
        session,
        payment=payment,
        capture_id=capture_id,
        amount=amount,
        reason=enums.RefundReason.OPERATOR,
        note=note,
        now=now,
    )
    asked = f"Refund {refund.id} of {amount.decimal} {amount.currency} asked for."
    await rows.append_event(session, payment, source=enums.EventSource.OPERATOR, now=now, note=asked)
    return refund


async def refundable(
    session: Session, payment: tables.Payment, *, attempts: Sequence[tables.PaymentAttempt]
) -> tuple[str | None, RefundableFacts]:
    """Return the capture of the payment of which something is left, the one that paid the order first."""
    captures = dict.fromkeys([payment.capture_id, *(attempt.capture_id for attempt in attempts)])
    found: tuple[str | None, RefundableFacts] = None, RefundableFacts(payment=payment.status, taken_cents=0)
    for capture_id in filter(None, captures):
        refunds = await refund_rows.refunds_of_capture(session, capture_id=capture_id)
        facts = RefundableFacts(
            payment=payment.status,
            taken_cents=payment.amount_cents,
            refunds=tuple((refund.status, refund.amount_cents) for refund in refunds),
        )
        if facts.left_cents > 0:
            return capture_id, facts
        found = found if found[0] else (capture_id, facts)
    return found
