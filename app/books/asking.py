"""Asks PayPal about every entry of our books, a few at a time."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TypeVar

from gateways.paypal.client import PayPalClient
from gateways.paypal.errors import PayPalError, PayPalUnavailable, ResourceMissing
from gateways.paypal.messages import Refund
from models import tables
from models.book_rows import Entry
from models.enums import PaymentStatus, RefundReason
from models.money import Money
from policies.bookkeeping import OurEntry, PayPalEntry, RefundLine, line_of

AT_ONCE = 8

Answer = TypeVar("Answer")


class NotAsked(Exception):
    """PayPal could not be asked; the text says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """PayPal, asked by at most ``AT_ONCE`` calls at a time, each repeated after the pauses while there is no answer."""

    paypal: PayPalClient
    pauses: Sequence[timedelta]
    turns: asyncio.Semaphore

    async def ask(self, call: Callable[[], Awaitable[Answer]]) -> Answer | None:
        """Return the answer, or None when PayPal does not know the id. Raises ``NotAsked``."""
        async with self.turns:
            for pause in (*self.pauses, None):
                try:
                    return await call()
                except ResourceMissing:
                    return None
                except PayPalError as exc:
                    if pause is None or not isinstance(exc, PayPalUnavailable):
                        raise NotAsked(str(exc)) from exc
                    await asyncio.sleep(pause.total_seconds())
        raise AssertionError("the last try returns or raises")

    async def entry(self, entry: Entry) -> PayPalEntry:
        """Return what PayPal says about an entry, each refund of ours included wherever PayPal shows it."""
        order = await self.ask(lambda: self.paypal.get_order(entry.attempt.paypal_order_id or ""))
        if order is None:
            return PayPalEntry()
        shown = [line(each) for each in order.refunds]
        missing = {refund.paypal_refund_id for refund in entry.refunds} - {each.id for each in shown} - {None}
        elsewhere = [await self.refund(id) for id in sorted(filter(None, missing))]
        found = PayPalEntry(refunds=(*shown, *filter(None, elsewhere)))
        if order.capture is None:
            return found
        return replace(
            found,
            capture_id=order.capture.id,
            capture_status=order.capture.status,
            amount=order.capture.amount,
            reference=order.capture.custom_id or order.custom_id,
        )

    async def refund(self, refund_id: str) -> RefundLine | None:
        """Return PayPal's refund; None when it knows none."""
        found = await self.ask(lambda: self.paypal.get_refund(refund_id))
        return line(found) if found else None

    async def is_alive(self, account: tables.PayPalAccount) -> bool:
        """Tell whether PayPal still has the token of the account."""
        return await self.ask(lambda: self.paypal.get_payment_token(account.payment_token or "")) is not None


def line(refund: Refund) -> RefundLine:
    return line_of(refund.id, refund.status, refund.amount)


def ours(entry: Entry) -> OurEntry:
    """Return what our books say about an entry."""
    attempt, payment = entry.attempt, entry.payment
    pays = payment.status is PaymentStatus.SUCCEEDED and payment.capture_id == attempt.capture_id
    return OurEntry(
        attempt_id=attempt.id,
        payment=payment.status,
        is_newest=entry.is_newest,
        order=entry.order.status,
        amount=Money(payment.amount_cents, payment.currency) if pays else unpaid_sum(entry),
        capture_id=attempt.capture_id,
        pays=pays,
        refunds=tuple(our_line(refund) for refund in entry.refunds),
    )


def unpaid_sum(entry: Entry) -> Money:
    """Return what an attempt that paid nothing has taken: what was asked, or what PayPal itself gave back of it."""
    at_paypal = [refund for refund in entry.refunds if refund.reason is RefundReason.AT_PAYPAL]
    if at_paypal and len(at_paypal) == len(entry.refunds):
        return Money(sum(refund.amount_cents for refund in at_paypal), at_paypal[0].currency)
    return Money(entry.payment.amount_cents, entry.payment.currency)


def our_line(refund: tables.Refund) -> RefundLine:
    """Return a refund as a line of our books."""
    amount = Money(refund.amount_cents, refund.currency)
    return RefundLine(id=refund.paypal_refund_id or "", status=refund.status, amount=amount)
