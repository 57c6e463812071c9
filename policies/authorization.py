"""Who may see or do what: every root field, every type, and every field that leads from one object to another.

A test enumerates the schema: whatever has no row here fails. What a row promises is kept where data are read: every
statement that finds a row for a request names the customer who asks (`models/rows.py`, `models/repositories`).
"""

from collections.abc import Mapping
from enum import Enum, auto


class Access(Enum):
    """Whom an answer is for."""

    ANYBODY = auto()  # nobody has to be signed in
    CUSTOMER = auto()  # a signed-in customer, about objects of their own
    OWNER = auto()  # objects of the customer who asks; one of somebody else is as if it did not exist
    CALLER = auto()  # part of the answer to the one who called, and nothing that could be asked for by itself


ROOT_FIELDS: Mapping[str, Access] = {
    "Query.viewer": Access.ANYBODY,  # null without a session
    "Query.node": Access.OWNER,
    "Query.rateLimit": Access.CALLER,
    "Mutation.signIn": Access.ANYBODY,
    "Mutation.signOut": Access.ANYBODY,
    "Mutation.startPayment": Access.CUSTOMER,
    "Mutation.selectAccount": Access.CUSTOMER,
    "Mutation.setAutoRenewal": Access.CUSTOMER,
    "Mutation.confirmPayment": Access.CUSTOMER,
    "Mutation.cancelPayment": Access.CUSTOMER,
    "Mutation.cancelOrder": Access.CUSTOMER,
    "Mutation.registerPayPalAccount": Access.CUSTOMER,
    "Mutation.makeDefaultPayPalAccount": Access.CUSTOMER,
    "Mutation.removePayPalAccount": Access.CUSTOMER,
    "Subscription.paymentChanged": Access.CUSTOMER,
}
OWNED = ("Customer", "Service", "Order", "Payment", "PayPalAccount")
PAGES = ("OrderConnection", "OrderEdge", "PaymentConnection", "PaymentEdge", "ServiceConnection", "ServiceEdge")
VALUES = (
    *("ApproveOnPayPalAction", "ConfirmAction", "SelectAccountAction", "WaitAction"),
    *("AutoRenewal", "AutoRenewalBlock", "AutoRenewalEligibility", "RenewalCharge", "RenewalChoice"),
    *(
        "Consent",
        "ConsentText",
        "EmailDelivery",
        "Money",
        "OrderBlock",
        "OrderLine",
        "PageInfo",
        "RateLimit",
        "Refund",
        "TaxedMoney",
    ),
    *("PayPalAccountSnapshot", "PaymentEvent", "RenewalMandate", "RenewalNotice"),
    *("PaymentCanceled", "PaymentExpired", "PaymentFailed", "PaymentSucceeded"),
)
PAYLOADS = (
    *("CancelOrderPayload", "CancelPaymentPayload", "ConfirmPaymentPayload", "SelectAccountPayload"),
    *("MakeDefaultPayPalAccountPayload", "RegisterPayPalAccountPayload", "RemovePayPalAccountPayload"),
    *("SetAutoRenewalPayload", "SignInPayload", "SignOutPayload", "StartPaymentPayload"),
)
REFUSALS = (
    "AccountInUseError",
    *("AccountNotUsableError", "AmountChangedError", "AutoRenewalNotAllowedError", "IdempotencyConflictError"),
    *("InvalidCredentialsError", "InvalidInputError", "NotFoundError", "OrderNotCancelableError"),
    *("OrderNotPayableError", "PaymentStateError", "ProviderUnavailableError", "UserError"),
)
TYPES: Mapping[str, Access] = {
    "Node": Access.OWNER,
    **dict.fromkeys(OWNED, Access.OWNER),
    **dict.fromkeys(PAGES, Access.OWNER),
    **dict.fromkeys(VALUES + PAYLOADS + REFUSALS, Access.CALLER),
}
# Every field that leads to an object with an owner answers with those of the customer who asks, and no others.
LINKS: Mapping[str, tuple[str, ...]] = {
    "AccountInUseError": ("account", "services"),
    "AccountNotUsableError": ("account",),
    "AmountChangedError": ("payment",),
    "AutoRenewal": ("account",),
    "AutoRenewalNotAllowedError": ("service",),
    "CancelOrderPayload": ("order",),
    "CancelPaymentPayload": ("payment",),
    "ConfirmPaymentPayload": ("order", "payment"),
    "Consent": ("account", "payment"),
    "Customer": ("order", "orders", "payPalAccounts", "service", "services", "upcomingRenewals"),
    "MakeDefaultPayPalAccountPayload": ("account", "customer"),
    "Order": ("activePayment", "payments"),
    "OrderConnection": ("edges", "nodes"),
    "OrderEdge": ("node",),
    "OrderLine": ("service",),
    "OrderNotCancelableError": ("order",),
    "OrderNotPayableError": ("order",),
    "PayPalAccount": ("renews",),
    "Payment": ("account", "order"),
    "PaymentConnection": ("edges", "nodes"),
    "PaymentEdge": ("node",),
    "PaymentStateError": ("payment",),
    "ProviderUnavailableError": ("payment",),
    "RegisterPayPalAccountPayload": ("account",),
    "RemovePayPalAccountPayload": ("customer", "moved"),
    "RenewalChoice": ("service",),
    "RenewalMandate": ("service",),
    "RenewalNotice": ("account",),
    "SelectAccountAction": ("accounts", "suggested"),
    "SelectAccountPayload": ("payment",),
    "Service": ("orders",),
    "ServiceConnection": ("edges", "nodes"),
    "ServiceEdge": ("node",),
    "SetAutoRenewalPayload": ("payment", "service"),
    "SignInPayload": ("viewer",),
    "StartPaymentPayload": ("payment",),
}
