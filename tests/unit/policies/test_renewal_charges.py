"""Whether a renewal may be charged, and what follows when its charge has failed."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from gateways.paypal.errors import ISSUES
from models.enums import (
    OrderOrigin,
    PaymentFailureCode,
    PayPalAccountStatus,
    ProviderFailureKind,
    RenewalObstacle,
    ServiceStatus,
)
from policies.payment_outcomes import explain_failure
from policies.renewal_charges import (
    AfterFailure,
    ChargeFacts,
    Told,
    after_failed_charge,
    next_retry,
    obstacle_to_charge,
    was_told_in_time,
)

EXPIRY = date(2026, 6, 30)
CHARGE_DAY = date(2026, 6, 23)
MIDNIGHT = datetime(2026, 6, 22, 22, tzinfo=UTC)
TOLD = Told(sent_at=MIDNIGHT - timedelta(days=23), stoppable_until=MIDNIGHT)


def facts(**values: Any) -> ChargeFacts:
    defaults: dict[str, Any] = {
        "status": ServiceStatus.EXPIRING,
        "expires_on": EXPIRY,
        "account": PayPalAccountStatus.ACTIVE,
        "told": TOLD,
        "above_maximum": False,
        "order": None,
    }
    return ChargeFacts(**defaults | values)


@pytest.mark.parametrize(
    ("known", "today", "obstacle"),
    [
        ({}, CHARGE_DAY, None),
        ({"order": OrderOrigin.SCHEDULER}, CHARGE_DAY, None),
        ({}, EXPIRY, None),
        ({}, EXPIRY + timedelta(days=1), RenewalObstacle.TOO_LATE),
        ({"told": None}, CHARGE_DAY, RenewalObstacle.NOTICE_MISSING),
        ({"told": Told(sent_at=None, stoppable_until=MIDNIGHT)}, CHARGE_DAY, RenewalObstacle.NOTICE_MISSING),
        ({"told": Told(sent_at=MIDNIGHT, stoppable_until=MIDNIGHT)}, CHARGE_DAY, RenewalObstacle.NOTICE_MISSING),
        ({"above_maximum": True}, CHARGE_DAY, RenewalObstacle.PRICE_ABOVE_MAXIMUM),
        ({"above_maximum": True, "account": None}, CHARGE_DAY, RenewalObstacle.ACCOUNT_LOST),
        ({"account": None}, CHARGE_DAY, RenewalObstacle.ACCOUNT_LOST),
        ({"account": PayPalAccountStatus.REVOKED}, CHARGE_DAY, RenewalObstacle.ACCOUNT_LOST),
        ({"account": PayPalAccountStatus.REMOVED}, CHARGE_DAY, RenewalObstacle.ACCOUNT_LOST),
        ({"account": PayPalAccountStatus.PENDING_APPROVAL}, CHARGE_DAY, RenewalObstacle.ACCOUNT_LOST),
        ({"status": ServiceStatus.SUSPENDED}, CHARGE_DAY, RenewalObstacle.SERVICE_NOT_ACTIVE),
        ({"status": ServiceStatus.PENDING_ACTIVATION}, CHARGE_DAY, RenewalObstacle.SERVICE_NOT_ACTIVE),
        ({"status": ServiceStatus.EXPIRED}, EXPIRY + timedelta(days=1), RenewalObstacle.TOO_LATE),
        ({"order": OrderOrigin.CUSTOMER}, CHARGE_DAY, RenewalObstacle.OTHER_ORDER),
        ({"told": None, "account": None}, CHARGE_DAY, RenewalObstacle.ACCOUNT_LOST),
        ({"told": None, "order": OrderOrigin.CUSTOMER}, EXPIRY, RenewalObstacle.OTHER_ORDER),
    ],
)
def test_what_stands_in_the_way_of_a_charge(
    known: dict[str, Any], today: date, obstacle: RenewalObstacle | None
) -> None:
    assert obstacle_to_charge(facts(**known), today=today) is obstacle


@pytest.mark.parametrize(("late", "in_time"), [(-1, True), (0, False), (1, False)])
def test_a_notice_counts_only_while_the_charge_can_still_be_stopped(late: int, in_time: bool) -> None:
    sent_at = MIDNIGHT + timedelta(microseconds=late)

    assert was_told_in_time(Told(sent_at=sent_at, stoppable_until=MIDNIGHT)) is in_time


RETRIED_ALWAYS = {"INSTRUMENT_DECLINED"}
RETRIED_ONCE = {
    "TRANSACTION_REFUSED",
    "PAYER_CANNOT_PAY",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED",
    "PAYER_ACCOUNT_RESTRICTED",
    "DOMESTIC_TRANSACTION_REQUIRED",
    "TRANSACTION_LIMIT_EXCEEDED",
    "MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED",
}
SETTLED = {PaymentFailureCode.ORDER_ALREADY_PAID, PaymentFailureCode.ORDER_NOT_PAYABLE}


@pytest.mark.parametrize("refusals", [1, 2, 3])
@pytest.mark.parametrize("issue", [*sorted(ISSUES), None, "A_WORD_NOBODY_KNOWS"])
@pytest.mark.parametrize("code", PaymentFailureCode)
def test_what_follows_a_failed_charge(code: PaymentFailureCode, issue: str | None, refusals: int) -> None:
    again = issue in RETRIED_ALWAYS or (issue in RETRIED_ONCE and refusals == 1)
    expected = AfterFailure.RETRY if again else AfterFailure.LEAVE
    if code is PaymentFailureCode.PROVIDER_ERROR:
        expected = AfterFailure.INVESTIGATE if issue == "DUPLICATE_INVOICE_ID" else AfterFailure.TRY_ANEW
    if code in SETTLED:
        expected = AfterFailure.NOTHING

    assert after_failed_charge(code=code, issue=issue, refusals=refusals) is expected


@pytest.mark.parametrize("issue", [*sorted(ISSUES), None])
@pytest.mark.parametrize("code", PaymentFailureCode)
def test_a_renewal_that_was_switched_off_meanwhile_is_not_charged_again(
    code: PaymentFailureCode, issue: str | None
) -> None:
    follows = after_failed_charge(code=code, issue=issue, refusals=1, wanted=False)

    doubtful = code is PaymentFailureCode.PROVIDER_ERROR and issue == "DUPLICATE_INVOICE_ID"
    expected = AfterFailure.INVESTIGATE if doubtful else AfterFailure.LEAVE
    assert follows is (AfterFailure.NOTHING if code in SETTLED else expected)


@pytest.mark.parametrize(
    ("kind", "issue", "follows"),
    [
        (ProviderFailureKind.PAYER_MUST_ACT, "INSTRUMENT_DECLINED", AfterFailure.RETRY),
        (ProviderFailureKind.PAYER_MUST_ACT, "PAYER_ACTION_REQUIRED", AfterFailure.LEAVE),
        (ProviderFailureKind.PAYER_REFUSED, "TRANSACTION_REFUSED", AfterFailure.RETRY),
        (ProviderFailureKind.PAYER_REFUSED, "COMPLIANCE_VIOLATION", AfterFailure.LEAVE),
        (ProviderFailureKind.MANDATE_DEAD, "TOKEN_ID_NOT_FOUND", AfterFailure.LEAVE),
        (ProviderFailureKind.RESOURCE_MISSING, None, AfterFailure.TRY_ANEW),
        (ProviderFailureKind.MERCHANT_MISCONFIGURED, "PERMISSION_DENIED", AfterFailure.TRY_ANEW),
        (ProviderFailureKind.REQUEST_REJECTED, "MALFORMED_REQUEST_JSON", AfterFailure.TRY_ANEW),
        (ProviderFailureKind.POSSIBLE_DUPLICATE, "DUPLICATE_INVOICE_ID", AfterFailure.INVESTIGATE),
    ],
)
def test_what_paypal_says_first_leads_to(kind: ProviderFailureKind, issue: str | None, follows: AfterFailure) -> None:
    code, _ = explain_failure(kind, issue)

    assert after_failed_charge(code=code, issue=issue, refusals=1) is follows


@pytest.mark.parametrize(
    ("today", "retry_on"),
    [
        (date(2026, 6, 23), date(2026, 6, 25)),
        (date(2026, 6, 24), date(2026, 6, 25)),
        (date(2026, 6, 25), date(2026, 6, 27)),
        (date(2026, 6, 27), date(2026, 6, 29)),
        (date(2026, 6, 28), date(2026, 6, 29)),
        (date(2026, 6, 29), None),
        (date(2026, 6, 30), None),
    ],
)
def test_retries_come_on_the_days_of_the_calendar_that_are_left(today: date, retry_on: date | None) -> None:
    assert next_retry(expires_on=EXPIRY, today=today) == retry_on


def test_retries_are_counted_through_a_leap_february() -> None:
    assert next_retry(expires_on=date(2028, 3, 5), today=date(2028, 2, 27)) == date(2028, 2, 29)
