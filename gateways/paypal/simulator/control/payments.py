"""Orders, captures and stored accounts, as PayPal's own people see them."""

from typing import Literal

from pydantic import Field, JsonValue

from gateways.paypal.simulator.approvals import FUNDINGS, NothingToApproveError, find_approval
from gateways.paypal.simulator.control.requests import Asked, Body, ControlError, Entry
from gateways.paypal.simulator.records import Capture, Order, PaymentToken
from gateways.paypal.simulator.views import capture_view, order_view, payment_token_view
from gateways.paypal.simulator.webhooks import events


class ReleaseBody(Body):
    """What becomes of a pending capture."""

    status: Literal["COMPLETED", "DENIED"]


class ApproveBody(Body):
    """Who approves."""

    payer_email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")


def _show_order(asked: Asked) -> JsonValue:
    return order_view(asked.desk, asked.known(Order))


def _approve(asked: Asked) -> JsonValue:
    """Do what a payer does on the pages, for an order or a setup token; the payer is created if need be."""
    desk = asked.desk
    payer = desk.ledger.add_payer(email=asked.read(ApproveBody).payer_email, given_name="Nome", surname="Cognome")
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


def _finish_vault(asked: Asked) -> JsonValue:
    token = asked.desk.ledger.get(PaymentToken, asked.known(Order).saved_token_id or "")
    if token is None:
        raise ControlError(409, "no account is being stored for this order")
    token.ready_at = min(token.ready_at, asked.desk.now)
    asked.desk.ledger.save(token)
    return payment_token_view(asked.desk, token)


def _release_capture(asked: Asked) -> JsonValue:
    status = asked.read(ReleaseBody).status
    capture = asked.known(Capture)
    if capture.status != "PENDING":
        raise ControlError(409, f"the capture is {capture.status}")
    capture.status = "DECLINED" if status == "DENIED" else "COMPLETED"
    capture.updated_at = asked.desk.now
    asked.desk.ledger.save(capture)
    events.capture_changed(asked.desk, capture)
    return capture_view(asked.desk, capture)


ENTRIES: tuple[Entry, ...] = (
    ("GET", "/orders/{id}", _show_order),
    ("POST", "/orders/{id}/approve", _approve),
    ("POST", "/orders/{id}/lapse", _lapse_order),
    ("POST", "/orders/{id}/vault", _finish_vault),
    ("POST", "/setup-tokens/{id}/approve", _approve),
    ("POST", "/captures/{id}/release", _release_capture),
)
