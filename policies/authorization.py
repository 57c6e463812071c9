"""Who may see or do what: one row for every root field, every type, and every field that leads to another object.

A test enumerates the schema: a field without a row fails. What a row promises is kept where data are read: every
statement that finds a row for a request names the customer who asks (`models/rows.py`, `models/repositories`).
"""

from collections.abc import Mapping
from enum import Enum, auto


class Access(Enum):
    """Whom an answer is for."""

    ANYBODY = auto()  # nobody has to be signed in
    CUSTOMER = auto()  # a signed-in customer, about objects of their own
    OWNER = auto()  # objects of the customer who asks; one of somebody else is as if it did not exist
    CALLER = auto()  # part of the answer to the one who called, and no object by itself


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
    "Subscription.paymentChanged": Access.CUSTOMER,
}
