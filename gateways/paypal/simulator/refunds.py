"""Giving money back: to the payer at the merchant's wish, or by force."""

from datetime import timedelta

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.amounts import Amount
from gateways.paypal.simulator.bodies import RefundBody
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.errors import refusal
from gateways.paypal.simulator.records import Capture, Order, Payer, Refund, RefundStatus
from gateways.paypal.simulator.scenarios import BEHAVIOURS
from gateways.paypal.simulator.webhooks import events

_REFUNDABLE_FOR = timedelta(days=180)


def refund(desk: Desk, capture: Capture, asked: RefundBody) -> Refund:
    """Give back all that is left of a capture, or the amount asked; with some payers it takes a while.

    Raises:
        RefusalError: 422.
    """
    left = capture.amount.plus(-capture.refunded_minor)
    _check_refundable(desk, capture, left)
    amount = left
    if asked.amount is not None:
        amount = Amount.read(asked.amount.value, asked.amount.currency_code, field="/amount")
    if amount.currency != capture.amount.currency:
        raise refusal("REFUND_CAPTURE_CURRENCY_MISMATCH", field="/amount/currency_code", value=amount.currency)
    if amount.minor > left.minor:
        raise refusal("REFUND_AMOUNT_EXCEEDED", field="/amount/value", value=amount.text())
    status: RefundStatus = "PENDING" if _waits(desk, capture) else "COMPLETED"
    return _give_back(desk, capture, amount, asked=asked, status=status)


def reverse(desk: Desk, capture: Capture) -> Refund:
    """Take all that is left of a capture away from the merchant: the payer's bank has asked for it back.

    Raises:
        RefusalError: 422 when nothing is left, or was never there.
    """
    left = capture.amount.plus(-capture.refunded_minor)
    _check_refundable(desk, capture, left)
    capture.is_reversed = True
    return _give_back(desk, capture, left, asked=RefundBody(), status="COMPLETED")


def decide(desk: Desk, pending: Refund, status: RefundStatus) -> None:
    """Let a pending refund end; what has failed can be given back anew."""
    pending.status = status
    pending.updated_at = desk.now
    desk.ledger.save(pending)
    capture = desk.ledger.get(Capture, pending.capture_id)
    if capture is not None:
        if status == "FAILED":
            capture.refunded_minor -= pending.amount.minor
        _count(desk, capture)
    events.refund_changed(desk, pending)


def _give_back(desk: Desk, capture: Capture, amount: Amount, *, asked: RefundBody, status: RefundStatus) -> Refund:
    capture.refunded_minor += amount.minor
    made = Refund(
        id=ids.resource_id(),
        capture_id=capture.id,
        status=status,
        is_reversal=capture.is_reversed,
        amount=amount,
        total_refunded_minor=capture.refunded_minor,
        custom_id=asked.custom_id,
        invoice_id=asked.invoice_id,
        note_to_payer=asked.note_to_payer,
        created_at=desk.now,
    )
    desk.ledger.save(made)
    _count(desk, capture)
    events.refund_changed(desk, made)
    return made


def _count(desk: Desk, capture: Capture) -> None:
    """Let a capture say how much of it has really been given back, and store it."""
    refunds = desk.ledger.find(Refund, capture_id=capture.id)
    given_back = sum(refund.amount.minor for refund in refunds if refund.status == "COMPLETED")
    if given_back:
        capture.status = "REFUNDED" if given_back == capture.amount.minor else "PARTIALLY_REFUNDED"
    capture.updated_at = desk.now
    desk.ledger.save(capture)


def _waits(desk: Desk, capture: Capture) -> bool:
    order = desk.ledger.get(Order, capture.order_id)
    payer = desk.ledger.get(Payer, order.payer_id or "") if order is not None else None
    return payer is not None and BEHAVIOURS[payer.behaviour].refunds_wait


def _check_refundable(desk: Desk, capture: Capture, left: Amount) -> None:
    if capture.status == "PENDING":
        raise refusal("PENDING_CAPTURE")
    if capture.status == "DECLINED":
        raise refusal("REFUND_NOT_ALLOWED")
    if capture.is_reversed:
        raise refusal("REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK")
    if left.minor == 0:
        raise refusal("CAPTURE_FULLY_REFUNDED")
    if desk.now - capture.created_at > _REFUNDABLE_FOR:
        raise refusal("REFUND_TIME_LIMIT_EXCEEDED")
