"""'Procedi': freeze the sum, store the request ids, and owe the conversation with PayPal."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from models import enums, ids, rows, tables
from models.database import Session
from models.money import Money
from policies.order_payability import may_pay
from policies.payment_transitions import CONFIRMABLE
from use_cases.errors import AccountNotUsable, AmountChanged, NotFound, OrderNotPayable
from use_cases.idempotency import KeyedRequest
from use_cases.order_facts import take_order
from use_cases.payment_states import move_payment, require_status
from use_cases.select_account import usable_account

CONFIRMED_BEFORE = frozenset(
    {
        enums.PaymentStatus.PROCESSING,
        enums.PaymentStatus.AWAITING_APPROVAL,
        enums.PaymentStatus.VERIFYING,
        enums.PaymentStatus.PENDING,
        enums.PaymentStatus.SUCCEEDED,
    }
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Confirmation:
    """The payment confirmed; ``replayed`` when an earlier call had done it."""

    payment: tables.Payment
    replayed: bool


async def confirm_payment(
    session: Session,
    *,
    customer_id: str,
    payment_id: str,
    expected: Money,
    idempotency_key: str | None,
    payments_open: bool,
    watch_after: timedelta,
    now: datetime,
) -> Confirmation:
    """Claim the payment for one attempt at PayPal; a repetition finds it claimed and changes nothing.

    The attempt and its two request ids are stored, and its work is owed, in this one transaction: nothing is called.
    Raises ``NotFound``, ``PaymentStateConflict``, ``AmountChanged``, ``AccountNotUsable``, ``OrderNotPayable``,
    ``IdempotencyConflict``, ``InvalidInput`` for a key too long.
    """
    request = KeyedRequest(
        customer_id=customer_id,
        mutation=enums.MutationName.CONFIRM_PAYMENT,
        key=idempotency_key,
        values={"payment": payment_id, "cents": expected.cents, "cur": expected.currency},
    )
    known = await request.recall(session)
    payment = await rows.find_payment(session, customer_id=customer_id, payment_id=payment_id)
    if payment is None:
        raise NotFound("input", "paymentId")
    if known is not None and payment.status not in CONFIRMABLE:  # handed back unpaid, it may be confirmed again
        return Confirmation(payment=payment, replayed=known.repeated)
    replayed = payment.status in CONFIRMED_BEFORE
    await require_agreement(session, payment, expected=expected, settled=replayed, payments_open=payments_open)
    if not replayed:
        await begin_attempt(session, payment, source=enums.EventSource.CUSTOMER, watch_after=watch_after, now=now)
    if known is None:
        request.remember(session, payment_id=payment.id, repeated=replayed, now=now)
    return Confirmation(payment=payment, replayed=replayed)


async def require_agreement(
    session: Session, payment: tables.Payment, *, expected: Money, settled: bool, payments_open: bool
) -> None:
    """Raise unless what the customer saw is what would be charged, on an account and an order that still can be.

    A payment ``settled`` by an earlier confirmation is only compared with what was seen.
    """
    if not settled:
        require_status(payment, CONFIRMABLE)
    order = await session.get_one(tables.Order, payment.order_id)
    actual = Money(payment.amount_cents if settled else order.gross_cents, order.currency)
    if expected != actual:
        raise AmountChanged(payment, expected=expected, actual=actual)
    if settled:
        return
    decision = may_pay(replace((await take_order(session, order)).facts, payments_open=payments_open))
    if not decision.allowed:
        raise OrderNotPayable(order, decision)
    if payment.account_id is not None:
        await usable_account(session, customer_id=payment.customer_id, account_id=payment.account_id)
    elif not payment.registers_account:
        raise AccountNotUsable
    payment.amount_cents = order.gross_cents  # frozen from here on


async def begin_attempt(
    session: Session,
    payment: tables.Payment,
    *,
    source: enums.EventSource,
    watch_after: timedelta,
    now: datetime,
) -> tables.PaymentAttempt:
    """Claim the payment for its next attempt; the scheduler goes on with it by itself, where no customer waits."""
    await move_payment(session, payment, to=enums.PaymentStatus.PROCESSING, source=source, now=now)
    owed = source is not enums.EventSource.SCHEDULER
    return await insert_attempt(session, payment, invoice_id=None, owed=owed, watch_after=watch_after, now=now)


async def insert_attempt(
    session: Session,
    payment: tables.Payment,
    *,
    invoice_id: str | None,
    owed: bool = True,
    watch_after: timedelta,
    now: datetime,
) -> tables.PaymentAttempt:
    """Insert the next attempt of the payment and owe its work, now and, should that come to grief, once more later.

    PayPal knows it under the order's number unless an ``invoice_id`` is given. Not ``owed``, the work of now is the
    caller's.
    """
    earlier = await rows.attempts_of(session, payment_id=payment.id)
    attempt_id = ids.new_id(ids.ATTEMPT, now=now)
    attempt = tables.PaymentAttempt(
        id=attempt_id,
        payment_id=payment.id,
        number=len(earlier) + 1,
        create_request_id=f"{attempt_id}-create",
        capture_request_id=f"{attempt_id}-capture-1",
        return_key=ids.new_secret(),
        invoice_id=invoice_id,
        created_at=now,
    )
    session.add(attempt)
    await session.flush()
    if owed:
        await session.later(
            enums.Job.ADVANCE_PAYMENT, confirmation_key(attempt_id), attempt_id, enums.EventSource.PAYPAL_REPLY
        )
    await schedule_look(session, attempt, after=watch_after, now=now)
    return attempt


def confirmation_key(attempt_id: str) -> str:
    """Return the key of the work that a confirmation owes."""
    return f"confirm-{attempt_id}"


async def schedule_look(session: Session, attempt: tables.PaymentAttempt, *, after: timedelta, now: datetime) -> None:
    """Owe one more look at the attempt, in case nobody else brings it to its end before; it overtakes earlier ones."""
    attempt.looks += 1
    attempt.look_due_at = now + after
    await session.later(
        enums.Job.ADVANCE_PAYMENT,
        f"look-{attempt.id}-{attempt.looks}",
        attempt.id,
        enums.EventSource.RECONCILER,
        attempt.looks,
        delay=after or None,
    )
