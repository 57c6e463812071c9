"""Payments v2: captures and refunds."""

from gateways.paypal.simulator import refunds
from gateways.paypal.simulator.bodies import RefundBody
from gateways.paypal.simulator.calls import Call
from gateways.paypal.simulator.errors import refusal
from gateways.paypal.simulator.records import Capture, Refund
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.views import capture_view, refund_view


def show_capture(call: Call) -> Reply:
    """Return a capture."""
    return Reply(status=200, body=capture_view(call.desk, _capture(call)))


def show_refund(call: Call) -> Reply:
    """Return a refund."""
    refund = call.desk.ledger.get(Refund, call.ids["id"])
    if refund is None:
        raise refusal("INVALID_RESOURCE_ID", field="refund_id", value=call.ids["id"])
    return Reply(status=200, body=refund_view(call.desk, refund))


def refund_capture(call: Call) -> Reply:
    """Give back all that is left of a capture, or the amount asked."""
    body = call.read(RefundBody)
    refund = refunds.refund(call.desk, _capture(call), body)
    return Reply(status=201, body=refund_view(call.desk, refund))


def _capture(call: Call) -> Capture:
    capture = call.desk.ledger.get(Capture, call.ids["id"])
    if capture is None:
        raise refusal("INVALID_RESOURCE_ID", field="capture_id", value=call.ids["id"])
    return capture
