"""Every refusal a mutation may answer; `of` takes plain values and the language of the reader."""

from collections.abc import Iterable, Sequence

import strawberry

from models import enums, money, tables
from policies.decisions import Decision
from schema import texts
from schema.context import Locale
from schema.errors import UserError
from schema.money import Money
from schema.orders import Order, OrderBlock
from schema.payments import Payment
from schema.paypal_accounts import PayPalAccount
from schema.renewals import AutoRenewalBlock
from schema.services import Service

PASSING_ORDER_BLOCKS = frozenset({enums.OrderBlockCode.PAYMENT_BEING_VERIFIED, enums.OrderBlockCode.PAYMENTS_CLOSED})
PASSING_RENEWAL_BLOCKS = frozenset({enums.AutoRenewalBlockCode.CHARGE_IN_PROGRESS})


@strawberry.type(description="Nothing with this id or number exists, or it is not yours: the two answer alike.")
class NotFoundError(UserError):
    path: list[str] = strawberry.field(description="Where in the arguments the id or number stands.")

    @classmethod
    def of(cls, path: Sequence[str], *, locale: Locale) -> "NotFoundError":
        code = enums.UserErrorCode.NOT_FOUND
        text = texts.NOT_FOUND.get(path[-1], texts.USER_ERROR[code])
        return cls(code=code, message=text.to(locale), retryable=False, path=list(path))


@strawberry.type(description="A value of the input is well formed and yet cannot be used.")
class InvalidInputError(UserError):
    path: list[str] = strawberry.field(description="Where in the arguments the value stands.")

    @classmethod
    def of(cls, path: Sequence[str], *, reason: str, locale: Locale) -> "InvalidInputError":
        """Say why, by a key of ``texts.INVALID_INPUT``. Raises ``KeyError`` for a reason without a sentence."""
        message = texts.INVALID_INPUT[reason].to(locale)
        return cls(code=enums.UserErrorCode.INVALID_INPUT, message=message, retryable=False, path=list(path))


@strawberry.type(description="The username or the password is wrong; which of the two is not told.")
class InvalidCredentialsError(UserError):
    retry_after_seconds: int | None = strawberry.field(
        description="Seconds to wait before the next try; null when there is no need to wait."
    )

    @classmethod
    def of(cls, *, locale: Locale, retry_after_seconds: int | None = None) -> "InvalidCredentialsError":
        code = enums.UserErrorCode.INVALID_CREDENTIALS
        message = texts.USER_ERROR[code].to(locale)
        return cls(code=code, message=message, retryable=False, retry_after_seconds=retry_after_seconds)


@strawberry.type(description="The order cannot be paid now.")
class OrderNotPayableError(UserError):
    order: Order = strawberry.field(description="The order, as it is now.")
    blocks: list[OrderBlock] = strawberry.field(description="Every reason, the weightiest first.")

    @classmethod
    def of(
        cls, order: tables.Order, decision: Decision[enums.OrderBlockCode], *, locale: Locale
    ) -> "OrderNotPayableError":
        code = enums.UserErrorCode.ORDER_NOT_PAYABLE
        return cls(
            code=code,
            message=texts.USER_ERROR[code].to(locale),
            retryable=PASSING_ORDER_BLOCKS.issuperset(block.code for block in decision.blocks),
            order=Order.from_model(order),
            blocks=[OrderBlock.from_model(block) for block in decision.blocks],
        )


@strawberry.type(description="Only an unpaid order with no payment under way can be given up.")
class OrderNotCancelableError(UserError):
    order: Order = strawberry.field(description="The order, as it is now.")

    @classmethod
    def of(cls, order: tables.Order, *, locale: Locale) -> "OrderNotCancelableError":
        code = enums.UserErrorCode.ORDER_NOT_CANCELABLE
        message = texts.USER_ERROR[code].to(locale)
        return cls(code=code, message=message, retryable=False, order=Order.from_model(order))


@strawberry.type(description="The payment is at a step that does not allow this.")
class PaymentStateError(UserError):
    payment: Payment = strawberry.field(description="The payment, as it is now.")
    allowed_in: list[enums.PaymentStatus] = strawberry.field(description="The steps that would allow it.")

    @classmethod
    def of(
        cls, payment: tables.Payment, *, allowed_in: Iterable[enums.PaymentStatus], locale: Locale
    ) -> "PaymentStateError":
        code = enums.UserErrorCode.PAYMENT_STATE
        allowed = set(allowed_in)
        return cls(
            code=code,
            message=texts.USER_ERROR[code].to(locale),
            retryable=False,
            payment=Payment.from_model(payment),
            allowed_in=[status for status in enums.PaymentStatus if status in allowed],
        )


