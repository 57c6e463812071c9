"""The calls to PayPal that durable steps make; every failure comes back as a value, because steps keep values."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog
from pydantic import BaseModel, ConfigDict

from gateways.paypal.errors import PayPalError, PayPalFailure, PayPalUnavailable
from gateways.paypal.messages import (
    Answer,
    Approval,
    OrderRequest,
    PayPalOrder,
    Refund,
    RefundRequest,
    StoredCharge,
)
from models.enums import PaymentInitiator, ProviderFailureKind
from policies.watching import pause_before_repeating
from use_cases.attempt_facts import AttemptFacts
from use_cases.settle_refund import RefundFacts
from workflows.engine import Runtime, runtime

log = structlog.get_logger(__name__)

PAGE_LOCALES = {"it": "it-IT", "en": "en-GB"}
OUR_FAULT = frozenset({ProviderFailureKind.MERCHANT_MISCONFIGURED, ProviderFailureKind.REQUEST_REJECTED})
VAULT_DESCRIPTION = "Rinnovo automatico dei servizi"  # without accents: PayPal refuses them there

Answered = TypeVar("Answered", bound=Answer)


class PayPalAnswer(BaseModel):
    """What PayPal answered: an order, or why there is none."""

    model_config = ConfigDict(frozen=True)

    order: PayPalOrder | None = None
    failure: PayPalFailure | None = None


class RefundAnswer(BaseModel):
    """What PayPal answered about a refund, or why it did not."""

    model_config = ConfigDict(frozen=True)

    refund: Refund | None = None
    failure: PayPalFailure | None = None


async def create_order(facts: AttemptFacts) -> PayPalAnswer:
    """Open the attempt's order at PayPal, under its stored request id."""
    working = runtime()
    request = OrderRequest(
        reference=facts.attempt_id,
        invoice_id=facts.invoice_id or facts.order_number,
        description=f"Ordine {facts.order_number}",
        amount=facts.amount,
        approval=approval(facts, working) if facts.registers_account else None,
    )
    return await answer(working, lambda: working.paypal.create_order(request, request_id=facts.create_request_id))


async def capture_order(facts: AttemptFacts, order_id: str, charge_stored: bool) -> PayPalAnswer:
    """Take the money of the attempt's order, under its stored request id; one taken already is read instead."""
    working = runtime()
    charge = stored_charge(facts, working) if charge_stored else None
    captured = await answer(
        working,
        lambda: working.paypal.capture_order(order_id, request_id=facts.capture_request_id, charge=charge),
    )
    if captured.failure is not None and captured.failure.kind is ProviderFailureKind.ALREADY_DONE:
        return await read_order(order_id)
    return captured


async def read_order(order_id: str) -> PayPalAnswer:
    """Read the truth about an order; unless PayPal does not know it, a failure to read says nothing about it."""
    working = runtime()
    seen = await answer(working, lambda: working.paypal.get_order(order_id))
    if seen.failure is None or seen.failure.kind is ProviderFailureKind.RESOURCE_MISSING:
        return seen
    return PayPalAnswer(failure=seen.failure.model_copy(update={"kind": ProviderFailureKind.UNAVAILABLE}))


async def give_back(facts: RefundFacts) -> RefundAnswer:
    """Ask PayPal for the refund, under its stored request id; the answer is of this refund, whatever it names."""
    working = runtime()
    request = RefundRequest(amount=facts.amount, reference=facts.refund_id, note=facts.note)
    given = await persist(
        working,
        lambda: working.paypal.refund_capture(facts.capture_id, request, request_id=facts.request_id or ""),
    )
    if isinstance(given, PayPalFailure):
        return RefundAnswer(failure=given)
    return RefundAnswer(refund=given.model_copy(update={"custom_id": facts.refund_id}))


async def look_at_refund(facts: RefundFacts) -> RefundAnswer:
    """Read the truth about a refund that PayPal has."""
    working = runtime()
    seen = await persist(working, lambda: working.paypal.get_refund(facts.paypal_refund_id or ""))
    return RefundAnswer(failure=seen) if isinstance(seen, PayPalFailure) else RefundAnswer(refund=seen)


async def answer(working: Runtime, call: Callable[[], Awaitable[PayPalOrder]]) -> PayPalAnswer:
    """Make the call about an order and return what came."""
    came = await persist(working, call)
    return PayPalAnswer(failure=came) if isinstance(came, PayPalFailure) else PayPalAnswer(order=came)


async def persist(working: Runtime, call: Callable[[], Awaitable[Answered]]) -> Answered | PayPalFailure:
    """Make the call, repeat it unchanged while PayPal gives no answer and patience lasts, and return what came."""
    for delay in (*working.retry_delays, None):
        try:
            return await call()
        except PayPalUnavailable as error:
            failure = PayPalFailure.of(error)
            pause = pause_before_repeating(delay, asked_seconds=error.retry_after_seconds)
            if pause is None:
                break
            await asyncio.sleep(pause.total_seconds())
        except PayPalError as error:
            if error.kind in OUR_FAULT:
                log.error("paypal.refused_us", kind=error.kind, issue=error.issue, debug_id=error.debug_id)
            return PayPalFailure.of(error)
    return failure


def approval(facts: AttemptFacts, working: Runtime) -> Approval:
    """Return how a payer who registers an account is asked on PayPal's pages."""
    return Approval(
        return_url=return_address(facts, working, outcome="return"),
        cancel_url=return_address(facts, working, outcome="cancel"),
        locale=PAGE_LOCALES[facts.locale],
        brand_name=working.brand_name,
        store_in_vault=True,
        merchant_customer_id=facts.customer_id,
        vault_description=VAULT_DESCRIPTION,
        customer_type=facts.customer_kind,
    )


def stored_charge(facts: AttemptFacts, working: Runtime) -> StoredCharge:
    """Return how a registered account is charged: its owner present, or absent when a renewal charges itself."""
    if facts.initiator is PaymentInitiator.AUTOMATIC_RENEWAL:
        return StoredCharge(payment_token=facts.payment_token or "", initiator="MERCHANT")
    return StoredCharge(
        payment_token=facts.payment_token or "",
        initiator="CUSTOMER",
        return_url=return_address(facts, working, outcome="return"),
        cancel_url=return_address(facts, working, outcome="cancel"),
    )


def return_address(facts: AttemptFacts, working: Runtime, *, outcome: str) -> str:
    """Return where PayPal sends the browser; the key in it names the attempt and cannot be guessed."""
    return f"{working.public_url}/paypal/{outcome}?attempt={facts.return_key}"
