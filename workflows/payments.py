"""Bring one attempt to where PayPal says it is: one path for the confirmation, the payer's return and every look."""

from models.enums import EventSource, Job, PaymentStatus, ProviderFailureKind
from policies.inquiries import TAKEN, UNCAPTURED
from policies.payment_transitions import FINAL
from use_cases.attempt_facts import AttemptFacts, read_attempt
from use_cases.claim_payment import await_approval_longer, claim_payment, release_lost_claim
from use_cases.record_paypal_order import abandon_opening, record_paypal_order
from use_cases.resolve_duplicate import Sighting, opened_attempts, resolve_duplicate
from use_cases.settle_payment import settle_payment
from workflows.engine import ask, durable, now, runtime, transact
from workflows.paypal_calls import PayPalAnswer, capture_order, create_order, read_order

BEGINNERS = frozenset({EventSource.PAYPAL_REPLY, EventSource.SCHEDULER})  # who makes the calls of a fresh attempt
UNASKED = frozenset({EventSource.PAYPAL_WEBHOOK, EventSource.RECONCILER})  # drivers that nobody is waiting for


@durable(Job.ADVANCE_PAYMENT)
async def advance_payment(attempt_id: str, source: str, look: int | None = None, rounds: int | None = None) -> None:
    """Do the next thing for the attempt, if there is one for this driver; a look that was overtaken does nothing.

    Nor does a return from a round of approval that has been used up since: its payer has to approve again.
    An older attempt, or one whose payment has ended, is looked back at when PayPal or our calendar is the driver: money
    that it has taken after all is never ignored.
    """
    facts = await transact(read_attempt, attempt_id)
    if (look is not None and look != facts.looks) or (rounds is not None and rounds != facts.approval_rounds):
        return
    driver = EventSource(source)
    match facts.status:
        case status if status in FINAL or not facts.is_newest:
            if driver in UNASKED and facts.paypal_order_id is not None and not facts.captured:
                await settle(facts, await ask(read_order, facts.paypal_order_id), source=driver)
        case PaymentStatus.PROCESSING if driver in BEGINNERS:
            await charge(facts, source=driver)
        case PaymentStatus.PROCESSING if driver is EventSource.RECONCILER:
            await transact(release_lost_claim, attempt_id=attempt_id, watch=runtime().watch, now=now())
        case PaymentStatus.AWAITING_APPROVAL:
            await follow_approval(facts, source=driver)
        case PaymentStatus.VERIFYING | PaymentStatus.PENDING:
            await find_out(facts, source=driver)
        case _:
            pass  # it waits for the customer, or for another driver


async def charge(facts: AttemptFacts, *, source: EventSource) -> None:
    """Open the order at PayPal; a registered account is charged at once, a new one waits for the payer."""
    order_id = facts.paypal_order_id
    if order_id is None:
        opened = await ask(create_order, facts)
        if is_duplicate(opened):
            await look_for_earlier_money(facts, source=source)
        elif opened.failure is not None:
            await transact(
                abandon_opening,
                attempt_id=facts.attempt_id,
                failure=opened.failure,
                source=source,
                watch=runtime().watch,
                now=now(),
            )
        if opened.order is None:
            return
        order_id = opened.order.id
        chargeable = await transact(
            record_paypal_order,
            attempt_id=facts.attempt_id,
            paypal=opened.order,
            watch=runtime().watch,
            now=now(),
        )
        if not chargeable:
            return
    await capture(facts, order_id, source=source)