@strawberry.type(description="Automatic renewal cannot be switched for this service now.")
class AutoRenewalNotAllowedError(UserError):
    service: Service = strawberry.field(description="The service, as it is now.")
    blocks: list[AutoRenewalBlock] = strawberry.field(description="Every reason, the weightiest first.")

    @classmethod
    def of(
        cls, service: tables.Service, decision: Decision[enums.AutoRenewalBlockCode], *, locale: Locale
    ) -> "AutoRenewalNotAllowedError":
        code = enums.UserErrorCode.AUTO_RENEWAL_NOT_ALLOWED
        return cls(
            code=code,
            message=texts.USER_ERROR[code].to(locale),
            retryable=PASSING_RENEWAL_BLOCKS.issuperset(block.code for block in decision.blocks),
            service=Service.from_model(service),
            blocks=[AutoRenewalBlock.from_model(block) for block in decision.blocks],
        )


@strawberry.type(
    description="The PayPal account cannot be used: revoked, removed, not registered yet, or busy with a payment."
)
class AccountNotUsableError(UserError):
    account: PayPalAccount | None = strawberry.field(description="The account, as it is now; null when it is gone.")

    @classmethod
    def of(
        cls, account: tables.PayPalAccount | None, *, locale: Locale, being_charged: bool = False
    ) -> "AccountNotUsableError":
        code = enums.UserErrorCode.ACCOUNT_NOT_USABLE
        text = texts.ACCOUNT_BEING_CHARGED if being_charged else texts.USER_ERROR[code]
        shown = PayPalAccount.from_model(account) if account else None
        return cls(code=code, message=text.to(locale), retryable=being_charged, account=shown)


@strawberry.type(description="Services renew on the PayPal account: name another one for them, or switch renewal off.")
class AccountInUseError(UserError):
    account: PayPalAccount = strawberry.field(description="The account, as it is now.")
    services: list[Service] = strawberry.field(description="The services that renew on it, soonest expiry first.")

    @classmethod
    def of(
        cls, account: tables.PayPalAccount, services: Sequence[tables.Service], *, locale: Locale
    ) -> "AccountInUseError":
        code = enums.UserErrorCode.ACCOUNT_IN_USE
        return cls(
            code=code,
            message=texts.USER_ERROR[code].to(locale),
            retryable=False,
            account=PayPalAccount.from_model(account),
            services=[Service.from_model(service) for service in services],
        )


@strawberry.type(description="The sum the customer saw is not the one that would be charged; nothing was.")
class AmountChangedError(UserError):
    payment: Payment = strawberry.field(description="The payment, as it is now.")
    expected: Money = strawberry.field(description="What the customer saw.")
    actual: Money = strawberry.field(description="What would be charged.")

    @classmethod
    def of(
        cls, payment: tables.Payment, *, expected: money.Money, actual: money.Money, locale: Locale
    ) -> "AmountChangedError":
        code = enums.UserErrorCode.AMOUNT_CHANGED
        return cls(
            code=code,
            message=texts.USER_ERROR[code].to(locale),
            retryable=False,
            payment=Payment.from_model(payment),
            expected=Money.from_model(expected),
            actual=Money.from_model(actual),
        )


@strawberry.type(description="The idempotency key was used before with another input.")
class IdempotencyConflictError(UserError):
    key: str = strawberry.field(description="The key.")

    @classmethod
    def of(cls, key: str, *, locale: Locale) -> "IdempotencyConflictError":
        code = enums.UserErrorCode.IDEMPOTENCY_CONFLICT
        return cls(code=code, message=texts.USER_ERROR[code].to(locale), retryable=False, key=key)


@strawberry.type(description="PayPal cannot be reached; nothing was charged.")
class ProviderUnavailableError(UserError):
    retry_after_seconds: int = strawberry.field(description="Seconds to wait before trying again.")
    payment: Payment | None = strawberry.field(description="The payment, as it is now; null when there is none.")

    @classmethod
    def of(
        cls, payment: tables.Payment | None, *, retry_after_seconds: int, locale: Locale
    ) -> "ProviderUnavailableError":
        code = enums.UserErrorCode.PROVIDER_UNAVAILABLE
        return cls(
            code=code,
            message=texts.USER_ERROR[code].to(locale),
            retryable=True,
            retry_after_seconds=retry_after_seconds,
            payment=Payment.from_model(payment) if payment else None,
        )
