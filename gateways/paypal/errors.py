"""What can go wrong with PayPal, sorted by who must act.

    PayPalError
    ├── PayPalUnavailable      we, later: repeat the same call with the same request id; the outcome may be unknown
    ├── PayerMustAct           the payer: send them back to `approve_url`, on the same order
    ├── MandateDead            the payer: this stored account will never be charged again, register one
    ├── PayerRefused           the payer: PayPal said no, use another account
    ├── AlreadyDone            we, now: read the order and adopt what is true
    ├── PossibleDuplicate      we, with care: look for the earlier payment of this order first
    ├── ResourceMissing        we, now: PayPal does not know this id, or knows it no longer
    ├── MerchantMisconfigured  an operator: our PayPal account or its credentials
    └── RequestRejected        a programmer: we asked for something PayPal does not understand

Decided on the issue and the status, never on PayPal's text: https://developer.paypal.com/api/rest/responses/
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar, Self

import httpx2
from pydantic import BaseModel, ConfigDict
from pydantic_core import from_json

from gateways.paypal.messages import approval_link
from models.enums import ProviderFailureKind


class PayPalError(Exception):
    """PayPal did not do what was asked.

    `sent` is false only when the request certainly never reached PayPal's application, so that nothing happened there.
    """

    kind: ClassVar[ProviderFailureKind]

    def __init__(
        self,
        message: str = "",
        *,
        status: int | None = None,
        issue: str | None = None,
        debug_id: str | None = None,
        sent: bool = True,
        approve_url: str | None = None,
        retry_after_seconds: int | None = None,
    ) -> None:
        super().__init__(message or f"{self.kind}: {issue or status} (debug id {debug_id})")
        self.status = status
        self.issue = issue
        self.debug_id = debug_id
        self.sent = sent
        self.approve_url = approve_url
        self.retry_after_seconds = retry_after_seconds


class PayPalUnavailable(PayPalError):
    """No answer, or none that can be believed."""

    kind = ProviderFailureKind.UNAVAILABLE


class PayerMustAct(PayPalError):
    """The payer has to go back to PayPal."""

    kind = ProviderFailureKind.PAYER_MUST_ACT


class MandateDead(PayPalError):
    """The stored account can no longer be charged."""

    kind = ProviderFailureKind.MANDATE_DEAD


class PayerRefused(PayPalError):
    """The payer cannot pay, or PayPal refuses the payment."""

    kind = ProviderFailureKind.PAYER_REFUSED


class AlreadyDone(PayPalError):
    """What was asked has happened before."""

    kind = ProviderFailureKind.ALREADY_DONE


class PossibleDuplicate(PayPalError):
    """PayPal has seen a payment with this invoice number."""

    kind = ProviderFailureKind.POSSIBLE_DUPLICATE


class ResourceMissing(PayPalError):
    """PayPal does not know the id."""

    kind = ProviderFailureKind.RESOURCE_MISSING


class MerchantMisconfigured(PayPalError):
    """Our PayPal account may not do this, or its credentials are wrong."""

    kind = ProviderFailureKind.MERCHANT_MISCONFIGURED


class RequestRejected(PayPalError):
    """The request is wrong, or its refusal is one that we do not know."""

    kind = ProviderFailureKind.REQUEST_REJECTED


class PayPalFailure(BaseModel):
    """A `PayPalError` as a JSON value, for the memory of a durable step."""

    model_config = ConfigDict(frozen=True, from_attributes=True)

    kind: ProviderFailureKind
    status: int | None = None
    issue: str | None = None
    debug_id: str | None = None
    approve_url: str | None = None
    sent: bool = True
    retry_after_seconds: int | None = None

    @classmethod
    def of(cls, error: PayPalError) -> Self:
        """Return the error as a value."""
        return cls.model_validate(error)


_ISSUES_BY_KIND: Mapping[type[PayPalError], str] = {
    PayPalUnavailable: "PREVIOUS_REQUEST_IN_PROGRESS ORDER_COMPLETION_IN_PROGRESS RESOURCE_CONFLICT "
    "RATE_LIMIT_REACHED INTERNAL_SERVER_ERROR SERVICE_UNAVAILABLE",
    PayerMustAct: "INSTRUMENT_DECLINED PAYER_ACTION_REQUIRED REDIRECT_PAYER_FOR_ALTERNATE_FUNDING ORDER_NOT_APPROVED",
    MandateDead: "AGREEMENT_ALREADY_CANCELLED BILLING_AGREEMENT_NOT_FOUND TOKEN_ID_NOT_FOUND TOKEN_EXPIRED "
    "IDENTIFIER_NOT_FOUND MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE",
    PayerRefused: "PAYER_CANNOT_PAY PAYER_ACCOUNT_LOCKED_OR_CLOSED PAYER_ACCOUNT_RESTRICTED "
    "DOMESTIC_TRANSACTION_REQUIRED TRANSACTION_LIMIT_EXCEEDED MAX_NUMBER_OF_PAYMENT_ATTEMPTS_EXCEEDED "
    "TRANSACTION_REFUSED COMPLIANCE_VIOLATION TRANSACTION_BLOCKED_BY_PAYEE PAYEE_BLOCKED_TRANSACTION "
    "PAYMENT_SOURCE_CANNOT_BE_USED PAYMENT_SOURCE_DECLINED_BY_PROCESSOR",
    AlreadyDone: "ORDER_ALREADY_CAPTURED ORDER_ALREADY_COMPLETED PAYMENT_ALREADY_APPROVED CAPTURE_FULLY_REFUNDED "
    "SETUP_TOKEN_ALREADY_TOKENIZED",
    PossibleDuplicate: "DUPLICATE_INVOICE_ID",
    ResourceMissing: "RESOURCE_NOT_FOUND INVALID_RESOURCE_ID",
    MerchantMisconfigured: "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE PERMISSION_DENIED NOT_AUTHORIZED CONSENT_NEEDED "
    "PAYEE_ACCOUNT_INVALID PAYEE_ACCOUNT_LOCKED_OR_CLOSED PAYEE_ACCOUNT_NOT_VERIFIED PAYEE_ACCOUNT_RESTRICTED "
    "TRANSACTION_RECEIVING_LIMIT_EXCEEDED AUTHENTICATION_FAILURE invalid_client invalid_token",
    RequestRejected: "PAYPAL_REQUEST_ID_REQUIRED INVALID_PARAMETER_SYNTAX INVALID_PARAMETER_VALUE "
    "MISSING_REQUIRED_PARAMETER INVALID_STRING_LENGTH MALFORMED_REQUEST_JSON AMOUNT_MISMATCH ITEM_TOTAL_MISMATCH "
    "ITEM_TOTAL_REQUIRED DECIMAL_PRECISION DECIMALS_NOT_SUPPORTED INCOMPATIBLE_PARAMETER_VALUE RETURN_URL_REQUIRED "
    "CANCEL_URL_REQUIRED VAULT_INSTRUCTION_DUPLICATED VAULT_INSTRUCTION_REQUIRED "
    "PAYPAL_STORED_CREDENTIAL_MISSING_REQUIRED_PARAMETER MERCHANT_INITIATED_WITH_AUTHENTICATION_RESULTS "
    "MERCHANT_INITIATED_WITH_MULTIPLE_PURCHASE_UNITS MERCHANT_INITIATED_WITH_SECURITY_CODE "
    "SETUP_TOKEN_NOT_TOKENIZED INVALID_REQUEST UNSUPPORTED_MEDIA_TYPE",
}

ISSUES: Mapping[str, type[PayPalError]] = MappingProxyType(
    {issue: kind for kind, issues in _ISSUES_BY_KIND.items() for issue in issues.split()}
)

_STATUSES: Mapping[int, type[PayPalError]] = {
    401: MerchantMisconfigured,
    403: MerchantMisconfigured,
    404: ResourceMissing,
    409: PayPalUnavailable,
}


def classify(response: httpx2.Response, *, sent: bool = True) -> PayPalError:
    """Return the error that an unsuccessful answer means, whatever its body; unknown refusals are final and alert."""
    body = _body(response)
    issue, field = _issue(body)
    return _kind(response.status_code, issue=issue, field=field, understood=body is not None)(
        status=response.status_code,
        issue=issue,
        debug_id=response.headers.get("paypal-debug-id") or _text(body, "debug_id"),
        sent=sent,
        approve_url=approval_link(body.get("links")) if body else None,
        retry_after_seconds=retry_after(response),
    )


def is_from_paypal(response: httpx2.Response) -> bool:
    """Tell whether PayPal's application has spoken, and not failed, rather than a gateway in front of it."""
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return response.status_code < 500 and (is_json or response.status_code == httpx2.codes.NO_CONTENT)


