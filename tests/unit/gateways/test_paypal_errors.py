"""PayPal's errors, sorted by who must act, whatever the shape of the answer."""

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateways.paypal.errors import (
    ISSUES,
    AlreadyDone,
    MandateDead,
    MerchantMisconfigured,
    PayerMustAct,
    PayerRefused,
    PayPalError,
    PayPalFailure,
    PayPalUnavailable,
    PossibleDuplicate,
    RequestRejected,
    ResourceMissing,
    classify,
)
from models.enums import ProviderFailureKind
from tests.unit.gateways.paypal_side import refusal

SORTED = [
    (AlreadyDone, 422, ["ORDER_ALREADY_CAPTURED", "ORDER_ALREADY_COMPLETED", "PAYMENT_ALREADY_APPROVED"]),
    (AlreadyDone, 422, ["CAPTURE_FULLY_REFUNDED", "SETUP_TOKEN_ALREADY_TOKENIZED"]),
    (PayPalUnavailable, 409, ["PREVIOUS_REQUEST_IN_PROGRESS", "RESOURCE_CONFLICT"]),
    (PayPalUnavailable, 422, ["ORDER_COMPLETION_IN_PROGRESS", "PREVIOUS_REQUEST_IN_PROGRESS"]),
    (PayPalUnavailable, 429, ["RATE_LIMIT_REACHED", "PERMISSION_DENIED", "SOMETHING_NEW"]),
    (PayPalUnavailable, 500, ["INTERNAL_SERVER_ERROR", "INSTRUMENT_DECLINED"]),
    (PayPalUnavailable, 503, ["SERVICE_UNAVAILABLE"]),
    (PayerMustAct, 422, ["INSTRUMENT_DECLINED", "PAYER_ACTION_REQUIRED", "ORDER_NOT_APPROVED"]),
    (PayerMustAct, 422, ["REDIRECT_PAYER_FOR_ALTERNATE_FUNDING"]),
    (MandateDead, 422, ["AGREEMENT_ALREADY_CANCELLED", "BILLING_AGREEMENT_NOT_FOUND", "TOKEN_ID_NOT_FOUND"]),
    (MandateDead, 422, ["TOKEN_EXPIRED", "IDENTIFIER_NOT_FOUND", "MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE"]),
    (MandateDead, 404, ["TOKEN_ID_NOT_FOUND", "BILLING_AGREEMENT_NOT_FOUND"]),
    (PayerRefused, 422, ["PAYER_CANNOT_PAY", "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "PAYER_ACCOUNT_RESTRICTED"]),
    (PayerRefused, 422, ["DOMESTIC_TRANSACTION_REQUIRED", "TRANSACTION_LIMIT_EXCEEDED"]),
    (PayerRefused, 422, ["MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED", "TRANSACTION_REFUSED", "COMPLIANCE_VIOLATION"]),
    (PayerRefused, 422, ["TRANSACTION_BLOCKED_BY_PAYEE", "PAYEE_BLOCKED_TRANSACTION"]),
    (PayerRefused, 422, ["PAYMENT_SOURCE_CANNOT_BE_USED", "PAYMENT_SOURCE_DECLINED_BY_PROCESSOR"]),
    (PossibleDuplicate, 422, ["DUPLICATE_INVOICE_ID"]),
    (ResourceMissing, 404, ["INVALID_RESOURCE_ID", "RESOURCE_NOT_FOUND", "SOMETHING_NEW"]),
    (MerchantMisconfigured, 422, ["NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE", "TRANSACTION_RECEIVING_LIMIT_EXCEEDED"]),
    (MerchantMisconfigured, 422, ["PAYEE_ACCOUNT_INVALID", "PAYEE_ACCOUNT_LOCKED_OR_CLOSED"]),
    (MerchantMisconfigured, 422, ["PAYEE_ACCOUNT_NOT_VERIFIED", "PAYEE_ACCOUNT_RESTRICTED"]),
    (MerchantMisconfigured, 403, ["PERMISSION_DENIED", "NOT_AUTHORIZED", "CONSENT_NEEDED", "SOMETHING_NEW"]),
    (MerchantMisconfigured, 401, ["AUTHENTICATION_FAILURE", "SOMETHING_NEW"]),
    (RequestRejected, 400, ["PAYPAL_REQUEST_ID_REQUIRED", "INVALID_PARAMETER_SYNTAX", "INVALID_PARAMETER_VALUE"]),
    (RequestRejected, 400, ["MISSING_REQUIRED_PARAMETER", "INVALID_STRING_LENGTH", "MALFORMED_REQUEST_JSON"]),
    (RequestRejected, 415, ["UNSUPPORTED_MEDIA_TYPE"]),
    (RequestRejected, 422, ["AMOUNT_MISMATCH", "ITEM_TOTAL_MISMATCH", "ITEM_TOTAL_REQUIRED", "DECIMAL_PRECISION"]),
    (RequestRejected, 422, ["DECIMALS_NOT_SUPPORTED", "INCOMPATIBLE_PARAMETER_VALUE", "RETURN_URL_REQUIRED"]),
    (RequestRejected, 422, ["CANCEL_URL_REQUIRED", "VAULT_INSTRUCTION_DUPLICATED", "VAULT_INSTRUCTION_REQUIRED"]),
    (RequestRejected, 422, ["PAYPAL_STORED_CREDENTIAL_MISSING_REQUIRED_PARAMETER", "SETUP_TOKEN_NOT_TOKENIZED"]),
    (RequestRejected, 422, ["MERCHANT_INITIATED_WITH_MULTIPLE_PURCHASE_UNITS", "SOMETHING_NEW"]),
    (RequestRejected, 422, ["MERCHANT_INITIATED_WITH_AUTHENTICATION_RESULTS", "MERCHANT_INITIATED_WITH_SECURITY_CODE"]),
]
CASES = [(kind, status, issue) for kind, status, issues in SORTED for issue in issues]


@pytest.mark.parametrize(("kind", "status", "issue"), CASES)
def test_an_issue_says_who_must_act(kind: type[PayPalError], status: int, issue: str) -> None:
    error = classify(refusal(status, issue))

    assert type(error) is kind
    assert (error.issue, error.status, error.debug_id, error.sent) == (issue, status, "90957fca61718", True)


def test_every_known_issue_is_in_the_table_above() -> None:
    names_and_oauth = {"INVALID_REQUEST", "invalid_client", "invalid_token"}  # tested with their own shapes

    assert set(ISSUES) - names_and_oauth == {issue for _, _, issue in CASES} - {"SOMETHING_NEW"}


def test_only_the_first_issue_decides() -> None:
    assert type(classify(refusal(422, "TRANSACTION_REFUSED", "DUPLICATE_INVOICE_ID"))) is PayerRefused


@pytest.mark.parametrize(
    ("status", "body", "kind", "issue"),
    [
        (400, {"name": "INVALID_REQUEST", "message": "…"}, RequestRejected, "INVALID_REQUEST"),
        (404, {"name": "RESOURCE_NOT_FOUND", "details": []}, ResourceMissing, "RESOURCE_NOT_FOUND"),
        (404, {"name": "RESOURCE_NOT_FOUND", "details": None}, ResourceMissing, "RESOURCE_NOT_FOUND"),
        (422, {"name": "UNPROCESSABLE_ENTITY", "details": {"issue": "X"}}, RequestRejected, "UNPROCESSABLE_ENTITY"),
        (422, {"name": "UNPROCESSABLE_ENTITY", "details": ["X"]}, RequestRejected, "UNPROCESSABLE_ENTITY"),
        (422, {"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": 7}]}, RequestRejected, "UNPROCESSABLE_ENTITY"),
        (422, {"details": [{"issue": "TOKEN_EXPIRED", "field": 7}]}, MandateDead, "TOKEN_EXPIRED"),
        (422, {"message": "no name"}, RequestRejected, None),
        (429, {"name": "RATE_LIMIT_REACHED"}, PayPalUnavailable, "RATE_LIMIT_REACHED"),
        (401, {"error": "invalid_client", "error_description": "…"}, MerchantMisconfigured, "invalid_client"),
        (401, {"error": "invalid_token", "error_description": "…"}, MerchantMisconfigured, "invalid_token"),
        (403, {"name": "NOT_AUTHORIZED"}, MerchantMisconfigured, "NOT_AUTHORIZED"),
        (302, {"name": "MOVED"}, PayPalUnavailable, "MOVED"),
    ],
)
def test_incomplete_errors_are_still_classified(
    status: int, body: object, kind: type[PayPalError], issue: str | None
) -> None:
    error = classify(httpx2.Response(status, json=body))

    assert type(error) is kind
    assert error.issue == issue
    assert error.debug_id is None


