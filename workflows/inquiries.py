"""Ask PayPal before its turn: about a payment that is resumed, and before one is given up."""

import asyncio
from datetime import timedelta

from gateways.paypal.errors import PayPalError
from models import enums, inquiry_rows
from models.inquiry_rows import OpenAttempt
from policies.inquiries import ASKED_ABOUT, DRIVEN_FOR, TAKEN, Finding, weigh
from use_cases.attempt_facts import read_attempt
from use_cases.await_payment import await_payment
from use_cases.claim_payment import claim_payment
from use_cases.owe_inquiry import owe_inquiry
from use_cases.payment_feed import PaymentFeed
from workflows.engine import ask, durable, now, runtime, transact
from workflows.payments import claim_and_capture, settle
from workflows.paypal_calls import read_order

LOOK_SECONDS = 3.0  # somebody waits for the answer, and can do without it
SETTLING = timedelta(seconds=2)


@durable(enums.Job.INQUIRE_PAYMENT)
async def inquire(attempt_id: str) -> None:
    """Act on what PayPal knows about the attempt; without news, leave it and the look that is owed as they are."""
    facts = await transact(read_attempt, attempt_id)
    driven = facts.status is enums.PaymentStatus.PROCESSING and now() - facts.since < DRIVEN_FOR
    if not facts.is_newest or facts.status not in ASKED_ABOUT or facts.paypal_order_id is None or driven:
        return
    seen = await ask(read_order, facts.paypal_order_id)
    if seen.order is None:
        return
    capture = seen.order.capture
    finding = weigh(
        facts.status,
        order_status=seen.order.status,
        capture_status=capture.status if capture else None,
        declined=facts.declined,
    )
    match finding:
        case Finding.CAPTURE:
            source, taken = enums.EventSource.RECONCILER, capture is not None
            await claim_and_capture(facts, facts.paypal_order_id, taken=taken, source=source)
        case Finding.SETTLE:
            await settle(facts, seen, source=enums.EventSource.RECONCILER)
        case Finding.NOTHING_NEW:
            pass


async def ask_before_cancel(
    feed: PaymentFeed, *, customer_id: str, payment_id: str | None = None, order_id: str | None = None
) -> None:
    """Let money that PayPal has taken be booked before the payment, or its order, is given up.

    Afterwards the state of the payment decides as ever. Where PayPal has only the payer's approval, or says nothing in
    time, it is as it was: nobody but us captures, and we shall not.
    """
    async with feed.database.read() as session:
        found = await inquiry_rows.open_attempt(
            session, customer_id=customer_id, payment_id=payment_id, order_id=order_id, statuses=ASKED_ABOUT
        )
    if found is None or not await under_way(feed, found):
        return
    busy = frozenset({found.status, enums.PaymentStatus.PROCESSING})
    await await_payment(feed, payment_id=found.payment_id, busy=busy, patience=SETTLING)


async def under_way(feed: PaymentFeed, found: OpenAttempt) -> bool:
    """See to it that the payment is settled if money was taken; tell whether that is worth waiting for."""
    if found.status is not enums.PaymentStatus.AWAITING_APPROVAL:  # it cannot be given up, whatever PayPal says
        async with feed.database.write() as session:
            await owe_inquiry(session, attempt_id=found.attempt_id, now=now())
        return True
    if found.paypal_order_id is None or not await is_taken(found.paypal_order_id):
        return False
    async with feed.database.write() as session:
        if await claim_payment(
            session,
            attempt_id=found.attempt_id,
            rounds=found.rounds,
            taken=True,
            source=enums.EventSource.RECONCILER,
            watch=runtime().watch,
            now=now(),
        ):
            key = f"taken-{found.attempt_id}-{found.rounds}"
            await session.later(enums.Job.ADVANCE_PAYMENT, key, found.attempt_id, enums.EventSource.PAYPAL_REPLY)
    return True


async def is_taken(paypal_order_id: str) -> bool:
    """Tell whether PayPal says that it has the money for the order; one short question, not repeated."""
    try:
        async with asyncio.timeout(LOOK_SECONDS):
            order = await runtime().paypal.get_order(paypal_order_id)
    except (PayPalError, TimeoutError):
        return False
    return order.capture is not None and order.capture.status in TAKEN
