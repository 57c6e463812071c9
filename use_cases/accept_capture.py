"""Money that PayPal has taken for an attempt, however late: it pays the order, or it is given back. Never ignored."""

from datetime import datetime

import structlog

from gateways.paypal.messages import Capture, PayPalOrder
from models import enums, rows, tables
from models.database import Session
from models.money import Money
from policies.late_success import why_give_back
from policies.masking import mask_email
from policies.payment_outcomes import CaptureFacts, Verdict, judge_capture
from policies.payment_transitions import CANCELABLE, FINAL, may_follow
from policies.watching import Watch
from use_cases.cancel_payment import give_up_payment
from use_cases.complete_payment import complete_payment
from use_cases.order_facts import OrderInHand, take_order
from use_cases.owe_refund import owe_refund
from use_cases.record_refund import record_refund
from use_cases.unwanted_money import end_unwanted

log = structlog.get_logger(__name__)


def judge_order(paypal: PayPalOrder, *, payment: tables.Payment, attempt: tables.PaymentAttempt) -> Verdict:
    """Judge the capture in PayPal's order, not the order's own status: COMPLETED does not mean paid."""
    capture = paypal.capture
    facts = CaptureFacts(
        status=capture.status if capture else None,
        amount=capture.amount if capture else None,
        reference=(capture.custom_id or paypal.custom_id) if capture else None,
    )
    return judge_capture(facts, expected=Money(payment.amount_cents, payment.currency), attempt_id=attempt.id)


async def accept_capture(
    session: Session,
    *,
    payment: tables.Payment,
    attempt: tables.PaymentAttempt,
    paypal: PayPalOrder,
    capture: Capture,
    source: enums.EventSource,
    watch: Watch,
    now: datetime,
) -> None:
    """Let the capture, judged PAID before, pay the order; what the order does not need is given back in full.

    The first money that comes pays: a payment that has ended, or an earlier attempt, wins over one that is open. What
    was judged GIVEN_BACK pays nothing: it is booked with its refunds.
    """
    if attempt.capture_id is not None:
        return
    attempt.capture_id = capture.id
    await session.flush()
    if judge_order(paypal, payment=payment, attempt=attempt) is Verdict.GIVEN_BACK:
        await book_return(session, payment, attempt, paypal=paypal, capture=capture, source=source, now=now)
        return
    order = await session.get_one(tables.Order, payment.order_id, with_for_update=True)
    in_hand = await take_order(session, order)
    newest = (await rows.attempts_of(session, payment_id=payment.id))[-1]
    late = payment.status in FINAL or newest.id != attempt.id
    reason = why_give_back(in_hand.facts, taken_cents=capture.amount.cents, late=late)
    if reason is not None:
        await give_back(session, payment, paypal=paypal, capture=capture, reason=reason, source=source, now=now)
        return
    await complete_payment(
        session, payment=payment, paypal=paypal, capture=capture, source=source, watch=watch, now=now
    )
    await stand_down(session, in_hand, winner=payment, now=now)


async def book_return(
    session: Session,
    payment: tables.Payment,
    attempt: tables.PaymentAttempt,
    *,
    paypal: PayPalOrder,
    capture: Capture,
    source: enums.EventSource,
    now: datetime,
) -> None:
    """Book the refunds of what PayPal gave back before we heard of it, and end the payment, which it cannot pay.

    The order stays payable; the mail about the refund tells its customer.
    """
    for refund in paypal.refunds:
        await record_refund(session, refund=refund, capture_id=capture.id, source=source, now=now)
    newest = (await rows.attempts_of(session, payment_id=payment.id))[-1]
    if newest.id == attempt.id and may_follow(old=payment.status, new=enums.PaymentStatus.FAILED):
        note = f"PayPal took {capture.amount.decimal} {capture.amount.currency}; given back by itself before we knew."
        reason = enums.RefundReason.AT_PAYPAL
        await end_unwanted(session, payment, reason=reason, source=source, now=now, note=note)


async def stand_down(session: Session, in_hand: OrderInHand, *, winner: tables.Payment, now: datetime) -> None:
    """Give up another payment of the paid order that has moved no money; one at PayPal finds out by itself."""
    other = in_hand.open_payment
    if other is not None and other.id != winner.id and other.status in CANCELABLE:
        await give_up_payment(
            session,
            other,
            source=enums.EventSource.RECONCILER,
            now=now,
            note=f"The order was paid by {winner.id}, whose success came late.",
        )


async def give_back(
    session: Session,
    payment: tables.Payment,
    *,
    paypal: PayPalOrder,
    capture: Capture,
    reason: enums.RefundReason,
    source: enums.EventSource,
    now: datetime,
) -> None:
    """Owe the payer the whole sum, and end the payment if it is open; the order stays what it is."""
    refund = await owe_refund(
        session, payment=payment, capture_id=capture.id, amount=capture.amount, reason=reason, note=None, now=now
    )
    if payment.payer_email is None and paypal.payer is not None:
        payment.payer_email, payment.payer_id = mask_email(paypal.payer.email or ""), paypal.payer.payer_id
        await session.flush()
    note = f"PayPal took {capture.amount.decimal} {capture.amount.currency}; given back by {refund.id}: {reason}."
    if may_follow(old=payment.status, new=enums.PaymentStatus.FAILED):
        await end_unwanted(session, payment, reason=reason, source=source, now=now, note=note)
    else:
        await rows.append_event(session, payment, source=source, now=now, note=note)
    log.warning("payment.given_back", payment_id=payment.id, refund_id=refund.id, reason=reason)
