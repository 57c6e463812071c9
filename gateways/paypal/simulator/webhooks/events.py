"""What PayPal announces, and in which words."""

import json
from dataclasses import dataclass

from pydantic import JsonValue

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.amounts import Amount
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.records import Capture, Order, PaymentToken, Refund
from gateways.paypal.simulator.views import Wire, capture_view, order_view, payment_token_view, refund_view
from gateways.paypal.simulator.webhooks import deliveries
from gateways.paypal.simulator.webhooks.records import Event

_EVENTS = "/v1/notifications/webhooks-events"


@dataclass(frozen=True, kw_only=True, slots=True)
class EventKind:
    """What is the same in all events of one type."""

    resource_type: str
    resource_version: str
    summary: str


def _order(summary: str) -> EventKind:
    return EventKind(resource_type="checkout-order", resource_version="2.0", summary=summary)


def _capture(summary: str) -> EventKind:
    return EventKind(resource_type="capture", resource_version="2.0", summary=summary)


def _refund(summary: str) -> EventKind:
    return EventKind(resource_type="refund", resource_version="2.0", summary=summary)


def _token(summary: str) -> EventKind:
    return EventKind(resource_type="payment_token", resource_version="3.0", summary=summary)


EVENT_KINDS = {
    "CHECKOUT.ORDER.APPROVED": _order("An order has been approved by buyer"),
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": _order("A payment has been reversed after approval."),
    "PAYMENT.CAPTURE.COMPLETED": _capture("Payment completed for {amount}"),
    "PAYMENT.CAPTURE.PENDING": _capture("Payment pending for {amount}"),
    "PAYMENT.CAPTURE.DENIED": _capture("Payment denied for {amount}"),
    "PAYMENT.CAPTURE.REFUNDED": _refund("A {amount} capture payment was refunded"),
    "PAYMENT.CAPTURE.REVERSED": _refund("A {amount} capture payment was reversed"),
    "PAYMENT.REFUND.PENDING": _refund("A {amount} refund is pending"),
    "PAYMENT.REFUND.FAILED": _refund("A {amount} refund has failed"),
    "VAULT.PAYMENT-TOKEN.CREATED": _token("A payment token has been created."),
    "VAULT.PAYMENT-TOKEN.DELETION-INITIATED": _token("A request to delete a payment token has been submitted."),
    "VAULT.PAYMENT-TOKEN.DELETED": _token("A payment token has been deleted."),
}
NEVER_SENT = frozenset(  # PayPal's, too: a merchant may ask for them
    {
        "CHECKOUT.ORDER.COMPLETED",
        "CUSTOMER.DISPUTE.CREATED",
        "CUSTOMER.DISPUTE.RESOLVED",
        "CUSTOMER.DISPUTE.UPDATED",
        "PAYMENT.CAPTURE.DECLINED",
    }
)

_OF_CAPTURE = {
    "COMPLETED": "PAYMENT.CAPTURE.COMPLETED",
    "PENDING": "PAYMENT.CAPTURE.PENDING",
    "DECLINED": "PAYMENT.CAPTURE.DENIED",
}
_OF_REFUND = {
    "COMPLETED": "PAYMENT.CAPTURE.REFUNDED",
    "PENDING": "PAYMENT.REFUND.PENDING",
    "FAILED": "PAYMENT.REFUND.FAILED",
}

# What no specification promises: fields of tomorrow, an empty object, decimals of no use, letters beyond ASCII, escapes
# and spaces that differ from what any encoder would write. A signature is good for these bytes only.
_ODDITIES = (
    r'"zts":1773648810 ,  "attributes":{}, "weight": 1.0,"rate":1.50, '
    r'"note":"Perch\u00e9 no: città, caffè – ☕", "docs":"https:\/\/developer.paypal.com\/"'
)


def order_approved(desk: Desk, order: Order) -> None:
    """Announce that the payer has approved an order."""
    _announce(desk, "CHECKOUT.ORDER.APPROVED", order_view(desk, order), order.amount)


def approval_reversed(desk: Desk, order: Order) -> None:
    """Announce that an approved order can no longer be captured."""
    resource = order_view(desk, order) | {"order_id": order.id}
    _announce(desk, "CHECKOUT.PAYMENT-APPROVAL.REVERSED", resource, order.amount)


def capture_changed(desk: Desk, capture: Capture) -> None:
    """Announce what has become of a capture that was made or decided upon."""
    _announce(desk, _OF_CAPTURE[capture.status], capture_view(desk, capture), capture.amount)


def refund_changed(desk: Desk, refund: Refund) -> None:
    """Announce what has become of a refund or a reversal that was made or decided upon."""
    event_type = "PAYMENT.CAPTURE.REVERSED" if refund.is_reversal else _OF_REFUND[refund.status]
    _announce(desk, event_type, refund_view(desk, refund), refund.amount)


def token_created(desk: Desk, token: PaymentToken) -> None:
    """Announce a stored account."""
    resource = payment_token_view(desk, token)
    if token.order_id is not None and deliveries.mode_of(desk.ledger).token_metadata:
        resource["metadata"] = {"order_id": token.order_id}
    _announce(desk, "VAULT.PAYMENT-TOKEN.CREATED", resource)


def token_deletion_initiated(desk: Desk, token: PaymentToken) -> None:
    """Announce that the merchant has asked for a stored account to be forgotten."""
    _announce(desk, "VAULT.PAYMENT-TOKEN.DELETION-INITIATED", payment_token_view(desk, token))


def token_deleted(desk: Desk, token: PaymentToken) -> None:
    """Announce that a stored account can no longer be charged."""
    _announce(desk, "VAULT.PAYMENT-TOKEN.DELETED", payment_token_view(desk, token))


def _announce(desk: Desk, event_type: str, resource: Wire, amount: Amount | None = None) -> None:
    kind = EVENT_KINDS[event_type]
    event_id = ids.event_id()
    path = f"{_EVENTS}/{event_id}"
    links: list[JsonValue] = [desk.link("self", path), desk.link("resend", f"{path}/resend", "POST")]
    envelope: Wire = {
        "id": event_id,
        "event_version": "1.0",
        "create_time": f"{desk.now:%Y-%m-%dT%H:%M:%S}.{desk.now.microsecond // 1000:03}Z",
        "resource_type": kind.resource_type,
        "resource_version": kind.resource_version,
        "event_type": event_type,
        "summary": kind.summary.format(amount=_in_words(amount)),
        "resource": resource,
        "links": links,
    }
    event = Event(
        id=event_id,
        event_type=event_type,
        resource_id=str(resource["id"]),
        created_at=desk.now,
        body=f"{json.dumps(envelope, ensure_ascii=False)[:-1]}, {_ODDITIES}}}",
    )
    desk.ledger.save(event)
    deliveries.queue(desk, event)


def _in_words(amount: Amount | None) -> str:
    """Return an amount as PayPal's summaries have it: `EUR 12.3 EUR`."""
    if amount is None:
        return ""
    text = amount.text()
    return f"{amount.currency} {text.rstrip('0').rstrip('.') if '.' in text else text} {amount.currency}"
