"""Payments v2: captures and refunds."""

from datetime import timedelta

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.amounts import Amount
from gateways.paypal.simulator.bodies import RefundBody
from gateways.paypal.simulator.calls import Call, Desk
from gateways.paypal.simulator.errors import refusal
from gateways.paypal.simulator.records import Capture, Refund
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.views import capture_view, refund_view
from gateways.paypal.simulator.webhooks import events

_REFUNDABLE_FOR = timedelta(days=180)


def show_capture(call: Call) -> Reply:
    """Return a capture."""
    return Reply(status=200, body=capture_view(call.desk, _capture(call.desk, call.ids["id"])))


def show_refund(call: Call) -> Reply:
    """Return a refund."""
    refund = call.desk.ledger.get(Refund, call.ids["id"])
    if refund is None:
        raise refusal("INVALID_RESOURCE_ID", field="refund_id", value=call.ids["id"])
    return Reply(status=200, body=refund_view(call.desk, refund))


def refund_capture(call: Call) -> Reply:
    """Give back all that is left of a capture, or the amount asked."""
    body = call.read(RefundBody)
    desk = call.desk
    capture = _capture(desk, call.ids["id"])
    left = capture.amount.plus(-capture.refunded_minor)
    _check_refundable(desk, capture, left)
    amount = left if body.amount is None else Amount.read(body.amount.value, body.amount.currency_code, field="/amount")
    if amount.currency != capture.amount.currency:
        raise refusal("REFUND_CAPTURE_CURRENCY_MISMATCH", field="/amount/currency_code", value=amount.currency)
    if amount.minor > left.minor:
        raise refusal("REFUND_AMOUNT_EXCEEDED", field="/amount/value", value=amount.text())
    capture.refunded_minor += amount.minor
    capture.status = "REFUNDED" if capture.refunded_minor == capture.amount.minor else "PARTIALLY_REFUNDED"
    capture.updated_at = desk.now
    desk.ledger.save(capture)
    refund = Refund(
        id=ids.resource_id(),
        capture_id=capture.id,
        amount=amount,
        total_refunded_minor=capture.refunded_minor,
        custom_id=body.custom_id,
        invoice_id=body.invoice_id,
        note_to_payer=body.note_to_payer,
        created_at=desk.now,
    )
    desk.ledger.save(refund)
    events.refund_made(desk, refund)
    return Reply(status=201, body=refund_view(desk, refund))


def _capture(desk: Desk, capture_id: str) -> Capture:
    capture = desk.ledger.get(Capture, capture_id)
    if capture is None:
        raise refusal("INVALID_RESOURCE_ID", field="capture_id", value=capture_id)
    return capture


def _check_refundable(desk: Desk, capture: Capture, left: Amount) -> None:
    if capture.status == "PENDING":
        raise refusal("PENDING_CAPTURE")
    if capture.status == "DECLINED":
        raise refusal("REFUND_NOT_ALLOWED")
    if left.minor == 0:
        raise refusal("CAPTURE_FULLY_REFUNDED")
    if desk.now - capture.created_at > _REFUNDABLE_FOR:
        raise refusal("REFUND_TIME_LIMIT_EXCEEDED")
