"""May a renewal be charged today, and what follows when its charge has failed?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from models.enums import (
    OrderOrigin,
    PaymentFailureCode,
    PayPalAccountStatus,
    ProviderFailureKind,
    RenewalObstacle,
    ServiceStatus,
)
from policies.renewal_calendar import RETRY_DAYS, days_before
from policies.service_calendar import RUNNING

OUR_FAULT = frozenset({ProviderFailureKind.MERCHANT_MISCONFIGURED, ProviderFailureKind.REQUEST_REJECTED})


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """The notice: when its mail went out, if it has, and until when the customer can stop the charge."""

    sent_at: datetime | None
    stoppable_until: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeFacts:
    """A service whose renewal is on and due; ``order`` tells who opened the one that renews it, if there is one."""

    status: ServiceStatus
    expires_on: date
    account: PayPalAccountStatus | None
    told: Told | None
    above_maximum: bool  # what was announced is more than the customer wants to be charged
    order: OrderOrigin | None


def obstacle_to_charge(facts: ChargeFacts, *, today: date) -> RenewalObstacle | None:
    """Return why the renewal must not be charged, the weightiest reason first, or None when it may be."""
    reasons = (
        (RenewalObstacle.OTHER_ORDER, facts.order not in {None, OrderOrigin.SCHEDULER}),
        (RenewalObstacle.TOO_LATE, today > facts.expires_on),
        (RenewalObstacle.SERVICE_NOT_ACTIVE, facts.status not in RUNNING),
        (RenewalObstacle.ACCOUNT_LOST, facts.account is not PayPalAccountStatus.ACTIVE),
        (RenewalObstacle.NOTICE_MISSING, not was_told_in_time(facts.told)),
        (RenewalObstacle.PRICE_ABOVE_MAXIMUM, facts.above_maximum),
    )
    return next((obstacle for obstacle, stands in reasons if stands), None)


def was_told_in_time(told: Told | None) -> bool:
    """Tell whether the notice went out while the customer could still stop the charge."""
    return told is not None and told.sent_at is not None and told.sent_at < told.stoppable_until


class AfterFailure(Enum):
    """What becomes of a renewal whose charge has failed."""

    NOTHING = auto()  # the order was settled in another way
    RETRY = auto()  # on a later day, as a new payment
    TRY_ANEW = auto()  # as soon as may be: the payer was not at fault
    INVESTIGATE = auto()  # it may have been paid: a person looks before anybody pays again
    LEAVE = auto()  # to the customer: nothing more is tried


DUPLICATE = "DUPLICATE_INVOICE_ID"
NO_LIMIT = len(RETRY_DAYS)
# How often a charge refused for this reason is tried again; for any other reason it is not.
RETRIES: Mapping[str, int] = {
    "INSTRUMENT_DECLINED": NO_LIMIT,
    "TRANSACTION_REFUSED": 1,
    "PAYER_CANNOT_PAY": 1,
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": 1,
    "PAYER_ACCOUNT_RESTRICTED": 1,
    "DOMESTIC_TRANSACTION_REQUIRED": 1,
    "TRANSACTION_LIMIT_EXCEEDED": 1,
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED": 1,
}


def after_failed_charge(
    *, code: PaymentFailureCode, issue: str | None, refusals: int, wanted: bool = True
) -> AfterFailure:
    """Decide by who must act; ``refusals`` counts the charges of this renewal that have been refused, this one too.

    A payer who must act, or has withdrawn the consent, is asked and not charged again. A fault of ours, and an order
    that PayPal has let lapse uncaptured, say nothing about the payer. A renewal that is not ``wanted`` any more, since
    it was switched off while the charge was under way, is not charged again either.
    """
    match code:
        case PaymentFailureCode.ORDER_ALREADY_PAID | PaymentFailureCode.ORDER_NOT_PAYABLE:
            return AfterFailure.NOTHING
        case PaymentFailureCode.PROVIDER_ERROR if issue == DUPLICATE:
            return AfterFailure.INVESTIGATE
        case _ if not wanted:
            return AfterFailure.LEAVE
        case PaymentFailureCode.PROVIDER_ERROR:
            return AfterFailure.TRY_ANEW
        case _:
            return AfterFailure.RETRY if refusals <= RETRIES.get(issue or "", 0) else AfterFailure.LEAVE


def next_retry(*, expires_on: date, today: date) -> date | None:
    """Return the next day of the calendar for a retry, or None when none is left before the expiry."""
    days: Sequence[date] = sorted(days_before(expires_on, days) for days in RETRY_DAYS)
    return next((day for day in days if day > today), None)