@pytest.mark.parametrize("status", [302, 400, 401, 403, 404, 409, 422, 429, 500, 502, 503, 504])
@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<html><h1>Bad Gateway</h1></html>",
        b'{"name":"UNPROC',
        b"[]",
        b"{}",
        b"null",
        b"3",
        b"\xff\xfe\x00",
        b"[" * 100000,
    ],
)
def test_an_answer_that_is_not_paypals_leaves_the_outcome_unknown(status: int, content: bytes) -> None:
    error = classify(httpx2.Response(status, content=content, headers={"Paypal-Debug-Id": "f1"}))

    assert type(error) is PayPalUnavailable
    assert (error.issue, error.status, error.debug_id, error.sent) == (None, status, "f1", True)


@given(status=st.integers(300, 599), content=st.binary(max_size=60))
def test_no_answer_breaks_the_classification(status: int, content: bytes) -> None:
    error = classify(httpx2.Response(status, content=content))

    assert PayPalFailure.of(error).kind is error.kind


def test_a_missing_stored_account_is_not_taken_for_a_missing_order() -> None:
    details = [{"issue": "INVALID_RESOURCE_ID", "field": "/payment_source/paypal/vault_id"}]

    error = classify(refusal(404, details=details))

    assert type(error) is MandateDead


def test_a_stored_account_written_wrong_is_our_bug() -> None:
    details = [{"issue": "INVALID_PARAMETER_SYNTAX", "field": "/payment_source/paypal/vault_id"}]

    error = classify(refusal(400, details=details))

    assert type(error) is RequestRejected


