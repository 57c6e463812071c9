"""Apply what PayPal says about an attempt, whoever reports it: a reply, the payer's return, a webhook, a look."""

from datetime import datetime

import structlog

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import Capture, PayPalOrder
from models import enums, tables
from models.database import Session
from models.money import Money
from policies.payment_outcomes import CaptureFacts, Verdict, explain_failure, judge_capture
from policies.payment_transitions import FINAL
from policies.refusals import AfterRefusal, after_refusal
from policies.watching import Watch
from use_cases.complete_payment import complete_payment
from use_cases.confirm_payment import schedule_look
from use_cases.lose_account import lose_account
from use_cases.payment_states import move_payment

log = structlog.get_logger(__name__)

DECLINED = frozenset({"INSTRUMENT_DECLINED", "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"})


async def settle_payment(
    session: Session,
    *,
    attempt_id: str,
    paypal: PayPalOrder | None,
    failure: PayPalFailure | None,
    source: enums.EventSource,
    watch: Watch,
    now: datetime,
) -> enums.PaymentStatus:
    """Bring the payment to where PayPal's answer puts it and return its status; a final one stays as it is."""
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    if payment.status in FINAL:
        log.info("payment.answered_late", payment_id=payment.id, attempt_id=attempt.id, status=payment.status)
        return payment.status
    settlement = Settlement(session, payment=payment, attempt=attempt, source=source, watch=watch, now=now)
    if paypal is not None:
        await settlement.apply_order(paypal)
    elif failure is not None:
        await settlement.apply_failure(failure)
    return payment.status


class Settlement:
    """One answer being applied to one attempt."""

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

    async def apply_order(self, paypal: PayPalOrder) -> None:
        """Judge the capture in PayPal's order, not the order's own status: COMPLETED does not mean paid."""
        capture = paypal.capture
        verdict = judge_capture(
            CaptureFacts(
                status=capture.status if capture else None,
                amount=capture.amount if capture else None,
                reference=(capture.custom_id or paypal.custom_id) if capture else None,
            ),
            expected=Money(self.payment.amount_cents, self.payment.currency),
            attempt_id=self.attempt.id,
        )
        match verdict, capture:
            case Verdict.PAID, Capture():
                await complete_payment(
                    self.session,
                    payment=self.payment,
                    paypal=paypal,
                    capture=capture,
                    source=self.source,
                    watch=self.watch,
                    now=self.now,
                )
            case Verdict.HELD, Capture():
                await self.hold(capture)
            case Verdict.DECLINED, _:
                await self.fail(enums.ProviderFailureKind.PAYER_MUST_ACT, issue="INSTRUMENT_DECLINED")
            case Verdict.SUSPICIOUS, _:
                log.error("payment.capture_suspicious", payment_id=self.payment.id, attempt_id=self.attempt.id)
                await self.wait(enums.PaymentStatus.VERIFYING, note="What PayPal reports is not what was asked.")
            case _:
                await self.ask_approval(paypal.approve_url or self.attempt.approve_url, note=None)

    async def apply_failure(self, failure: PayPalFailure) -> None:
        """Sort a refusal by who must act; a held payment is ended only by what PayPal says of its capture."""
        step = after_refusal(
            kind=failure.kind,
            issue=failure.issue,
            registers_account=self.payment.registers_account,
            rounds=self.attempt.approval_rounds,
            has_approval_page=bool(failure.approve_url or self.attempt.approve_url),
        )
        match step:
            case _ if self.payment.status is enums.PaymentStatus.PENDING:
                await self.wait(enums.PaymentStatus.PENDING, note="")
            case AfterRefusal.VERIFY:
                await self.wait(enums.PaymentStatus.VERIFYING, note="PayPal's answer was lost; we are asking.")
            case AfterRefusal.APPROVE_AGAIN:
                await self.ask_approval(failure.approve_url or self.attempt.approve_url, note=failure.issue)
            case AfterRefusal.FAIL:
                await self.fail(failure.kind, issue=failure.issue)

    async def hold(self, capture: Capture) -> None:
        """PayPal holds the money: neither paid nor payable again until it decides."""
        if self.payment.status is not enums.PaymentStatus.PENDING:
            note = f"PayPal holds the payment: {capture.reason or 'no reason given'}."
            await self.move(enums.PaymentStatus.PENDING, note=note)
        await schedule_look(self.session, self.attempt, after=self.watch.after(self.attempt.looks))

    async def wait(self, status: enums.PaymentStatus, *, note: str) -> None:
        """Stay in, or come into, a state in which nobody may pay, and look again."""
        if self.payment.status not in {status, enums.PaymentStatus.PENDING}:  # a held payment stays held
            await self.move(status, note=note)
        await schedule_look(self.session, self.attempt, after=self.watch.after(self.attempt.looks))

    async def ask_approval(self, approve_url: str | None, *, note: str | None) -> None:
        """Send the payer to PayPal for the same order once more; the next capture is a new request."""
        if approve_url is None:
            await self.fail(enums.ProviderFailureKind.PAYER_MUST_ACT, issue=note)
            return
        attempt = self.attempt
        attempt.approval_rounds += 1
        attempt.capture_request_id = f"{attempt.id}-capture-{attempt.approval_rounds + 1}"
        attempt.approve_url = approve_url
        attempt.declined = note in DECLINED
        attempt.approval_expires_at = attempt.approval_expires_at or self.now + self.watch.approval_life
        await self.session.flush()
        await self.move(enums.PaymentStatus.AWAITING_APPROVAL, note=note)
        await schedule_look(self.session, attempt, after=self.watch.after(0))

    async def fail(self, kind: enums.ProviderFailureKind, *, issue: str | None) -> None:
        """End the payment unpaid; the order stays payable, and an account that is dead at PayPal is dead here."""
        code, advice = explain_failure(kind, issue)
        await self.move(enums.PaymentStatus.FAILED, note=issue, failure_code=code, failure_advice=advice)
        if kind is enums.ProviderFailureKind.MANDATE_DEAD and self.payment.account_id is not None:
            await lose_account(self.session, account_id=self.payment.account_id, now=self.now)

    async def move(self, status: enums.PaymentStatus, *, note: str | None, **changes: object) -> None:
        await move_payment(
            self.session, self.payment, to=status, source=self.source, now=self.now, note=note, **changes
        )
