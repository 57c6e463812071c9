"""Anticipated refusals, each told to the client as a member of the result union.

Refusal
├── NotFound               unknown or somebody else's: the two answer alike
├── InvalidInput
├── InvalidCredentials
├── OrderNotPayable
├── OrderNotCancelable
├── PaymentStateConflict
├── AutoRenewalNotAllowed
├── AccountNotUsable
├── AccountInUse
├── AmountChanged
├── IdempotencyConflict
└── ProviderUnavailable
"""

from collections.abc import Sequence

from models import enums, tables
from models.money import Money
from policies.decisions import Decision


class Refusal(Exception):
    """A request refused for a reason the client can act on; nothing was changed."""


class NotFound(Refusal):
    """The object does not exist or is not yours."""

    def __init__(self, *path: str) -> None:
        super().__init__(".".join(path))
        self.path = path


class InvalidInput(Refusal):
    """A value cannot be used; ``reason`` is a key of the texts shown to people."""

    def __init__(self, *path: str, reason: str) -> None:
        super().__init__(f"{'.'.join(path)}: {reason}")
        self.path = path
        self.reason = reason


class InvalidCredentials(Refusal):
    """Login or password is wrong, or tried too often; which of them is not told."""

    def __init__(self, *, retry_after_seconds: int | None = None) -> None:
        super().__init__()
        self.retry_after_seconds = retry_after_seconds


class OrderNotPayable(Refusal):
    """The order cannot be paid now."""

    def __init__(self, order: tables.Order, decision: Decision[enums.OrderBlockCode]) -> None:
        super().__init__(order.id)
        self.order = order
        self.decision = decision


class OrderNotCancelable(Refusal):
    """Only an unpaid order can be given up, and only while no money can have moved for it."""

    def __init__(self, order: tables.Order) -> None:
        super().__init__(order.id)
        self.order = order


class PaymentStateConflict(Refusal):
    """The payment is in a state that does not allow this operation."""

    def __init__(self, payment: tables.Payment, *, allowed_in: frozenset[enums.PaymentStatus]) -> None:
        super().__init__(f"{payment.id} is {payment.status}")
        self.payment = payment
        self.allowed_in = allowed_in


class AutoRenewalNotAllowed(Refusal):
    """Automatic renewal cannot be switched or staged for this service."""

    def __init__(self, service: tables.Service, decision: Decision[enums.AutoRenewalBlockCode]) -> None:
        super().__init__(service.id)
        self.service = service
        self.decision = decision


class AccountNotUsable(Refusal):
    """The PayPal account is unknown, somebody else's, revoked, removed, or ``being_charged`` at this moment."""

    def __init__(self, account: tables.PayPalAccount | None = None, *, being_charged: bool = False) -> None:
        super().__init__(account.id if account else "unknown")
        self.account = account
        self.being_charged = being_charged


class AccountInUse(Refusal):
    """Services renew on the PayPal account."""

    def __init__(self, account: tables.PayPalAccount, services: Sequence[tables.Service]) -> None:
        super().__init__(account.id)
        self.account = account
        self.services = services


class AmountChanged(Refusal):
    """The sum the customer saw is not the sum that would be charged."""

    def __init__(self, payment: tables.Payment, *, expected: Money, actual: Money) -> None:
        super().__init__(payment.id)
        self.payment = payment
        self.expected = expected
        self.actual = actual


class IdempotencyConflict(Refusal):
    """The key was used before with another input."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


class ProviderUnavailable(Refusal):
    """PayPal cannot be reached; nothing was charged."""

    def __init__(self, payment: tables.Payment | None, *, retry_after_seconds: int) -> None:
        super().__init__(payment.id if payment else "no payment")
        self.payment = payment
        self.retry_after_seconds = retry_after_seconds
