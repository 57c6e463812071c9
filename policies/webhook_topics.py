"""What an event of PayPal's is about: which of our things it makes us look at."""

from collections.abc import Mapping
from enum import Enum, auto


class Topic(Enum):
    """Where to look."""

    ORDER = auto()  # the resource is an order at PayPal
    CAPTURE = auto()
    REFUND = auto()
    ACCOUNT_KEPT = auto()
    ACCOUNT_GONE = auto()
    DISPUTE = auto()  # for a person
    OTHER = auto()


APPROVED = "CHECKOUT.ORDER.APPROVED"  # once for each approval, so that a later one is told from the first

TOPICS: Mapping[str, Topic] = {  # to subscribe to: https://developer.paypal.com/api/rest/webhooks/event-names/
    APPROVED: Topic.ORDER,
    "CHECKOUT.PAYMENT-APPROVAL.REVERSED": Topic.ORDER,
    "PAYMENT.CAPTURE.COMPLETED": Topic.CAPTURE,
    "PAYMENT.CAPTURE.PENDING": Topic.CAPTURE,
    "PAYMENT.CAPTURE.DENIED": Topic.CAPTURE,
    "PAYMENT.CAPTURE.DECLINED": Topic.CAPTURE,
    "PAYMENT.CAPTURE.REFUNDED": Topic.REFUND,
    "PAYMENT.CAPTURE.REVERSED": Topic.REFUND,
    "PAYMENT.REFUND.PENDING": Topic.REFUND,
    "PAYMENT.REFUND.FAILED": Topic.REFUND,
    "VAULT.PAYMENT-TOKEN.CREATED": Topic.ACCOUNT_KEPT,
    "VAULT.PAYMENT-TOKEN.DELETED": Topic.ACCOUNT_GONE,
    "VAULT.PAYMENT-TOKEN.DELETION-INITIATED": Topic.ACCOUNT_GONE,
    "CUSTOMER.DISPUTE.CREATED": Topic.DISPUTE,
    "CUSTOMER.DISPUTE.UPDATED": Topic.DISPUTE,
    "CUSTOMER.DISPUTE.RESOLVED": Topic.DISPUTE,
}


def topic_of(event_type: str) -> Topic:
    """Return what an event is about; one that we do not know is about nothing of ours."""
    return TOPICS.get(event_type, Topic.OTHER)


def approvals_used(*, rounds: int, registers_account: bool) -> int:
    """Return how many approvals the captures refused so far have used up: a registered account is tried without one."""
    return rounds if registers_account else max(rounds - 1, 0)


def is_news_of_approval(*, declined: bool, approvals: int, used: int) -> bool:
    """Tell whether the payer has approved since the last capture, by the number of approvals that were announced.

    After a decline PayPal goes on calling the order approved, and the announcement of the first approval may come late.
    """
    return not declined or approvals > used
