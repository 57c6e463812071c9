"""Notifications v1: subscriptions, past events, certificates, and the check of a signature."""

import json
from datetime import datetime

from pydantic import JsonValue, TypeAdapter, ValidationError

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.calls import Call
from gateways.paypal.simulator.errors import refusal
from gateways.paypal.simulator.records import Certificate
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.views import Wire
from gateways.paypal.simulator.webhooks import deliveries
from gateways.paypal.simulator.webhooks.bodies import ResendBody, VerifyBody, WebhookBody, raw_member
from gateways.paypal.simulator.webhooks.records import Event, Subscription
from gateways.paypal.simulator.webhooks.signing import Message, is_signed
from gateways.paypal.simulator.webhooks.subscriptions import NAMES

_MOST = 10  # webhooks of one application
_WEBHOOKS = "/v1/notifications/webhooks"
_INSTANT = TypeAdapter(datetime)


def create_webhook(call: Call) -> Reply:
    """Subscribe an address; PayPal itself insists on https and port 443."""
    body, desk = call.read(WebhookBody), call.desk
    known = desk.ledger.find(Subscription)
    names = [entry.name for entry in body.event_types]
    if not body.url.startswith(("https://", "http://")):
        return _refused("VALIDATION_ERROR", "Invalid data provided", field="url", issue="Not a valid webhook URL")
    if unknown := [name for name in names if name not in NAMES]:
        return _refused("VALIDATION_ERROR", "Invalid data provided", field="event_types", issue=f"Unknown: {unknown}")
    if any(subscription.url == body.url for subscription in known):
        return _refused("WEBHOOK_URL_ALREADY_EXISTS", "Webhook URL already exists")
    if len(known) >= _MOST:
        return _refused("WEBHOOK_NUMBER_LIMIT_EXCEEDED", "Webhook number limit exceeded")
    subscription = Subscription(id=ids.resource_id(), url=body.url, event_types=names, origin="merchant")
    desk.ledger.save(subscription)
    return Reply(status=201, body=_webhook_view(call, subscription))


def list_webhooks(call: Call) -> Reply:
    """Return all subscriptions."""
    views: list[JsonValue] = [_webhook_view(call, each) for each in call.desk.ledger.find(Subscription)]
    return Reply(status=200, body={"webhooks": views})


def show_webhook(call: Call) -> Reply:
    """Return a subscription."""
    return Reply(status=200, body=_webhook_view(call, _subscription(call)))


def delete_webhook(call: Call) -> Reply:
    """End a subscription."""
    call.desk.ledger.remove(_subscription(call))
    return Reply(status=204)


def list_events(call: Call) -> Reply:
    """Return a page of what happened between two instants, the newest first."""
    start, end = _instant(call, "start_time"), _instant(call, "end_time")
    chosen = [
        event
        for event in reversed(call.desk.ledger.find(Event))
        if (start is None or event.created_at >= start)
        and (end is None or event.created_at <= end)
        and call.query.get("event_type", event.event_type) == event.event_type
        and call.query.get("transaction_id", event.resource_id) == event.resource_id
    ]
    page = chosen[: call.number("page_size", default=10)]
    shown: list[JsonValue] = [json.loads(event.body) for event in page]
    link = call.desk.link("self", "/v1/notifications/webhooks-events")
    return Reply(status=200, body={"events": shown, "count": len(shown), "links": [link]})


def show_event(call: Call) -> Reply:
    """Return an event."""
    return Reply(status=200, body=json.loads(_event(call).body))


def resend_event(call: Call) -> Reply:
    """Deliver an event once more."""
    event = _event(call)
    deliveries.resend(call.desk, event, call.read(ResendBody).webhook_ids)
    return Reply(status=202, body=json.loads(event.body))


def verify_signature(call: Call) -> Reply:
    """Check a signature over the event exactly as it stands in the request."""
    body = call.read(VerifyBody)
    message = Message(
        transmission_id=body.transmission_id,
        transmission_time=body.transmission_time,
        webhook_id=body.webhook_id,
        body=(raw_member(call.raw_body.decode(), "webhook_event") or "").encode(),
    )
    known = call.desk.ledger.get(Subscription, body.webhook_id) is not None
    is_genuine = known and is_signed(
        call.desk, message, signature=body.transmission_sig, cert_url=body.cert_url, algorithm=body.auth_algo
    )
    return Reply(status=200, body={"verification_status": "SUCCESS" if is_genuine else "FAILURE"})


def show_certificate(call: Call) -> Reply:
    """Return a certificate and its chain."""
    certificate = call.desk.ledger.get(Certificate, call.ids["id"])
    if certificate is None:
        raise refusal("INVALID_RESOURCE_ID", field="id", value=call.ids["id"])
    return Reply(status=200, text=certificate.chain_pem, headers={"content-type": "application/x-x509-ca-cert"})


def _subscription(call: Call) -> Subscription:
    found = call.desk.ledger.get(Subscription, call.ids["id"])
    if found is None:
        raise refusal("INVALID_RESOURCE_ID", field="webhook_id", value=call.ids["id"])
    return found


def _event(call: Call) -> Event:
    found = call.desk.ledger.get(Event, call.ids["id"])
    if found is None:
        raise refusal("INVALID_RESOURCE_ID", field="event_id", value=call.ids["id"])
    return found


def _instant(call: Call, name: str) -> datetime | None:
    text = call.query.get(name)
    try:
        return None if text is None else _INSTANT.validate_python(text)
    except ValidationError as error:
        raise refusal("INVALID_PARAMETER_SYNTAX", field=name, value=text) from error


def _webhook_view(call: Call, subscription: Subscription) -> Wire:
    path = f"{_WEBHOOKS}/{subscription.id}"
    return {
        "id": subscription.id,
        "url": subscription.url,
        "event_types": [{"name": name, "status": "ENABLED"} for name in subscription.event_types],
        "links": [
            call.desk.link("self", path),
            call.desk.link("update", path, "PATCH"),
            call.desk.link("delete", path, "DELETE"),
        ],
    }


def _refused(name: str, message: str, **detail: str) -> Reply:
    """Return a refusal in the envelope of v1, which has no issues of its own."""
    body: Wire = {"name": name, "message": message, "debug_id": ids.debug_id()}
    if detail:
        body["details"] = [dict(detail)]
    return Reply(status=400, body=body)
