"""What PayPal's answer means for a payment, and how a failure is explained to the customer."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum, auto
from typing import TypeAlias

from models.enums import FailureAdvice, PaymentFailureCode, ProviderFailureKind, RefundReason
from models.money import Money

MAX_APPROVAL_ROUNDS = 3  # how often a payer is sent to PayPal for one order


class Verdict(Enum):
    """What a capture amounts to."""

    PAID = auto()
    HELD = auto()  # PayPal has the money and has not decided
    DECLINED = auto()
    GIVEN_BACK = auto()  # taken and given back at PayPal before we heard of either
    SUSPICIOUS = auto()  # not what was asked, or not understood: a person looks, nobody pays again
    NOT_CAPTURED = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class CaptureFacts:
    """PayPal's word for the status, the sum and our reference (``custom_id``); all absent when there is no capture."""

    status: str | None
    amount: Money | None
    reference: str | None


def judge_capture(facts: CaptureFacts, *, expected: Money, attempt_id: str) -> Verdict:
    """Judge a capture by its own status: paid only when sum, currency and reference are exactly what was asked.

    What was taken for this attempt and went back as a whole pays nothing, whatever the sum: so a person settles in
    PayPal's dashboard what is suspicious. PARTIALLY_REFUNDED is, as every unknown word.
    Statuses: https://developer.paypal.com/docs/api/orders/v2/
    """
    match facts.status:
        case None:
            return Verdict.NOT_CAPTURED
        case "COMPLETED" if facts.amount == expected and facts.reference == attempt_id:
            return Verdict.PAID
        case "PENDING":
            return Verdict.HELD
        case "DECLINED" | "FAILED":
            return Verdict.DECLINED
        case "REFUNDED" if facts.reference == attempt_id:
            return Verdict.GIVEN_BACK
        case _:
            return Verdict.SUSPICIOUS


Explanation: TypeAlias = tuple[PaymentFailureCode, FailureAdvice]

FUNDING = (PaymentFailureCode.FUNDING_DECLINED, FailureAdvice.USE_ANOTHER_ACCOUNT)
RESTRICTED = (PaymentFailureCode.ACCOUNT_RESTRICTED, FailureAdvice.CONTACT_PAYPAL)
MAYBE_PAID = (PaymentFailureCode.PROVIDER_ERROR, FailureAdvice.CONTACT_US)  # never advise to pay twice

BY_KIND: Mapping[ProviderFailureKind, Explanation] = {
    ProviderFailureKind.UNAVAILABLE: (PaymentFailureCode.PROVIDER_ERROR, FailureAdvice.RETRY_LATER),
    # a new account leads over PayPal's pages, where the payer can act; the stored one would fail again
    ProviderFailureKind.PAYER_MUST_ACT: (PaymentFailureCode.APPROVAL_REFUSED, FailureAdvice.USE_ANOTHER_ACCOUNT),
    ProviderFailureKind.MANDATE_DEAD: (PaymentFailureCode.CONSENT_REVOKED, FailureAdvice.USE_ANOTHER_ACCOUNT),
    ProviderFailureKind.PAYER_REFUSED: (PaymentFailureCode.OTHER, FailureAdvice.USE_ANOTHER_ACCOUNT),
    ProviderFailureKind.ALREADY_DONE: MAYBE_PAID,
    ProviderFailureKind.POSSIBLE_DUPLICATE: MAYBE_PAID,
    # the order lapsed at PayPal: the next payment opens a new one
    ProviderFailureKind.RESOURCE_MISSING: (PaymentFailureCode.PROVIDER_ERROR, FailureAdvice.RETRY_NOW),
    # an operator is alerted and can repair it; a request that is wrong stays wrong until a release
    ProviderFailureKind.MERCHANT_MISCONFIGURED: (PaymentFailureCode.PROVIDER_ERROR, FailureAdvice.RETRY_LATER),
    ProviderFailureKind.REQUEST_REJECTED: (PaymentFailureCode.PROVIDER_ERROR, FailureAdvice.CONTACT_US),
}
BY_ISSUE: Mapping[tuple[ProviderFailureKind, str], Explanation] = {
    (ProviderFailureKind.PAYER_MUST_ACT, "INSTRUMENT_DECLINED"): FUNDING,
    (ProviderFailureKind.PAYER_MUST_ACT, "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"): FUNDING,
    (ProviderFailureKind.PAYER_MUST_ACT, "ORDER_NOT_APPROVED"): (
        PaymentFailureCode.APPROVAL_REFUSED,
        FailureAdvice.RETRY_NOW,
    ),
    (ProviderFailureKind.PAYER_REFUSED, "PAYER_CANNOT_PAY"): RESTRICTED,
    (ProviderFailureKind.PAYER_REFUSED, "PAYER_ACCOUNT_LOCKED_OR_CLOSED"): RESTRICTED,
    (ProviderFailureKind.PAYER_REFUSED, "PAYER_ACCOUNT_RESTRICTED"): RESTRICTED,
    (ProviderFailureKind.PAYER_REFUSED, "PAYMENT_SOURCE_CANNOT_BE_USED"): FUNDING,
    (ProviderFailureKind.PAYER_REFUSED, "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR"): FUNDING,
    (ProviderFailureKind.PAYER_REFUSED, "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED"): FUNDING,
    (ProviderFailureKind.PAYER_REFUSED, "TRANSACTION_LIMIT_EXCEEDED"): (
        PaymentFailureCode.AMOUNT_REFUSED,
        FailureAdvice.USE_ANOTHER_ACCOUNT,
    ),
}


BY_REASON: Mapping[RefundReason, Explanation] = {  # why money does not stay with us that a payment has taken
    RefundReason.ORDER_PAID_TWICE: (PaymentFailureCode.ORDER_ALREADY_PAID, FailureAdvice.NO_ACTION),
    RefundReason.ORDER_NOT_PAYABLE: (PaymentFailureCode.ORDER_NOT_PAYABLE, FailureAdvice.NO_ACTION),
    RefundReason.AT_PAYPAL: (PaymentFailureCode.OTHER, FailureAdvice.RETRY_NOW),  # the order is still to be paid
}


def explain_failure(kind: ProviderFailureKind, issue: str | None) -> Explanation:
    """Return the reason and the advice for the customer; an issue that says no more than its kind changes nothing."""
    return BY_ISSUE.get((kind, issue or ""), BY_KIND[kind])
