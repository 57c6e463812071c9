"""Orders, captures and stored accounts, as PayPal's own people see them."""

from typing import Annotated, Literal

from pydantic import Field, JsonValue

from gateways.paypal.simulator import refunds
from gateways.paypal.simulator.accounts import finish_storing
from gateways.paypal.simulator.approvals import FUNDINGS, NothingToApproveError, find_approval
from gateways.paypal.simulator.bodies import RefundBody
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.charging import charge_late
from gateways.paypal.simulator.control.requests import Asked, Body, ControlError, Entry
from gateways.paypal.simulator.errors import RefusalError
from gateways.paypal.simulator.records import Capture, Order, Payer, PaymentToken, Refund
from gateways.paypal.simulator.state import Ledger
from gateways.paypal.simulator.views import capture_view, order_view, payment_token_view, refund_view
from gateways.paypal.simulator.webhooks import events

Address = Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$")]


class ApproveBody(Body):
    """Who approves; created if need be."""

    payer_email: Address

    def payer(self, ledger: Ledger) -> Payer:
        """Return the payer."""
        return ledger.add_payer(email=self.payer_email, given_name="Nome", surname="Cognome")


class LateCaptureBody(Body):
    """Whose money it is, when it is not that of the payer who has approved the order."""

    payer_email: Address | None = None
    token: str | None = None


class ReleaseCaptureBody(Body):
    """What becomes of a pending capture."""

    status: Literal["COMPLETED", "DENIED"]


class ReleaseRefundBody(Body):
    """What becomes of a pending refund."""

    status: Literal["COMPLETED", "FAILED"]


def _show_order(asked: Asked) -> JsonValue:
    return order_view(asked.desk, asked.known(Order))


def _approve(asked: Asked) -> JsonValue:
    """Do what a payer does on the pages, for an order or a setup token."""
    desk = asked.desk
    payer = asked.read(ApproveBody).payer(desk.ledger)
    try:
        approval = find_approval(desk, asked.ids["id"])
    except NothingToApproveError as missing:
        raise ControlError(404, str(missing)) from missing
    approval.accept(desk, payer, funding=FUNDINGS[0])
    return {"payer_id": payer.id, "return_url": approval.return_address(payer)}


def _lapse_order(asked: Asked) -> JsonValue:
    order = asked.known(Order)
    if order.status == "COMPLETED":
        raise ControlError(409, "the order is COMPLETED")
    order.expires_at = min(order.expires_at, asked.desk.now)
    asked.desk.ledger.save(order)
    return order_view(asked.desk, order)


def _capture_order(asked: Asked) -> JsonValue:
    """Let an order be paid after all, though nobody has been told so; even one that has lapsed meanwhile."""
    body, order, desk = asked.read(LateCaptureBody), asked.known(Order), asked.desk
    if order.status == "COMPLETED":
        raise ControlError(409, "the order is COMPLETED")
    charge_late(desk, order, _late_payer(desk, order, body))
    return order_view(desk, order)


def _late_payer(desk: Desk, order: Order, body: LateCaptureBody) -> Payer:
    if body.payer_email is not None:
        return ApproveBody(payer_email=body.payer_email).payer(desk.ledger)
    token = desk.ledger.get(PaymentToken, body.token or "")
    payer = desk.ledger.get(Payer, (order.payer_id if token is None else token.payer_id) or "")
    if payer is None:
        raise ControlError(409, "nobody has approved the order: name payer_email or token")
    return payer


def _finish_vault(asked: Asked) -> JsonValue:
    token = asked.desk.ledger.get(PaymentToken, asked.known(Order).saved_token_id or "")
    if token is None:
        raise ControlError(409, "no account is being stored for this order")
    finish_storing(asked.desk, token)
    return payment_token_view(asked.desk, token)


def _release_capture(asked: Asked) -> JsonValue:
    status = asked.read(ReleaseCaptureBody).status
    capture = asked.known(Capture)
    if capture.status != "PENDING":
        raise ControlError(409, f"the capture is {capture.status}")
    capture.status = "DECLINED" if status == "DENIED" else "COMPLETED"
    capture.updated_at = asked.desk.now
    asked.desk.ledger.save(capture)
    events.capture_changed(asked.desk, capture)
    return capture_view(asked.desk, capture)


def _refund_capture(asked: Asked) -> JsonValue:
    """Refund as the merchant may do at PayPal's own site, past its own software."""
    body, capture = asked.read(RefundBody), asked.known(Capture)
    try:
        return refund_view(asked.desk, refunds.refund(asked.desk, capture, body))
    except RefusalError as refused:
        raise ControlError(422, str(refused)) from refused


def _reverse_capture(asked: Asked) -> JsonValue:
    try:
        return refund_view(asked.desk, refunds.reverse(asked.desk, asked.known(Capture)))
    except RefusalError as refused:
        raise ControlError(422, str(refused)) from refused


def _release_refund(asked: Asked) -> JsonValue:
    status, refund = asked.read(ReleaseRefundBody).status, asked.known(Refund)
    if refund.status != "PENDING":
        raise ControlError(409, f"the refund is {refund.status}")
    refunds.decide(asked.desk, refund, status)
    return refund_view(asked.desk, refund)


ENTRIES: tuple[Entry, ...] = (
    ("GET", "/orders/{id}", _show_order),
    ("POST", "/orders/{id}/approve", _approve),
    ("POST", "/orders/{id}/capture", _capture_order),
    ("POST", "/orders/{id}/lapse", _lapse_order),
    ("POST", "/orders/{id}/vault", _finish_vault),
    ("POST", "/setup-tokens/{id}/approve", _approve),
    ("POST", "/captures/{id}/refund", _refund_capture),
    ("POST", "/captures/{id}/release", _release_capture),
    ("POST", "/captures/{id}/reverse", _reverse_capture),
    ("POST", "/refunds/{id}/release", _release_refund),
)