def retry_after(response: httpx2.Response) -> int | None:
    """Return the seconds that the answer asks us to wait; None when it does not say, or not in seconds."""
    text = response.headers.get("retry-after", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else None


def _kind(status: int, *, issue: str | None, field: str, understood: bool) -> type[PayPalError]:
    if status >= 500 or status == 429 or not understood:  # not understood: a gateway spoke, not PayPal's application
        return PayPalUnavailable
    if status == 404 and field.endswith("/vault_id"):
        return MandateDead  # it is the stored account that is missing, not the order
    return ISSUES.get(issue or "") or _STATUSES.get(status, RequestRejected if status >= 400 else PayPalUnavailable)


def _body(response: httpx2.Response) -> Mapping[str, object] | None:
    try:
        body = from_json(response.content)
    except ValueError:
        return None
    return body if isinstance(body, dict) and body else None


def _issue(body: Mapping[str, object] | None) -> tuple[str | None, str]:
    match body:
        case {"details": [{"issue": str(issue), "field": str(field)}, *_]}:
            return issue, field
        case {"details": [{"issue": str(issue)}, *_]} | {"name": str(issue)} | {"error": str(issue)}:
            return issue, ""
    return None, ""


def _text(body: Mapping[str, object] | None, key: str) -> str | None:
    value = body.get(key) if body else None
    return value if isinstance(value, str) else None
