"""Handle news from PayPal: read again what it points to, then act on what was read."""

import structlog

from models.enums import Job
from policies.webhook_topics import Topic, topic_of
from use_cases.handle_webhook import (
    ReceivedEvent,
    close_event,
    follow_kept_account,
    follow_lost_account,
    follow_order,
    follow_refund,
    is_in_use,
    put_off_event,
    read_event,
)
from workflows.engine import ask, durable, now, runtime, transact
from workflows.paypal_reads import read_capture, read_refund, read_token

log = structlog.get_logger(__name__)


@durable(Job.HANDLE_WEBHOOK)
async def handle_webhook(event_id: str, tries: int = 0) -> None:
    """Act on the event once; while PayPal cannot be read, it is put off, and never lost."""
    event = await transact(read_event, event_id)
    if event is None:
        return
    if not await act_on(event):
        await transact(put_off_event, event_id=event.id, tries=tries, backoff=runtime().watch)


async def act_on(event: ReceivedEvent) -> bool:
    """Follow the event to its end; tell whether PayPal has let us."""
    match topic_of(event.event_type):
        case Topic.ORDER:  # the look that this owes reads the order
            await transact(follow_order, event=event, order_id=event.resource_id, now=now())
            return True
        case Topic.CAPTURE:
            return await act_on_capture(event)
        case Topic.REFUND:
            return await act_on_refund(event)
        case Topic.ACCOUNT_KEPT:
            return await act_on_kept_account(event)
        case Topic.ACCOUNT_GONE:
            return await act_on_lost_account(event)
        case Topic.DISPUTE:
            log.error("webhook.dispute", event_id=event.id, event_type=event.event_type, dispute_id=event.resource_id)
        case Topic.OTHER:
            log.info("webhook.ignored", event_id=event.id, event_type=event.event_type)
    await transact(close_event, event_id=event.id, now=now())
    return True


async def act_on_capture(event: ReceivedEvent) -> bool:
    """Look at the order of a capture as PayPal names it."""
    seen = await ask(read_capture, event.resource_id)
    if seen.is_open:
        return False
    order_id = (seen.found.order_id or event.order_id) if seen.found else None
    await transact(follow_order, event=event, order_id=order_id, now=now())
    return True


async def act_on_refund(event: ReceivedEvent) -> bool:
    """Record a refund, whoever made it."""
    seen = await ask(read_refund, event.resource_id)
    if seen.is_open:
        return False
    await transact(follow_refund, event=event, refund=seen.found, now=now())
    return True


async def act_on_kept_account(event: ReceivedEvent) -> bool:
    """Finish the registration that has been waiting for this account."""
    seen = await ask(read_token, event.resource_id)
    if seen.is_open:
        return False
    await transact(follow_kept_account, event=event, token=seen.found, now=now())
    return True


async def act_on_lost_account(event: ReceivedEvent) -> bool:
    """Lose an account that its owner has taken back at PayPal; one that is still there is not lost."""
    if not await transact(is_in_use, event.resource_id):
        await transact(close_event, event_id=event.id, now=now())
        return True
    seen = await ask(read_token, event.resource_id)
    if seen.is_open:
        return False
    await transact(follow_lost_account, event=event, is_gone=seen.is_gone, now=now())
    return True
