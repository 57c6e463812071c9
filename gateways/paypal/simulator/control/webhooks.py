"""Webhooks: who listens, what goes wrong on the way, what has been delivered."""

from datetime import datetime

from pydantic import Field, JsonValue

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.control.requests import Asked, Body, ControlError, Entry
from gateways.paypal.simulator.records import Record
from gateways.paypal.simulator.views import Wire, instant
from gateways.paypal.simulator.webhooks import deliveries
from gateways.paypal.simulator.webhooks.certificates import CertificateKind
from gateways.paypal.simulator.webhooks.records import EVERYTHING, Delivery, Subscription, WebhookMode
from gateways.paypal.simulator.webhooks.signing import Message, headers_of


class SubscriptionBody(Body):
    """An address that is told of events, plain http and any port allowed."""

    url: str = Field(pattern=r"^https?://")
    id: str | None = Field(default=None, pattern=r"^[a-zA-Z0-9]{1,50}$")
    event_types: list[str] = Field(default=[EVERYTHING])


class FlushBody(Body):
    """In which order to let go of what is held."""

    reverse: bool = False


class SignQuery(Body):
    """How to sign a body; what is not given is drawn, or is as it would be now."""

    webhook_id: str
    transmission_id: str | None = None
    transmission_time: datetime | None = None
    certificate: CertificateKind = "genuine"


def _show_subscriptions(asked: Asked) -> JsonValue:
    return {"webhooks": [_shown(subscription) for subscription in asked.desk.ledger.find(Subscription)]}


def _subscribe(asked: Asked) -> JsonValue:
    body = asked.read(SubscriptionBody)
    subscription = Subscription(
        id=body.id or ids.resource_id(), url=body.url, event_types=body.event_types, origin="desk"
    )
    asked.desk.ledger.save(subscription)
    return _shown(subscription)


def _unsubscribe(asked: Asked) -> JsonValue:
    subscription = asked.known(Subscription)
    asked.desk.ledger.remove(subscription)
    return {"id": subscription.id}


def _show_mode(asked: Asked) -> JsonValue:
    return _shown(deliveries.mode_of(asked.desk.ledger))


def _set_mode(asked: Asked) -> JsonValue:
    asked.desk.ledger.save(asked.read(WebhookMode))
    return _show_mode(asked)


def _flush(asked: Asked) -> JsonValue:
    released = deliveries.release(asked.desk, reverse=asked.read(FlushBody).reverse)
    return {"deliveries": [_shown(delivery) for delivery in released]}


def _show_deliveries(asked: Asked) -> JsonValue:
    return {"deliveries": [_shown(delivery) for delivery in asked.desk.ledger.find(Delivery)]}


def _pull(asked: Asked) -> JsonValue:
    """Hand over what is due: nobody else will deliver it."""
    return {"deliveries": [_transmitted(*each) for each in deliveries.take(asked.desk)]}


def _sign(asked: Asked) -> JsonValue:
    """Sign whatever the request's body is, and return the headers with which PayPal would send it."""
    query, desk = asked.read_query(SignQuery), asked.desk
    if desk.ledger.get(Subscription, query.webhook_id) is None:
        raise ControlError(404, f"no subscription {query.webhook_id}")
    message = Message(
        transmission_id=query.transmission_id or ids.transmission_id(),
        transmission_time=instant(query.transmission_time or desk.now),
        webhook_id=query.webhook_id,
        body=asked.raw_body,
    )
    return {"headers": dict(headers_of(desk, message, certificate=query.certificate))}


def _transmitted(delivery: Delivery, transmission: deliveries.Transmission) -> Wire:
    sent: Wire = {
        "url": transmission.url,
        "headers": dict(transmission.headers),
        "body": transmission.body.decode(),  # UTF-8: encoded again, it is what was signed
    }
    return _shown(delivery) | sent


def _shown(record: Record) -> Wire:
    return record.model_dump(mode="json")


ENTRIES: tuple[Entry, ...] = (
    ("GET", "/webhooks", _show_subscriptions),
    ("POST", "/webhooks", _subscribe),
    ("GET", "/webhooks/mode", _show_mode),
    ("POST", "/webhooks/mode", _set_mode),
    ("POST", "/webhooks/flush", _flush),
    ("POST", "/webhooks/sign", _sign),
    ("DELETE", "/webhooks/{id}", _unsubscribe),
    ("GET", "/deliveries", _show_deliveries),
    ("POST", "/deliveries/pull", _pull),
)