@pytest.mark.parametrize("rel", ["payer-action", "approve", "redirect"])
def test_the_address_for_the_payer_is_taken_from_the_links(rel: str) -> None:
    links = [{"rel": "information_link", "href": "https://developer.paypal.com"}, {"rel": rel, "href": "https://pp/c"}]

    error = classify(refusal(422, "INSTRUMENT_DECLINED", links=links))

    assert error.approve_url == "https://pp/c"


@pytest.mark.parametrize("links", [None, {}, "x", [None], [{"rel": "approve"}], [{"rel": "approve", "href": 3}]])
def test_odd_links_are_no_address(links: object) -> None:
    assert classify(refusal(422, "PAYER_ACTION_REQUIRED", links=links)).approve_url is None


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("7", 7),
        ("0", 0),
        ("", None),
        ("-1", None),
        ("1.5", None),
        ("Tue, 24 Nov 2026 12:00:00 GMT", None),
        ("99999999999999999999", None),
    ],
)
def test_the_wait_that_paypal_asks_for_is_read(header: str, seconds: int | None) -> None:
    error = classify(httpx2.Response(429, headers={"Retry-After": header}))

    assert error.retry_after_seconds == seconds


def test_the_debug_id_of_the_body_serves_when_the_header_is_missing() -> None:
    error = classify(httpx2.Response(422, json={"name": "X", "debug_id": "abc"}))

    assert error.debug_id == "abc"


def test_an_error_becomes_a_json_value_and_comes_back() -> None:
    error = PayerMustAct(status=422, issue="INSTRUMENT_DECLINED", debug_id="d1", approve_url="https://pp/c")

    failure = PayPalFailure.of(error)

    assert failure.model_dump(mode="json") == {
        "kind": "PAYER_MUST_ACT",
        "status": 422,
        "issue": "INSTRUMENT_DECLINED",
        "debug_id": "d1",
        "approve_url": "https://pp/c",
        "sent": True,
        "retry_after_seconds": None,
    }
    assert PayPalFailure.model_validate(failure.model_dump(mode="json")) == failure


def test_every_class_of_error_has_its_own_word() -> None:
    kinds = [each.kind for each in PayPalError.__subclasses__()]

    assert sorted(kinds) == sorted(ProviderFailureKind)


def test_an_error_says_what_it_is_without_a_body() -> None:
    assert str(classify(httpx2.Response(502, content=b"<html>"))) == "UNAVAILABLE: 502 (debug id None)"
