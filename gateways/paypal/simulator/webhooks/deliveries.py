"""The way out: which event is still to be sent where, when, and how often it has been tried."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.state import Ledger
from gateways.paypal.simulator.views import instant
from gateways.paypal.simulator.webhooks.records import Delivery, DeliveryStatus, Event, Subscription, WebhookMode
from gateways.paypal.simulator.webhooks.signing import Message, headers_of

_TRIES = 25
_LONGEST_PAUSE = 256  # times the first one: 25 tries take three days when the first pause is a minute


@dataclass(frozen=True, kw_only=True, slots=True)
class Transmission:
    """A delivery as it goes out."""

    url: str
    headers: Mapping[str, str]
    body: bytes


def mode_of(ledger: Ledger) -> WebhookMode:
    """Return how deliveries are made worse than they should be."""
    return ledger.get(WebhookMode, "mode") or WebhookMode()


def queue(desk: Desk, event: Event) -> None:
    """Plan the deliveries of a new event, as the control desk wants them."""
    mode = mode_of(desk.ledger)
    status: DeliveryStatus = "DROPPED" if mode.drop else "HELD" if mode.hold else "WAITING"
    for subscription in desk.ledger.find(Subscription):
        if subscription.wants(event.event_type):
            for _ in range(1 + mode.duplicate):
                _plan(desk, event, subscription, status=status, delay=timedelta(seconds=mode.delay_seconds))


def resend(desk: Desk, event: Event, webhook_ids: Sequence[str]) -> None:
    """Deliver an event once more, under new transmission ids; no ids stand for everybody who wants it."""
    for subscription in desk.ledger.find(Subscription):
        if subscription.id in webhook_ids or (not webhook_ids and subscription.wants(event.event_type)):
            _plan(desk, event, subscription)


def _plan(
    desk: Desk,
    event: Event,
    subscription: Subscription,
    *,
    status: DeliveryStatus = "WAITING",
    delay: timedelta = timedelta(0),
) -> None:
    desk.ledger.save(
        Delivery(
            id=ids.transmission_id(),
            event_id=event.id,
            event_type=event.event_type,
            webhook_id=subscription.id,
            status=status,
            due_at=desk.now + delay,
        )
    )


def release(desk: Desk, *, reverse: bool) -> list[Delivery]:
    """Let go of what is held, in the order of the events or in the opposite one, and return it."""
    held = desk.ledger.find(Delivery, status="HELD")
    if reverse:
        held.reverse()
    for place, delivery in enumerate(held):
        delivery.status = "WAITING"
        delivery.due_at = desk.now - timedelta(microseconds=len(held) - place)
        desk.ledger.save(delivery)
    return held


def waiting(ledger: Ledger) -> list[Delivery]:
    """Return what is to be sent sooner or later, the earliest first."""
    return sorted(ledger.find(Delivery, status="WAITING"), key=lambda delivery: delivery.due_at)


def due(desk: Desk) -> list[Delivery]:
    """Return what is to be sent now, in the order in which it goes out."""
    found = [delivery for delivery in waiting(desk.ledger) if delivery.due_at <= desk.now]
    if mode_of(desk.ledger).reorder:
        found.reverse()
    return found


def prepare(desk: Desk, delivery: Delivery) -> Transmission | None:
    """Sign a delivery for its next try; None when nobody listens there any more, which ends it."""
    event, subscription = desk.ledger.get(Event, delivery.event_id), desk.ledger.get(Subscription, delivery.webhook_id)
    if event is None or subscription is None:
        delivery.status = "FAILED"
        desk.ledger.save(delivery)
        return None
    delivery.first_sent_at = delivery.first_sent_at or desk.now
    delivery.tries += 1
    delivery.last_status = None
    desk.ledger.save(delivery)
    message = Message(
        transmission_id=delivery.id,
        transmission_time=instant(delivery.first_sent_at),
        webhook_id=subscription.id,
        body=event.body.encode(),
    )
    headers = headers_of(desk, message, certificate=mode_of(desk.ledger).certificate)
    return Transmission(url=subscription.url, headers=headers, body=message.body)


def take(desk: Desk) -> list[tuple[Delivery, Transmission]]:
    """Hand over what is due to somebody who delivers by himself."""
    taken = []
    for delivery in due(desk):
        transmission = prepare(desk, delivery)
        if transmission is not None:
            delivery.status = "TAKEN"
            desk.ledger.save(delivery)
            taken.append((delivery, transmission))
    return taken


def note(desk: Desk, delivery_id: str, http_status: int | None) -> None:
    """Write down how a try ended; None stands for no answer. What did not arrive is tried again later."""
    delivery = desk.ledger.get(Delivery, delivery_id)
    if delivery is None:
        return  # a reset has come between
    delivery.last_status = http_status
    if http_status is not None and 200 <= http_status < 300:
        delivery.status = "DELIVERED"
    elif delivery.tries >= _TRIES:
        delivery.status = "FAILED"
    else:
        doubled = min(2 ** (delivery.tries - 1), _LONGEST_PAUSE)
        delivery.due_at = desk.now + timedelta(seconds=desk.settings.redelivery_seconds * doubled)
    desk.ledger.save(delivery)
