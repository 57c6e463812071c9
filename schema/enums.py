"""Every vocabulary the API shows, registered once with a sentence for each of its members."""

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from models import enums


def describe(vocabulary: type[enums.Vocabulary], description: str, **members: str) -> None:
    """Register one vocabulary under its own name.

    Raises ``ValueError`` when a member has no sentence, or a sentence has no member.
    """
    if set(members) != set(vocabulary.__members__):
        raise ValueError(f"{vocabulary.__name__}: described {sorted(members)}")
    strawberry.enum(vocabulary, description=description)
    definition: StrawberryEnumDefinition = vars(vocabulary)["__strawberry_definition__"]
    for value in definition.values:
        value.description = members[value.name]


describe(
    enums.Product,
    "Product names as the customer knows them.",
    PEC='Certified e-mail, "Posta Elettronica Certificata".',
    SPID="Digital identity for public services.",
    FATTURAZIONE_PA='Electronic invoicing, shown as "Fatturazione PA".',
    CONSERVAZIONE='Legal archiving of electronic documents, "Conservazione".',
    FIRMA_DIGITALE='Digital signature, "Firma Digitale"; never renews by itself.',
    MARCA_TEMPORALE='Time stamps, "Marca Temporale"; never renews by itself.',
)
describe(
    enums.ServiceStatus,
    "Where a service stands in its life.",
    PENDING_ACTIVATION="Bought, not active yet.",
    ACTIVE="In use, and more than ninety days from its expiry.",
    EXPIRING="In use, and within ninety days of its expiry.",
    EXPIRED="Past its expiry, in the grace period of the product.",
    SUSPENDED="Switched off for the time being.",
    CANCELED="Deleted or revoked: no payment brings it back.",
)
describe(
    enums.AutoRenewalStatus,
    'Whether a service renews and charges by itself ("Rinnovo automatico").',
    UNAVAILABLE="The product does not offer automatic renewal.",
    OFF="The service ends at its expiry unless it is renewed by hand.",
    PENDING="Chosen; waits for the payment or for PayPal's approval.",
    ON="The account is charged shortly before the expiry.",
    RETRYING="On, and the last charge failed; see nextCharge.",
    ACCOUNT_LOST="On, and the account can no longer be charged.",
)
describe(
    enums.AutoRenewalBlockCode,
    "Why automatic renewal cannot be on for a service, or cannot be changed now.",
    PRODUCT_EXCLUDED="The product does not offer automatic renewal.",
    SERVICE_NOT_ACTIVE="The service is not active.",
    SERVICE_EXPIRED="The service is past its expiry.",
    NO_USABLE_ACCOUNT="No registered PayPal account can be charged.",
    RENEWAL_ORDER_OPEN='A renewal order of the service is in "Attesa pagamento".',
    CHARGE_IN_PROGRESS="The renewal is being charged at this moment.",
    CHANGE_WINDOW_CLOSED="It is too close to the expiry for a change.",
)
describe(
    enums.OrderKind,
    "What an order is for.",
    PURCHASE="A new service.",
    RENEWAL="A further term of a service the customer already has.",
)
describe(
    enums.OrderStatus,
    'Facts only. "Somebody is paying right now" is Order.activePayment, not a state that can get stuck.',
    AWAITING_PAYMENT='Shown as "Attesa pagamento": can be paid or given up.',
    PAID="Paid; its services are about to be activated.",
    ACTIVATED="Paid, and its services are active.",
    CANCELED="Given up before it was paid.",
    EXPIRED="No longer for sale.",
    REFUNDED="Paid, then paid back.",
)
describe(
    enums.OrderBlockCode,
    "Why an order cannot be paid now.",
    ALREADY_PAID="It is paid.",
    CANCELED="It was canceled.",
    EXPIRED="It is no longer for sale.",
    ZERO_TOTAL="There is nothing to pay.",
    SERVICE_GONE="A service of the order was deleted or revoked.",
    PAYMENT_BEING_VERIFIED="PayPal is being asked how an earlier payment ended: do not pay again.",
    PAYMENTS_CLOSED="Payments by PayPal are switched off at the moment.",
)
describe(
    enums.OrderSortField,
    "What a list of orders is sorted by.",
    CREATED_AT="The instant the order was placed.",
    NUMBER="The order number, as text.",
    GROSS_TOTAL="The sum to pay, VAT included.",
)
describe(
    enums.SortDirection,
    "Which end of a list comes first.",
    ASC="Smallest or oldest first.",
    DESC="Greatest or newest first.",
)
describe(
    enums.PayPalAccountStatus,
    "Whether a registered PayPal account can be charged.",
    PENDING_APPROVAL="PayPal has not handed over its consent yet.",
    ACTIVE="Can be chosen and charged.",
    REVOKED="Consent withdrawn on PayPal's side.",
    REMOVED="Removed by the customer; kept only where history names it.",
)
describe(
    enums.PaymentMethod,
    "Ways to pay an order.",
    PAYPAL="A PayPal account, registered or new.",
)
describe(
    enums.PaymentInitiator,
    "Who started a payment.",
    CUSTOMER='The customer, with "Paga subito".',
    AUTOMATIC_RENEWAL="The automatic renewal, with nobody present.",
    OPERATOR="Customer service.",
)
describe(
    enums.PaymentStatus,
    "The steps of a payment, for filters and badges.",
    AWAITING_ACCOUNT="Waits for the customer to choose a PayPal account.",
    AWAITING_CONFIRMATION='Waits for "Procedi".',
    AWAITING_APPROVAL="Confirmed here; PayPal wants the payer: a new account, or a payer action. "
    "Capture follows the approval by itself.",
    PROCESSING="PayPal is being charged at this moment.",
    VERIFYING="PayPal's answer was lost; we are asking. Do not pay again.",
    PENDING="PayPal holds the money (review, eCheck). Not paid yet, not payable again.",
    SUCCEEDED="Paid. Final.",
    FAILED="It did not pay the order. Final, unless PayPal took the money after all: then SUCCEEDED.",
    CANCELED="Given up before the charge. Final, with the same exception as FAILED.",
    EXPIRED="Left unfinished too long. Final, with the same exception as FAILED.",
)
describe(
    enums.EventSource,
    "Who or what moved a payment.",
    CUSTOMER="The customer.",
    PAYPAL_WEBHOOK="A notification sent by PayPal.",
    PAYPAL_REPLY="PayPal's answer to a call of ours.",
    RECONCILER="Our regular check of payments whose end is unknown.",
    SCHEDULER="Our calendar of renewals and time limits.",
    OPERATOR="Customer service.",
)
describe(
    enums.WaitReason,
    "What a payment waits for while the customer has nothing to do.",
    PROCESSING="The charge is being made; a matter of seconds.",
    OUTCOME_UNKNOWN="PayPal's answer was lost and we are asking; a matter of minutes.",
    PAYPAL_REVIEW="PayPal is reviewing the payment; a matter of days.",
)
describe(
    enums.PaymentFailureCode,
    "Why a payment did not pay its order.",
    FUNDING_DECLINED="PayPal could not take the sum from the account's funds.",
    APPROVAL_REFUSED="The payer did not agree on PayPal's page.",
    ACCOUNT_RESTRICTED="PayPal limits what the account may pay.",
    CONSENT_REVOKED="The payer withdrew the consent to be charged.",
    AMOUNT_REFUSED="PayPal does not allow this sum.",
    PROVIDER_ERROR="PayPal could not carry out the charge.",
    ORDER_ALREADY_PAID="Another payment had paid the order; whatever this one took is given back.",
    ORDER_NOT_PAYABLE="The order could not be paid any more; whatever this payment took is given back.",
    OTHER="PayPal gave no reason that we know.",
)
describe(
    enums.RefundStatus,
    "How far a refund has come.",
    REQUESTED="Owed by us; PayPal has not answered yet.",
    PENDING="PayPal has accepted it and will give the money back.",
    COMPLETED="Given back.",
    FAILED="Not given back: customer service is dealing with it.",
)
describe(
    enums.RefundReason,
    "Why money was given back.",
    OPERATOR="Customer service has arranged it.",
    ORDER_PAID_TWICE="Another payment had paid the order.",
    ORDER_NOT_PAYABLE="The order could not be paid any more when the money came.",
    AT_PAYPAL="It was arranged on PayPal, or decided there in a dispute.",
)
describe(
    enums.FailureAdvice,
    "What the customer does best after a failed charge.",
    RETRY_NOW="Pay again, at once.",
    RETRY_LATER="Pay again in a while.",
    USE_ANOTHER_ACCOUNT="Pay with another PayPal account.",
    CONTACT_PAYPAL="Ask PayPal.",
    CONTACT_US="Ask customer service.",
    NO_ACTION="Nothing: nothing is owed.",
)
describe(
    enums.RenewalEffect,
    "When a change of automatic renewal takes effect.",
    IMMEDIATE="It has taken effect.",
    WHEN_PAYMENT_SUCCEEDS="It takes effect if and when the payment succeeds.",
    UNCHANGED="It was so already.",
)
describe(
    enums.EmailStatus,
    "How far a mail has come.",
    QUEUED="Owed, not handed over yet.",
    SENT="Handed over to the mail server.",
    BOUNCED="Refused by the mail server.",
)
describe(
    enums.UserErrorCode,
    "Kinds of refusal, one for each type that implements UserError.",
    NOT_FOUND="Nothing with this id or number is yours.",
    INVALID_INPUT="A value of the input cannot be used.",
    INVALID_CREDENTIALS="The username or the password is wrong.",
    ORDER_NOT_PAYABLE="The order cannot be paid now.",
    ORDER_NOT_CANCELABLE="The order cannot be given up now.",
    PAYMENT_STATE="The payment is at a step that does not allow this.",
    AUTO_RENEWAL_NOT_ALLOWED="Automatic renewal cannot be switched for this service.",
    ACCOUNT_NOT_USABLE="The PayPal account cannot be used.",
    ACCOUNT_IN_USE="Services renew on the PayPal account.",
    AMOUNT_CHANGED="The sum is not the one the customer saw.",
    IDEMPOTENCY_CONFLICT="The key was used before with another input.",
    PROVIDER_UNAVAILABLE="PayPal cannot be reached; nothing was charged.",
)
