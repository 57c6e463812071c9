"""Closed vocabularies shared by all layers; standard library only."""

from enum import StrEnum, auto


class Vocabulary(StrEnum):
    """A `StrEnum` whose values are the names as the API and the database write them."""

    @staticmethod
    def _generate_next_value_(name: str, start: int, count: int, last_values: list[str]) -> str:
        return name


class Product(Vocabulary):
    PEC = auto()
    SPID = auto()
    FATTURAZIONE_PA = auto()
    CONSERVAZIONE = auto()
    FIRMA_DIGITALE = auto()
    MARCA_TEMPORALE = auto()


class CustomerKind(Vocabulary):
    CONSUMER = auto()
    BUSINESS = auto()


class ServiceStatus(Vocabulary):
    PENDING_ACTIVATION = auto()
    ACTIVE = auto()
    EXPIRING = auto()  # active, and within ninety days of its expiry
    EXPIRED = auto()  # past its expiry, in the grace period of the product
    SUSPENDED = auto()
    CANCELED = auto()  # deleted or revoked: no payment brings it back


class AutoRenewalStatus(Vocabulary):
    UNAVAILABLE = auto()  # derived from the product, never stored
    OFF = auto()
    PENDING = auto()  # chosen; waits for the payment or for PayPal to keep the account
    ON = auto()
    RETRYING = auto()  # on, and the last charge failed
    ACCOUNT_LOST = auto()  # on, and the account can no longer be charged


class AutoRenewalBlockCode(Vocabulary):
    PRODUCT_EXCLUDED = auto()
    SERVICE_NOT_ACTIVE = auto()
    SERVICE_EXPIRED = auto()
    NO_USABLE_ACCOUNT = auto()
    RENEWAL_ORDER_OPEN = auto()
    CHARGE_IN_PROGRESS = auto()
    CHANGE_WINDOW_CLOSED = auto()


class RenewalObstacle(Vocabulary):
    """Why a renewal that was due has not been charged."""

    NOTICE_MISSING = auto()  # the customer was not told in time, so nothing may be charged
    PRICE_MISSING = auto()  # the price list does not say what it costs
    ACCOUNT_LOST = auto()
    SERVICE_NOT_ACTIVE = auto()
    OTHER_ORDER = auto()  # the customer has an order of their own for this renewal
    ORDER_CANCELED = auto()  # the customer has given up the renewal's order
    CHARGE_FAILED = auto()  # the failure stands with the payment
    CHARGE_FAULTY = auto()  # by a fault of ours, which paused all charges
    POSSIBLY_PAID = auto()  # PayPal has seen a payment with this invoice number: a person must look
    PRICE_ABOVE_MAXIMUM = auto()  # more than the customer wants to be charged without being asked
    TOO_LATE = auto()  # the service expired before it could be charged


class PausedWork(Vocabulary):
    RENEWAL_CHARGES = auto()


class OrderKind(Vocabulary):
    PURCHASE = auto()
    RENEWAL = auto()


class OrderOrigin(Vocabulary):
    CUSTOMER = auto()
    SCHEDULER = auto()  # the renewal order that the system generated: paying it leaves the renewal alone


class OrderStatus(Vocabulary):
    AWAITING_PAYMENT = auto()
    PAID = auto()
    ACTIVATED = auto()
    CANCELED = auto()
    EXPIRED = auto()
    REFUNDED = auto()


class OrderBlockCode(Vocabulary):
    ALREADY_PAID = auto()
    CANCELED = auto()
    EXPIRED = auto()
    ZERO_TOTAL = auto()
    SERVICE_GONE = auto()  # a service of the order was deleted or revoked
    PAYMENT_BEING_VERIFIED = auto()
    PAYMENTS_CLOSED = auto()  # an operator has switched off new payments by PayPal


class OrderSortField(Vocabulary):
    CREATED_AT = auto()
    NUMBER = auto()
    GROSS_TOTAL = auto()


class SortDirection(Vocabulary):
    ASC = auto()
    DESC = auto()


class PayPalAccountStatus(Vocabulary):
    PENDING_APPROVAL = auto()
    ACTIVE = auto()
    REVOKED = auto()
    REMOVED = auto()


class SetupOutcome(Vocabulary):
    """How the registration of an account without a purchase ended."""

    REGISTERED = auto()
    REFUSED = auto()  # its owner has turned back, on PayPal's page or here
    EXPIRED = auto()  # nobody approved it in time
    REPLACED = auto()  # the customer has begun another one
    FAILED = auto()  # PayPal could not be reached, or would not


class PaymentMethod(Vocabulary):
    PAYPAL = auto()


class PaymentInitiator(Vocabulary):
    CUSTOMER = auto()
    AUTOMATIC_RENEWAL = auto()
    OPERATOR = auto()


class PaymentStatus(Vocabulary):
    AWAITING_ACCOUNT = auto()
    AWAITING_CONFIRMATION = auto()
    AWAITING_APPROVAL = auto()  # confirmed here; PayPal wants the payer
    PROCESSING = auto()  # claimed by one worker that is talking to PayPal
    VERIFYING = auto()  # PayPal's answer was lost; nobody may pay again
    PENDING = auto()  # PayPal holds the money: not paid yet, not payable again
    SUCCEEDED = auto()
    FAILED = auto()
    CANCELED = auto()
    EXPIRED = auto()


