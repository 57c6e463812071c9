"""Refusals of use cases as members of the result unions; a test checks that none is forgotten."""

from typing import Any

import strawberry

from schema import refusals
from schema.context import Locale
from use_cases import errors


class TellNotFound(strawberry.ExceptionHandler[errors.NotFound, refusals.NotFoundError]):
    def handle(self, exception: errors.NotFound, *, field: Any, info: Any) -> refusals.NotFoundError:
        return refusals.NotFoundError.of(exception.path, locale=locale_of(info))


class TellInvalidInput(strawberry.ExceptionHandler[errors.InvalidInput, refusals.InvalidInputError]):
    def handle(self, exception: errors.InvalidInput, *, field: Any, info: Any) -> refusals.InvalidInputError:
        return refusals.InvalidInputError.of(exception.path, reason=exception.reason, locale=locale_of(info))


class TellInvalidCredentials(strawberry.ExceptionHandler[errors.InvalidCredentials, refusals.InvalidCredentialsError]):
    def handle(
        self, exception: errors.InvalidCredentials, *, field: Any, info: Any
    ) -> refusals.InvalidCredentialsError:
        return refusals.InvalidCredentialsError.of(
            locale=locale_of(info), retry_after_seconds=exception.retry_after_seconds
        )


class TellOrderNotPayable(strawberry.ExceptionHandler[errors.OrderNotPayable, refusals.OrderNotPayableError]):
    def handle(self, exception: errors.OrderNotPayable, *, field: Any, info: Any) -> refusals.OrderNotPayableError:
        return refusals.OrderNotPayableError.of(exception.order, exception.decision, locale=locale_of(info))


class TellOrderNotCancelable(strawberry.ExceptionHandler[errors.OrderNotCancelable, refusals.OrderNotCancelableError]):
    def handle(
        self, exception: errors.OrderNotCancelable, *, field: Any, info: Any
    ) -> refusals.OrderNotCancelableError:
        return refusals.OrderNotCancelableError.of(exception.order, locale=locale_of(info))


class TellPaymentState(strawberry.ExceptionHandler[errors.PaymentStateConflict, refusals.PaymentStateError]):
    def handle(self, exception: errors.PaymentStateConflict, *, field: Any, info: Any) -> refusals.PaymentStateError:
        return refusals.PaymentStateError.of(exception.payment, allowed_in=exception.allowed_in, locale=locale_of(info))


class TellAutoRenewalNotAllowed(
    strawberry.ExceptionHandler[errors.AutoRenewalNotAllowed, refusals.AutoRenewalNotAllowedError]
):
    def handle(
        self, exception: errors.AutoRenewalNotAllowed, *, field: Any, info: Any
    ) -> refusals.AutoRenewalNotAllowedError:
        return refusals.AutoRenewalNotAllowedError.of(exception.service, exception.decision, locale=locale_of(info))


class TellAccountNotUsable(strawberry.ExceptionHandler[errors.AccountNotUsable, refusals.AccountNotUsableError]):
    def handle(self, exception: errors.AccountNotUsable, *, field: Any, info: Any) -> refusals.AccountNotUsableError:
        return refusals.AccountNotUsableError.of(
            exception.account, being_charged=exception.being_charged, locale=locale_of(info)
        )


class TellAccountInUse(strawberry.ExceptionHandler[errors.AccountInUse, refusals.AccountInUseError]):
    def handle(self, exception: errors.AccountInUse, *, field: Any, info: Any) -> refusals.AccountInUseError:
        return refusals.AccountInUseError.of(exception.account, exception.services, locale=locale_of(info))


class TellAmountChanged(strawberry.ExceptionHandler[errors.AmountChanged, refusals.AmountChangedError]):
    def handle(self, exception: errors.AmountChanged, *, field: Any, info: Any) -> refusals.AmountChangedError:
        return refusals.AmountChangedError.of(
            exception.payment, expected=exception.expected, actual=exception.actual, locale=locale_of(info)
        )


class TellIdempotencyConflict(
    strawberry.ExceptionHandler[errors.IdempotencyConflict, refusals.IdempotencyConflictError]
):
    def handle(
        self, exception: errors.IdempotencyConflict, *, field: Any, info: Any
    ) -> refusals.IdempotencyConflictError:
        return refusals.IdempotencyConflictError.of(exception.key, locale=locale_of(info))


class TellProviderUnavailable(
    strawberry.ExceptionHandler[errors.ProviderUnavailable, refusals.ProviderUnavailableError]
):
    def handle(
        self, exception: errors.ProviderUnavailable, *, field: Any, info: Any
    ) -> refusals.ProviderUnavailableError:
        return refusals.ProviderUnavailableError.of(
            exception.payment, retry_after_seconds=exception.retry_after_seconds, locale=locale_of(info)
        )


def locale_of(info: Any) -> Locale:
    """Return the language of the reader."""
    locale: Locale = info.context.locale
    return locale


HANDLERS: tuple[strawberry.ExceptionHandler[Any, Any], ...] = (
    TellNotFound(),
    TellInvalidInput(),
    TellInvalidCredentials(),
    TellOrderNotPayable(),
    TellOrderNotCancelable(),
    TellPaymentState(),
    TellAutoRenewalNotAllowed(),
    TellAccountNotUsable(),
    TellAccountInUse(),
    TellAmountChanged(),
    TellIdempotencyConflict(),
    TellProviderUnavailable(),
)
