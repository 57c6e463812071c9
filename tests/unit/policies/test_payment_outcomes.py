"""What PayPal's answers mean, and how failures are explained."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.enums import FailureAdvice as Advice
from models.enums import PaymentFailureCode as Code
from models.enums import ProviderFailureKind as Kind
from models.money import Money
from policies.payment_outcomes import BY_ISSUE, BY_KIND, CaptureFacts, Verdict, explain_failure, judge_capture

EXPECTED = Money(598)
ATTEMPT = "att_01"
KNOWN_ISSUES = {issue for _, issue in BY_ISSUE}
PAID = CaptureFacts(status="COMPLETED", amount=EXPECTED, reference=ATTEMPT)


def judge(facts: CaptureFacts) -> Verdict:
    return judge_capture(facts, expected=EXPECTED, attempt_id=ATTEMPT)


def test_a_completed_capture_of_what_was_asked_is_paid() -> None:
    assert judge(PAID) is Verdict.PAID


@pytest.mark.parametrize(
    "facts",
    [
        replace(PAID, amount=Money(597)),
        replace(PAID, amount=Money(599)),
        replace(PAID, amount=Money(598, "USD")),
        replace(PAID, amount=None),
        replace(PAID, reference="att_02"),
        replace(PAID, reference="ATT_01"),
        replace(PAID, reference=None),
    ],
)
def test_a_completed_capture_of_anything_else_is_suspicious(facts: CaptureFacts) -> None:
    assert judge(facts) is Verdict.SUSPICIOUS


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        (None, Verdict.NOT_CAPTURED),
        ("PENDING", Verdict.HELD),
        ("DECLINED", Verdict.DECLINED),
        ("FAILED", Verdict.DECLINED),
        ("REFUNDED", Verdict.GIVEN_BACK),
        ("PARTIALLY_REFUNDED", Verdict.SUSPICIOUS),
        ("completed", Verdict.SUSPICIOUS),
        ("A_WORD_OF_TOMORROW", Verdict.SUSPICIOUS),
        ("", Verdict.SUSPICIOUS),
    ],
)
def test_the_status_of_the_capture_decides(status: str | None, verdict: Verdict) -> None:
    assert judge(replace(PAID, status=status)) is verdict


def test_what_went_back_as_a_whole_is_given_back_whatever_the_sum_but_only_for_its_own_attempt() -> None:
    returned = replace(PAID, status="REFUNDED")

    assert judge(replace(returned, amount=Money(597))) is Verdict.GIVEN_BACK
    assert judge(replace(returned, reference="att_02")) is Verdict.SUSPICIOUS


@given(
    facts=st.builds(
        CaptureFacts,
        status=st.none() | st.sampled_from(["COMPLETED", "PENDING", "DECLINED", "REFUNDED"]) | st.text(),
        amount=st.none() | st.builds(Money, st.sampled_from([0, 597, 598, 59800]), st.sampled_from(["EUR", "USD"])),
        reference=st.none() | st.sampled_from([ATTEMPT, "att_02", ""]),
    )
)
def test_nothing_but_the_exact_capture_is_ever_paid(facts: CaptureFacts) -> None:
    assert (judge(facts) is Verdict.PAID) == (facts == PAID)


@pytest.mark.parametrize(
    ("kind", "issue", "code", "advice"),
    [
        (Kind.UNAVAILABLE, None, Code.PROVIDER_ERROR, Advice.RETRY_LATER),
        (Kind.PAYER_MUST_ACT, None, Code.APPROVAL_REFUSED, Advice.USE_ANOTHER_ACCOUNT),
        (Kind.PAYER_MUST_ACT, "PAYER_ACTION_REQUIRED", Code.APPROVAL_REFUSED, Advice.USE_ANOTHER_ACCOUNT),
        (Kind.PAYER_MUST_ACT, "ORDER_NOT_APPROVED", Code.APPROVAL_REFUSED, Advice.RETRY_NOW),
        (Kind.PAYER_MUST_ACT, "INSTRUMENT_DECLINED", Code.FUNDING_DECLINED, Advice.USE_ANOTHER_ACCOUNT),
        (
            Kind.PAYER_MUST_ACT,
            "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
            Code.FUNDING_DECLINED,
            Advice.USE_ANOTHER_ACCOUNT,
        ),
        (Kind.MANDATE_DEAD, "AGREEMENT_ALREADY_CANCELLED", Code.CONSENT_REVOKED, Advice.USE_ANOTHER_ACCOUNT),
        (Kind.MANDATE_DEAD, "TOKEN_ID_NOT_FOUND", Code.CONSENT_REVOKED, Advice.USE_ANOTHER_ACCOUNT),
        (Kind.PAYER_REFUSED, "PAYER_CANNOT_PAY", Code.ACCOUNT_RESTRICTED, Advice.CONTACT_PAYPAL),
        (Kind.PAYER_REFUSED, "PAYER_ACCOUNT_LOCKED_OR_CLOSED", Code.ACCOUNT_RESTRICTED, Advice.CONTACT_PAYPAL),
        (Kind.PAYER_REFUSED, "PAYER_ACCOUNT_RESTRICTED", Code.ACCOUNT_RESTRICTED, Advice.CONTACT_PAYPAL),
        (Kind.PAYER_REFUSED, "PAYMENT_SOURCE_CANNOT_BE_USED", Code.FUNDING_DECLINED, Advice.USE_ANOTHER_ACCOUNT),
        (Kind.PAYER_REFUSED, "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR", Code.FUNDING_DECLINED, Advice.USE_ANOTHER_ACCOUNT),
        (
            Kind.PAYER_REFUSED,
            "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
            Code.FUNDING_DECLINED,
            Advice.USE_ANOTHER_ACCOUNT,
        ),
        (Kind.PAYER_REFUSED, "TRANSACTION_LIMIT_EXCEEDED", Code.AMOUNT_REFUSED, Advice.USE_ANOTHER_ACCOUNT),
        (Kind.PAYER_REFUSED, "TRANSACTION_REFUSED", Code.OTHER, Advice.USE_ANOTHER_ACCOUNT),
        (Kind.PAYER_REFUSED, "COMPLIANCE_VIOLATION", Code.OTHER, Advice.USE_ANOTHER_ACCOUNT),
        (Kind.ALREADY_DONE, "ORDER_ALREADY_CAPTURED", Code.PROVIDER_ERROR, Advice.CONTACT_US),
        (Kind.POSSIBLE_DUPLICATE, "DUPLICATE_INVOICE_ID", Code.PROVIDER_ERROR, Advice.CONTACT_US),
        (Kind.RESOURCE_MISSING, "RESOURCE_NOT_FOUND", Code.PROVIDER_ERROR, Advice.RETRY_NOW),
        (Kind.MERCHANT_MISCONFIGURED, "PAYEE_ACCOUNT_RESTRICTED", Code.PROVIDER_ERROR, Advice.RETRY_LATER),
        (Kind.REQUEST_REJECTED, "AMOUNT_MISMATCH", Code.PROVIDER_ERROR, Advice.CONTACT_US),
    ],
)
def test_a_failure_is_explained_with_its_reason_and_an_advice(
    kind: Kind, issue: str | None, code: Code, advice: Advice
) -> None:
    assert explain_failure(kind, issue) == (code, advice)


def test_every_kind_of_failure_has_an_explanation() -> None:
    assert set(BY_KIND) == set(Kind)


@given(kind=st.sampled_from(Kind), issue=st.none() | st.text().filter(lambda issue: issue not in KNOWN_ISSUES))
def test_an_unknown_issue_is_explained_by_its_kind(kind: Kind, issue: str | None) -> None:
    assert explain_failure(kind, issue) == BY_KIND[kind]


@pytest.mark.parametrize("kind", [Kind.ALREADY_DONE, Kind.POSSIBLE_DUPLICATE])
def test_nobody_is_advised_to_pay_what_may_be_paid_already(kind: Kind) -> None:
    _, advice = explain_failure(kind, None)

    assert advice is Advice.CONTACT_US
