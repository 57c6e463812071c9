"""Act on news from PayPal: on what was read at PayPal because of it, never on what it says."""

from datetime import datetime

import structlog
from pydantic import BaseModel, ConfigDict

from gateways.paypal import messages
from models import enums, setup_rows, tables, webhook_rows
from models.database import Session
from policies.watching import Backoff
from policies.webhook_topics import APPROVED, approvals_used, is_news_of_approval
from use_cases.lose_account import lose_account
from use_cases.record_refund import record_refund

log = structlog.get_logger(__name__)


class ReceivedEvent(BaseModel):
    """Where an event points to; an empty id is none."""

    model_config = ConfigDict(frozen=True)

    id: str
    event_type: str
    resource_id: str
    order_id: str | None


async def read_event(session: Session, event_id: str) -> ReceivedEvent | None:
    """Return the event, unless it has been handled."""
    event = await session.get_one(tables.WebhookEvent, event_id)
    if event.handled_at is not None:
        return None
    return ReceivedEvent.model_validate(event, from_attributes=True)


async def follow_order(session: Session, *, event: ReceivedEvent, order_id: str | None, now: datetime) -> None:
    """Owe a look at the attempt that opened this order at PayPal, whichever of its payment it is."""
    attempt = await webhook_rows.attempt_of_paypal_order(session, paypal_order_id=order_id) if order_id else None
    if attempt is None:
        log.info("webhook.foreign", event_id=event.id, event_type=event.event_type)
    else:
        await notice_approval(session, attempt)
        await session.later(
            enums.Job.ADVANCE_PAYMENT, f"webhook-{event.id}", attempt.id, enums.EventSource.PAYPAL_WEBHOOK
        )
    await close_event(session, event_id=event.id, now=now)


async def notice_approval(session: Session, attempt: tables.PaymentAttempt) -> None:
    """Forget the decline of an attempt that its payer has approved again since."""
    approvals = await webhook_rows.approvals_announced(
        session, paypal_order_id=attempt.paypal_order_id or "", event_type=APPROVED
    )
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    used = approvals_used(rounds=attempt.approval_rounds, registers_account=payment.registers_account)
    if is_news_of_approval(declined=attempt.declined, approvals=approvals, used=used):
        attempt.declined = False


async def follow_refund(
    session: Session, *, event: ReceivedEvent, refund: messages.Refund | None, now: datetime
) -> None:
    """Record a refund as PayPal has it."""
    if refund is None or refund.capture_id is None:
        log.error("webhook.refund_unreadable", event_id=event.id, event_type=event.event_type)
    else:
        await record_refund(
            session,
            refund=refund,
            capture_id=refund.capture_id,
            source=enums.EventSource.PAYPAL_WEBHOOK,
            now=now,
        )
    await close_event(session, event_id=event.id, now=now)


async def follow_kept_account(
    session: Session, *, event: ReceivedEvent, token: messages.PaymentToken | None, now: datetime
) -> None:
    """Owe a look at each account that may have been waiting for this token; the look finds out which it is of."""
    awaited = await webhook_rows.registrations_awaited(
        session,
        paypal_order_id=event.order_id if token else None,
        paypal_customer_id=token.customer_id if token else None,
        payer_id=token.payer_id if token else None,
    )
    for account_id, payment_id in awaited:
        key = f"webhook-{event.id}-{account_id}"
        await session.later(enums.Job.FINISH_REGISTRATION, key, account_id, payment_id, 0)
    setups = (
        await setup_rows.setups_of_paypal_customer(session, paypal_customer_id=token.customer_id)
        if token and token.customer_id
        else ()
    )
    for setup_id in setups:
        await session.later(enums.Job.REGISTER_ACCOUNT, f"webhook-{event.id}-{setup_id}", setup_id)
    log.info("webhook.account_kept", event_id=event.id, account_ids=[account_id for account_id, _ in awaited])
    await close_event(session, event_id=event.id, now=now)


async def is_in_use(session: Session, payment_token: str) -> bool:
    """Tell whether an account of ours is charged by this token."""
    return bool(await webhook_rows.active_accounts_with_token(session, payment_token=payment_token))


async def follow_lost_account(session: Session, *, event: ReceivedEvent, is_gone: bool, now: datetime) -> None:
    """Lose the accounts that were charged by a token which PayPal no longer has."""
    if is_gone:
        for account in await webhook_rows.active_accounts_with_token(session, payment_token=event.resource_id):
            await lose_account(session, account_id=account.id, now=now)
    await close_event(session, event_id=event.id, now=now)


async def close_event(session: Session, *, event_id: str, now: datetime) -> None:
    """Note that nothing is left to do about an event."""
    event = await session.get_one(tables.WebhookEvent, event_id)
    event.handled_at = event.handled_at or now


async def put_off_event(session: Session, *, event_id: str, tries: int, backoff: Backoff) -> None:
    """Look again later, for as long as it takes: what PayPal has told us once it may never tell again."""
    key = f"event-{event_id}-{tries + 1}"
    await session.later(enums.Job.HANDLE_WEBHOOK, key, event_id, tries + 1, delay=backoff.after(tries))
