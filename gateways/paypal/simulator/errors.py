"""PayPal's refusals: the envelope, the names by HTTP status, and the text of each issue."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import JsonValue, ValidationError

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.replies import Reply

_NAMES = {
    400: ("INVALID_REQUEST", "Request is not well-formed, syntactically incorrect, or violates schema."),
    401: (
        "AUTHENTICATION_FAILURE",
        "Authentication failed due to missing authorization header, or invalid credentials.",
    ),
    403: ("NOT_AUTHORIZED", "Authorization failed due to insufficient permissions."),
    404: ("RESOURCE_NOT_FOUND", "The specified resource does not exist."),
    409: ("RESOURCE_CONFLICT", "The server has detected a conflict while processing this request."),
    415: ("UNSUPPORTED_MEDIA_TYPE", "The server does not support the request payload's media type."),
    422: (
        "UNPROCESSABLE_ENTITY",
        "The requested action could not be performed, semantically incorrect, or failed business validation.",
    ),
    429: ("RATE_LIMIT_REACHED", "Too many requests. Blocked due to rate limiting."),
    500: ("INTERNAL_SERVER_ERROR", "An internal server error has occurred."),
}

_STATUSES = {  # an issue that is not here is a 422
    400: (
        "PAYPAL_REQUEST_ID_REQUIRED MALFORMED_REQUEST_JSON MISSING_REQUIRED_PARAMETER INVALID_PARAMETER_SYNTAX "
        "INVALID_PARAMETER_VALUE INVALID_STRING_LENGTH INVALID_ARRAY_MIN_ITEMS INVALID_ARRAY_MAX_ITEMS"
    ),
    401: "INVALID_ACCOUNT_STATUS AUTHENTICATION_FAILURE",
    403: "PERMISSION_DENIED NOT_AUTHORIZED CONSENT_NEEDED",
    404: "INVALID_RESOURCE_ID RESOURCE_NOT_FOUND",
    409: "PREVIOUS_REQUEST_IN_PROGRESS",
    415: "UNSUPPORTED_MEDIA_TYPE",
    429: "RATE_LIMIT_REACHED",
    500: "INTERNAL_SERVER_ERROR INTERNAL_SERVICE_ERROR",
}
_STATUS_OF = {issue: status for status, issues in _STATUSES.items() for issue in issues.split()}

_DESCRIPTIONS = {
    "AGREEMENT_ALREADY_CANCELLED": "The requested agreement is already canceled.",
    "AMOUNT_MISMATCH": "Should equal item_total + tax_total + shipping + handling + insurance - discounts.",
    "CANCEL_URL_REQUIRED": "The cancel url is required when attempting to vault this source.",
    "CANNOT_BE_ZERO_OR_NEGATIVE": "Must be greater than zero.",
    "CAPTURE_FULLY_REFUNDED": "The capture has already been fully refunded.",
    "DECIMALS_NOT_SUPPORTED": "Currency does not support decimals.",
    "DECIMAL_PRECISION": "If the currency supports decimals, only two decimal place precision is supported.",
    "DUPLICATE_INVOICE_ID": "Duplicate Invoice ID detected. Your account setting requires it to be unique.",
    "INSTRUMENT_DECLINED": "The instrument presented was either declined by the processor or bank, or it can't be "
    "used for this payment.",
    "INVALID_CURRENCY_CODE": "Currency code is invalid or is not currently supported.",
    "INVALID_PARAMETER_SYNTAX": "The value of a field does not conform to the expected format.",
    "INVALID_PARAMETER_VALUE": "A parameter value is not valid.",
    "INVALID_RESOURCE_ID": "Specified resource ID does not exist. Please check the resource ID and try again.",
    "INVALID_STRING_LENGTH": "The value of a field is either too short or too long.",
    "ITEM_TOTAL_MISMATCH": "Should equal sum of (unit_amount * quantity) across all items for a given purchase_unit.",
    "MALFORMED_REQUEST_JSON": "The request JSON is not well formed.",
    "MISSING_REQUIRED_PARAMETER": "A required parameter is missing.",
    "ORDER_ALREADY_CAPTURED": "Order already captured. If 'intent=CAPTURE' only one capture per order is allowed.",
    "ORDER_NOT_APPROVED": "Payer has not yet approved the Order for payment.",
    "PAYER_ACCOUNT_LOCKED_OR_CLOSED": "The payer account cannot be used for this transaction.",
    "PAYER_ACTION_REQUIRED": "Transaction cannot complete successfully, instruct the buyer to return to PayPal.",
    "PAYPAL_REQUEST_ID_REQUIRED": "A PayPal-Request-Id is required.",
    "PENDING_CAPTURE": "Cannot initiate a refund as the capture is pending.",
    "PREVIOUS_REQUEST_IN_PROGRESS": "A previous request on this resource is currently in progress.",
    "REFUND_AMOUNT_EXCEEDED": "The refund amount must be at most the capture amount that has not yet been refunded.",
    "REFUND_CAPTURE_CURRENCY_MISMATCH": "Refund must be in the same currency as the capture.",
    "REFUND_NOT_ALLOWED": "Capture cannot be refunded.",
    "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK": "Refunds not allowed on this capture due to a chargeback on the card or "
    "bank.",
    "REFUND_TIME_LIMIT_EXCEEDED": "You are over the time limit to perform a refund on this capture.",
    "RETURN_URL_REQUIRED": "The return url is required when attempting to vault this source.",
    "SETUP_TOKEN_ALREADY_TOKENIZED": "The setup token has already been used.",
    "TOKEN_ID_NOT_FOUND": "Specified token was not found. Verify the token and try the request again.",
    "TRANSACTION_REFUSED": "The request was refused.",
}

_ISSUE_OF_FAULT = {  # pydantic's word for what is wrong with a field, and PayPal's
    "missing": "MISSING_REQUIRED_PARAMETER",
    "string_too_long": "INVALID_STRING_LENGTH",
    "string_too_short": "INVALID_STRING_LENGTH",
    "literal_error": "INVALID_PARAMETER_VALUE",
    "too_short": "INVALID_ARRAY_MIN_ITEMS",
    "too_long": "INVALID_ARRAY_MAX_ITEMS",
    "json_invalid": "MALFORMED_REQUEST_JSON",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Issue:
    """One entry of `details`."""

    issue: str
    field: str | None = None
    value: str | None = None

    def wire(self) -> dict[str, JsonValue]:
        """Return the entry as PayPal writes it; `location` only when a field is named."""
        entry: dict[str, JsonValue] = {"issue": self.issue}
        if self.field is not None:
            entry |= {"field": self.field, "location": "body"}
        if self.value is not None:
            entry["value"] = self.value
        return entry | {"description": _DESCRIPTIONS.get(self.issue, self.issue.replace("_", " ").capitalize() + ".")}


class RefusalError(Exception):
    """A request answered with PayPal's error envelope; what was saved before it stays saved."""

    def __init__(self, *, status: int, issues: Sequence[Issue], links: Sequence[JsonValue] = ()) -> None:
        super().__init__(", ".join(issue.issue for issue in issues))
        self.status = status
        self.issues = issues
        self.links = links

    def reply(self) -> Reply:
        """Return the answer to send."""
        name, message = _NAMES[self.status]
        body: dict[str, JsonValue] = {"name": name, "message": message, "debug_id": ids.debug_id()}
        body["details"] = [issue.wire() for issue in self.issues]
        body["links"] = list(self.links)
        return Reply(status=self.status, body=body)


def refusal(
    issue: str, *, field: str | None = None, value: str | None = None, links: Sequence[JsonValue] = ()
) -> RefusalError:
    """Build the refusal with one issue, under the HTTP status to which that issue belongs."""
    status = _STATUS_OF.get(issue, 422)
    return RefusalError(status=status, issues=[Issue(issue=issue, field=field, value=value)], links=links)


def refusal_of_schema(error: ValidationError) -> RefusalError:
    """Translate the faults found in a request body into PayPal's issues."""
    issues = [
        Issue(
            issue=_ISSUE_OF_FAULT.get(fault["type"], "INVALID_PARAMETER_SYNTAX"),
            field="/" + "/".join(str(step) for step in fault["loc"]) if fault["loc"] else None,
            value=str(fault["input"]) if isinstance(fault["input"], str | int | float) and fault["loc"] else None,
        )
        for fault in error.errors(include_url=False)
    ]
    return RefusalError(status=400, issues=issues)
