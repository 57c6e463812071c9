"""Apply what PayPal says about an attempt, whoever reports it: a reply, the payer's return, a webhook, a look."""

from datetime import datetime

import structlog

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import Capture, PayPalOrder
from models import enums, rows, tables
from models.database import Session
from policies.payment_outcomes import Verdict, explain_failure
from policies.payment_transitions import FINAL
from policies.refusals import UNKNOWN_OUTCOME, AfterRefusal, after_refusal
from policies.watching import Watch
from policies.webhook_topics import approvals_used
from use_cases.accept_capture import accept_capture, judge_order
from use_cases.confirm_payment import schedule_look
from use_cases.lose_account import lose_account
from use_cases.owe_emails import owe_payment_failed
from use_cases.payment_states import move_payment
from use_cases.settle_renewal import is_automatic, suspect_ourselves

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
    """Bring the payment to where PayPal's answer about one of its attempts puts it, and return its status.

    One that has ended, or goes on with a newer attempt, is changed by money that was taken and by nothing else.
    """
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    newest = (await rows.attempts_of(session, payment_id=payment.id))[-1]
    settlement = Settlement(session, payment=payment, attempt=attempt, source=source, watch=watch, now=now)
    match paypal, failure:
        case PayPalOrder(), _ if payment.status in FINAL or newest.id != attempt.id:
            await settlement.look_back(paypal)
        case PayPalOrder(), _:
            await settlement.apply_order(paypal)
        case None, PayPalFailure() if payment.status in FINAL or newest.id != attempt.id:
            await settlement.look_back_later(failure)
        case None, PayPalFailure():
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
        """Act on the capture in PayPal's order: paid, given back, held, declined, not as asked, or not made yet."""
        match judge_order(paypal, payment=self.payment, attempt=self.attempt), paypal.capture:
            case Verdict.PAID | Verdict.GIVEN_BACK, Capture() as capture:
                await self.accept(paypal, capture)
            case Verdict.HELD, Capture() as capture:
                await self.hold(capture)
            case Verdict.DECLINED, _:
                await self.fail(enums.ProviderFailureKind.PAYER_MUST_ACT, issue="INSTRUMENT_DECLINED")
            case Verdict.SUSPICIOUS, _:
                self.call_an_operator()
                await self.wait(enums.PaymentStatus.VERIFYING, note="What PayPal reports is not what was asked.")
            case _:
                await self.ask_approval(paypal.approve_url or self.attempt.approve_url, note=None)

    async def look_back(self, paypal: PayPalOrder) -> None:
        """Look for money taken by an attempt that nobody waits for any more; an approval of it is never captured."""
        if self.attempt.capture_id is not None:
            return  # in the books, as the payment of the order or as a refund
        self.attempt.look_due_at = None  # unless there is a reason to look again
        match judge_order(paypal, payment=self.payment, attempt=self.attempt), paypal.capture:
            case Verdict.PAID | Verdict.GIVEN_BACK, Capture() as capture:
                await self.accept(paypal, capture)
            case Verdict.HELD, _:
                await self.look_again()
            case Verdict.SUSPICIOUS, _:
                self.call_an_operator()

    async def look_back_later(self, failure: PayPalFailure) -> None:
        """Ask again about such an attempt while PayPal does not answer; an order that has lapsed took no money."""
        self.attempt.look_due_at = None
        if self.attempt.capture_id is None and failure.kind in UNKNOWN_OUTCOME:
            await self.look_again()

    async def accept(self, paypal: PayPalOrder, capture: Capture) -> None:
        await accept_capture(
            self.session,
            payment=self.payment,
            attempt=self.attempt,
            paypal=paypal,
            capture=capture,
            source=self.source,
            watch=self.watch,
            now=self.now,
        )

    def call_an_operator(self) -> None:
        log.error("payment.capture_suspicious", payment_id=self.payment.id, attempt_id=self.attempt.id)

    async def apply_failure(self, failure: PayPalFailure) -> None:
        """Sort a refusal by who must act; a held payment is ended only by what PayPal says of its capture."""
        step = after_refusal(
            kind=failure.kind,
            issue=failure.issue,
            registers_account=self.payment.registers_account,
            rounds=self.attempt.approval_rounds,
            has_approval_page=bool(failure.approve_url or self.attempt.approve_url),
            payer_present=not is_automatic(self.payment),
        )
        await suspect_ourselves(self.session, self.payment, kind=failure.kind, issue=failure.issue, now=self.now)
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
        await self.look_again()

    async def wait(self, status: enums.PaymentStatus, *, note: str) -> None:
        """Stay in, or come into, a state in which nobody may pay, and look again."""
        if self.payment.status not in {status, enums.PaymentStatus.PENDING}:  # a held payment stays held
            await self.move(status, note=note)
        await self.look_again()

    async def look_again(self) -> None:
        """Owe the next look; the pauses double up to the ceiling."""
        await schedule_look(self.session, self.attempt, after=self.watch.after(self.attempt.looks), now=self.now)

    async def ask_approval(self, approve_url: str | None, *, note: str | None) -> None:
        """Send the payer to PayPal for the same order once more; the next capture is a new request.

        Two drivers of one capture get the same refusal; the second one finds the payer asked already.
        """
        if self.payment.status is enums.PaymentStatus.AWAITING_APPROVAL:
            return
        if approve_url is None or is_automatic(self.payment):
            await self.fail(enums.ProviderFailureKind.PAYER_MUST_ACT, issue=note)
            return
        attempt = self.attempt
        attempt.approval_rounds += 1
        attempt.capture_request_id = f"{attempt.id}-capture-{attempt.approval_rounds + 1}"
        attempt.approve_url = approve_url
        used = approvals_used(rounds=attempt.approval_rounds, registers_account=self.payment.registers_account)
        attempt.declined = note in DECLINED and used > 0  # else any approval that PayPal shows is a new one
        attempt.approval_expires_at = attempt.approval_expires_at or self.now + self.watch.approval_life
        await self.session.flush()
        await self.move(enums.PaymentStatus.AWAITING_APPROVAL, note=note)
        await schedule_look(self.session, attempt, after=self.watch.after(0), now=self.now)

    async def fail(self, kind: enums.ProviderFailureKind, *, issue: str | None) -> None:
        """End the payment unpaid; the order stays payable, and an account that is dead at PayPal is dead here."""
        code, advice = explain_failure(kind, issue)
        await self.move(enums.PaymentStatus.FAILED, note=issue, failure_code=code, failure_advice=advice)
        await owe_payment_failed(self.session, payment=self.payment, source=self.source, now=self.now)
        if kind is enums.ProviderFailureKind.MANDATE_DEAD and self.payment.account_id is not None:
            await lose_account(self.session, account_id=self.payment.account_id, now=self.now)

    async def move(self, status: enums.PaymentStatus, *, note: str | None, **changes: object) -> None:
        await move_payment(
            self.session, self.payment, to=status, source=self.source, now=self.now, note=note, **changes
        )
