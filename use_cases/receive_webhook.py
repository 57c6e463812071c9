"""Take in news from PayPal: where it points to, once, and the work that it makes."""

from datetime import datetime

from gateways.paypal.webhooks import WebhookEvent
from models import enums, tables, webhook_rows
from models.database import Session


async def receive_webhook(
    session: Session, *, event: WebhookEvent, transmission_id: str, transmitted_at: datetime, now: datetime
) -> bool:
    """Keep the pointers of an event and owe its handling; one that came before changes nothing. Tell whether it is new.

    What the event says is not kept: it is not believed.
    """
    row = tables.WebhookEvent(
        id=event.id,
        transmission_id=transmission_id,
        event_type=event.event_type,
        resource_id=event.resource_id or "",
        order_id=event.order_id,
        transmitted_at=transmitted_at,
        received_at=now,
    )
    if not await webhook_rows.insert_event(session, row):
        return False
    await session.later(enums.Job.HANDLE_WEBHOOK, f"event-{event.id}", event.id)
    return True
