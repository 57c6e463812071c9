"""PayPal has seen a payment with the number of this order: find it before anything else is tried."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PayPalOrder
from models import enums, rows, tables
from models.database import Session
from policies.duplicates import Finding, NextStep, after_duplicate, found
from policies.payment_outcomes import Verdict, explain_failure
from policies.refunds import PAID
from policies.watching import Watch
from use_cases.accept_capture import accept_capture, judge_order
from use_cases.confirm_payment import insert_attempt, schedule_look
from use_cases.owe_emails import owe_payment_failed
from use_cases.payment_states import move_payment
from use_cases.unwanted_money import end_unwanted

log = structlog.get_logger(__name__)

ACCEPTED = frozenset({Verdict.PAID, Verdict.GIVEN_BACK})  # money that belongs into the books


@dataclass(frozen=True, kw_only=True, slots=True)
class Sighting:
    """What PayPal says now about an attempt to pay the order."""

    attempt_id: str
    paypal: PayPalOrder | None
    failure: PayPalFailure | None


async def opened_attempts(session: Session, attempt_id: str) -> list[tuple[str, str]]:
    """Return the attempts to pay the order of this one, of any payment, with the orders they opened at PayPal.

    This one too: a worker that died after its capture asks again when PayPal may have forgotten the request id.
    """
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    attempts = await rows.attempts_of_order(session, order_id=payment.order_id)
    return [(each.id, each.paypal_order_id) for each in attempts if each.paypal_order_id]


async def resolve_duplicate(
    session: Session,
    *,
    attempt_id: str,
    sightings: Sequence[Sighting],
    source: enums.EventSource,
    watch: Watch,
    now: datetime,
) -> enums.PaymentStatus:
    """Adopt the money if it is there; only when it is proved that there is none, try with another invoice id.

    Never without one: it is PayPal's own guard against a second payment.
    """
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    own = await rows.attempts_of(session, payment_id=payment.id)
    if payment.status is not enums.PaymentStatus.PROCESSING or own[-1].id != attempt.id:
        return payment.status  # another worker has resolved it
    findings = [await look_into(session, each, source=source, watch=watch, now=now) for each in sightings]
    order = await session.get_one(tables.Order, payment.order_id)
    duplicate = Duplicate(session, payment=payment, attempt=attempt, source=source, watch=watch, now=now)
    match after_duplicate(findings, order=order.status, tries=len(own)):
        case _ if payment.status is not enums.PaymentStatus.PROCESSING:
            pass  # the money was that of this very payment
        case NextStep.STOP:
            await duplicate.stop(order)
        case NextStep.WAIT:
            await duplicate.wait()
        case NextStep.ANOTHER_INVOICE:
            await duplicate.try_another_invoice(order)
        case NextStep.GIVE_UP:
            await duplicate.give_up()
    return payment.status


async def look_into(
    session: Session, sighting: Sighting, *, source: enums.EventSource, watch: Watch, now: datetime
) -> Finding:
    """Return what an attempt amounts to; money that it has taken is booked."""
    attempt = await session.get_one(tables.PaymentAttempt, sighting.attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    paypal, known = sighting.paypal, attempt.capture_id is not None
    verdict = judge_order(paypal, payment=payment, attempt=attempt) if paypal is not None else None
    finding = found(verdict, failure=sighting.failure.kind if sighting.failure else None, in_the_books=known)
    if verdict in ACCEPTED and paypal is not None and paypal.capture is not None:
        await accept_capture(
            session,
            payment=payment,
            attempt=attempt,
            paypal=paypal,
            capture=paypal.capture,
            source=source,
            watch=watch,
            now=now,
        )
    return finding


class Duplicate:
    """A payment whose invoice id PayPal has refused."""

    def __init__(
        self,
        session: Session,
        *,
        payment: tables.Payment,
        attempt: tables.PaymentAttempt,
        source: enums.EventSource,
        watch: Watch,
        now: datetime,
    ) -> None:
        self.session = session
        self.payment = payment
        self.attempt = attempt
        self.source = source
        self.watch = watch
        self.now = now

    async def stop(self, order: tables.Order) -> None:
        """End this payment, which took no money: the earlier one has paid the order, or could not and is given back."""
        paid = order.status in PAID
        reason = enums.RefundReason.ORDER_PAID_TWICE if paid else enums.RefundReason.ORDER_NOT_PAYABLE
        note = "An earlier attempt to pay the order had taken the money."
        await end_unwanted(self.session, self.payment, reason=reason, source=self.source, now=self.now, note=note)

    async def wait(self) -> None:
        """Nobody may pay before the earlier attempts are known."""
        await self.move(enums.PaymentStatus.VERIFYING, note="PayPal knows this order; we are asking what it knows.")
        await schedule_look(self.session, self.attempt, after=self.watch.after(self.attempt.looks), now=self.now)

    async def try_another_invoice(self, order: tables.Order) -> None:
        """Begin anew under an invoice id of its own; the payment stays claimed."""
        attempts = await rows.attempts_of_order(self.session, order_id=order.id)
        invoice_id = f"{order.number}-{len(attempts) + 1}"
        await insert_attempt(
            self.session,
            self.payment,
            invoice_id=invoice_id,
            watch_after=self.watch.worker_lost_after,
            now=self.now,
        )
        log.warning("payment.invoice_changed", payment_id=self.payment.id, invoice_id=invoice_id)

    async def give_up(self) -> None:
        """PayPal refuses every invoice id: a person has to look."""
        code, advice = explain_failure(enums.ProviderFailureKind.POSSIBLE_DUPLICATE, "DUPLICATE_INVOICE_ID")
        log.error("payment.invoice_refused", payment_id=self.payment.id, attempt_id=self.attempt.id)
        await self.move(
            enums.PaymentStatus.FAILED, note="DUPLICATE_INVOICE_ID", failure_code=code, failure_advice=advice
        )
        await owe_payment_failed(self.session, payment=self.payment, source=self.source, now=self.now)

    async def move(self, status: enums.PaymentStatus, *, note: str, **changes: object) -> None:
        await move_payment(
            self.session, self.payment, to=status, source=self.source, now=self.now, note=note, **changes
        )