async def follow_approval(facts: AttemptFacts, *, source: EventSource) -> None:
    """Capture what the payer has approved; what nobody approved yet is looked at again later.

    After a decline PayPal's word cannot tell a new approval from the old one: the payer's return can, and the news of
    another approval, which has made us forget the decline. Money that is there needs no approval any more.
    """
    if facts.paypal_order_id is None:
        return
    seen = await ask(read_order, facts.paypal_order_id)
    doubtful = facts.declined and source is not EventSource.CUSTOMER
    captured = seen.order.capture if seen.order else None
    taken = captured is not None and captured.status in TAKEN
    approved = seen.order is not None and (seen.order.status == "APPROVED" or captured is not None)
    if taken or (approved and not doubtful):
        await claim_and_capture(facts, facts.paypal_order_id, taken=taken, source=source)
        return
    missing = seen.failure is not None and seen.failure.kind is ProviderFailureKind.RESOURCE_MISSING
    lapsed = missing or (seen.order is not None and seen.order.status == "VOIDED")
    if seen.order is not None and not lapsed and source is not EventSource.RECONCILER:
        return  # a look is owed already, and news of nothing does not put it off
    await transact(
        await_approval_longer,
        attempt_id=facts.attempt_id,
        answered=seen.order is not None,
        lapsed=lapsed,
        source=source,
        watch=runtime().watch,
        now=now(),
    )


async def find_out(facts: AttemptFacts, *, source: EventSource) -> None:
    """Ask what became of a capture; one that never happened is asked for again, under the same request id."""
    if facts.paypal_order_id is None:
        if await claim(facts, taken=False, source=source):
            await charge(facts, source=source)
        return
    seen = await ask(read_order, facts.paypal_order_id)
    uncaptured = seen.order is not None and seen.order.capture is None and seen.order.status in UNCAPTURED
    if uncaptured and facts.status is PaymentStatus.VERIFYING:
        await claim_and_capture(facts, facts.paypal_order_id, taken=False, source=source)
    else:
        await settle(facts, seen, source=source)


async def claim_and_capture(facts: AttemptFacts, order_id: str, *, taken: bool, source: EventSource) -> None:
    """Capture if this driver is the one that gets the claim; what PayPal has ``taken`` is found so, and settled."""
    if await claim(facts, taken=taken, source=source):
        await capture(facts, order_id, source=source)


async def claim(facts: AttemptFacts, *, taken: bool, source: EventSource) -> bool:
    return await transact(
        claim_payment,
        attempt_id=facts.attempt_id,
        rounds=facts.approval_rounds,
        taken=taken,
        source=source,
        watch=runtime().watch,
        now=now(),
    )


async def capture(facts: AttemptFacts, order_id: str, *, source: EventSource) -> None:
    """Ask for the money and apply the answer; an order that its payer approved needs no stored account."""
    charge_stored = not facts.registers_account and facts.approval_rounds == 0
    answered = await ask(capture_order, facts, order_id, charge_stored)
    if is_duplicate(answered):
        await look_for_earlier_money(facts, source=source)
    else:
        await settle(facts, answered, source=source)


def is_duplicate(answered: PayPalAnswer) -> bool:
    """Tell whether PayPal has refused because it has seen a payment of this order."""
    return answered.failure is not None and answered.failure.kind is ProviderFailureKind.POSSIBLE_DUPLICATE


async def look_for_earlier_money(facts: AttemptFacts, *, source: EventSource) -> None:
    """Read every order that was opened at PayPal to pay this order, our own too, and act on what they amount to."""
    sightings = []
    for attempt_id, order_id in await transact(opened_attempts, facts.attempt_id):
        seen = await ask(read_order, order_id)
        sightings.append(Sighting(attempt_id=attempt_id, paypal=seen.order, failure=seen.failure))
    await transact(
        resolve_duplicate,
        attempt_id=facts.attempt_id,
        sightings=sightings,
        source=source,
        watch=runtime().watch,
        now=now(),
    )


async def settle(facts: AttemptFacts, answered: PayPalAnswer, *, source: EventSource) -> None:
    await transact(
        settle_payment,
        attempt_id=facts.attempt_id,
        paypal=answered.order,
        failure=answered.failure,
        source=source,
        watch=runtime().watch,
        now=now(),
    )