class EventSource(Vocabulary):
    CUSTOMER = auto()
    PAYPAL_WEBHOOK = auto()
    PAYPAL_REPLY = auto()
    RECONCILER = auto()
    SCHEDULER = auto()
    OPERATOR = auto()


class WaitReason(Vocabulary):
    PROCESSING = auto()
    OUTCOME_UNKNOWN = auto()
    PAYPAL_REVIEW = auto()


class PaymentFailureCode(Vocabulary):
    FUNDING_DECLINED = auto()
    APPROVAL_REFUSED = auto()
    ACCOUNT_RESTRICTED = auto()
    CONSENT_REVOKED = auto()
    AMOUNT_REFUSED = auto()
    PROVIDER_ERROR = auto()
    ORDER_ALREADY_PAID = auto()  # by another payment; whatever this one took is given back
    ORDER_NOT_PAYABLE = auto()  # any more; whatever this one took is given back
    OTHER = auto()


class ProviderFailureKind(Vocabulary):
    """PayPal's refusals, by who must act."""

    UNAVAILABLE = auto()  # we, later; the outcome may be unknown
    PAYER_MUST_ACT = auto()
    MANDATE_DEAD = auto()  # this stored account will never be charged again
    PAYER_REFUSED = auto()
    ALREADY_DONE = auto()
    POSSIBLE_DUPLICATE = auto()
    RESOURCE_MISSING = auto()
    MERCHANT_MISCONFIGURED = auto()  # an operator
    REQUEST_REJECTED = auto()  # a programmer


class RefundReason(Vocabulary):
    """Why money was given back."""

    OPERATOR = auto()
    ORDER_PAID_TWICE = auto()  # the success came when another payment had paid the order
    ORDER_NOT_PAYABLE = auto()  # it came when the order was canceled, had lost a service or had another price
    AT_PAYPAL = auto()  # given back there, from its dashboard or by a dispute


class RefundStatus(Vocabulary):
    REQUESTED = auto()  # stored here; PayPal has not answered yet
    PENDING = auto()  # PayPal has it and has not decided
    COMPLETED = auto()
    FAILED = auto()


class FailureAdvice(Vocabulary):
    RETRY_NOW = auto()
    RETRY_LATER = auto()
    USE_ANOTHER_ACCOUNT = auto()
    CONTACT_PAYPAL = auto()
    CONTACT_US = auto()
    NO_ACTION = auto()


class ConsentKind(Vocabulary):
    ACCOUNT_REGISTRATION = auto()
    AUTO_RENEWAL = auto()


class RenewalEffect(Vocabulary):
    IMMEDIATE = auto()
    WHEN_PAYMENT_SUCCEEDS = auto()
    UNCHANGED = auto()


class EmailKind(Vocabulary):
    PAYMENT_CONFIRMATION = auto()
    RENEWAL_ACTIVATED = auto()
    RENEWAL_NOT_ACTIVATED = auto()
    RENEWAL_DEACTIVATED = auto()
    PAYMENT_REFUNDED = auto()
    REFUND_FAILED = auto()
    ACCOUNT_REGISTERED = auto()
    ACCOUNT_LOST = auto()
    PAYMENT_FAILED = auto()
    EXPIRY_WARNING = auto()
    RENEWAL_NOTICE = auto()
    RENEWAL_FAILED = auto()


class EmailStatus(Vocabulary):
    QUEUED = auto()
    SENT = auto()
    BOUNCED = auto()


class UserErrorCode(Vocabulary):
    NOT_FOUND = auto()
    INVALID_INPUT = auto()
    INVALID_CREDENTIALS = auto()
    ORDER_NOT_PAYABLE = auto()
    ORDER_NOT_CANCELABLE = auto()
    PAYMENT_STATE = auto()
    AUTO_RENEWAL_NOT_ALLOWED = auto()
    ACCOUNT_NOT_USABLE = auto()
    ACCOUNT_IN_USE = auto()
    AMOUNT_CHANGED = auto()
    IDEMPOTENCY_CONFLICT = auto()
    PROVIDER_UNAVAILABLE = auto()


class Job(Vocabulary):
    """Durable work that a transaction may leave behind; `workflows/` carries it out."""

    ADVANCE_PAYMENT = auto()
    INQUIRE_PAYMENT = auto()  # out of turn, because somebody asks
    SEND_EMAIL = auto()
    FINISH_REGISTRATION = auto()
    REFUND_PAYMENT = auto()
    RECONCILE = auto()
    RUN_CALENDAR = auto()
    PURGE = auto()  # of sessions and idempotency keys that have run their time
    CHARGE_RENEWAL = auto()
    HANDLE_WEBHOOK = auto()
    REGISTER_ACCOUNT = auto()  # without a purchase
    FORGET_ACCOUNT = auto()  # at PayPal, after its owner has removed it here
    CHECK_ACCOUNT = auto()  # whether PayPal still has it, weeks before it is to be charged


class MutationName(Vocabulary):
    """Mutations that accept an idempotency key."""

    START_PAYMENT = auto()
    CONFIRM_PAYMENT = auto()
