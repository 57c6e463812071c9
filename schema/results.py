"""What each mutation answers: its payload, or one of the refusals it may meet."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from models import enums
from schema.customers import Customer
from schema.orders import Order
from schema.payment_actions import ApproveOnPayPalAction
from schema.payments import Payment
from schema.paypal_accounts import PayPalAccount
from schema.refusals import (
    AccountInUseError,
    AccountNotUsableError,
    AmountChangedError,
    AutoRenewalNotAllowedError,
    IdempotencyConflictError,
    InvalidCredentialsError,
    InvalidInputError,
    NotFoundError,
    OrderNotCancelableError,
    OrderNotPayableError,
    PaymentStateError,
    ProviderUnavailableError,
)
from schema.services import Service


@strawberry.type(description="The payment is open.")
class StartPaymentPayload:
    payment: Payment = strawberry.field(description="The open payment; go on with its nextAction.")
    resumed: bool = strawberry.field(description="True when an open payment was handed back.")


@strawberry.type(description="The account is chosen.")
class SelectAccountPayload:
    payment: Payment = strawberry.field(description="The payment, ready to be confirmed.")


@strawberry.type(description="The flag is as asked.")
class SetAutoRenewalPayload:
    service: Service = strawberry.field(description="The service, as it is now.")
    payment: Payment | None = strawberry.field(
        description="The payment in which the choice was staged; null outside a payment."
    )
    effect: enums.RenewalEffect = strawberry.field(description="When the change takes effect.")


@strawberry.type(description="The payment is confirmed; its nextAction or outcome says how it goes on.")
class ConfirmPaymentPayload:
    payment: Payment = strawberry.field(description="The payment, as it is now.")
    order: Order = strawberry.field(description="The order, as it is now.")
    replayed: bool = strawberry.field(description="True when the charge had already been made.")


@strawberry.type(description="The payment is given up.")
class CancelPaymentPayload:
    payment: Payment = strawberry.field(description="The payment, as it is now.")


@strawberry.type(description="The order is given up.")
class CancelOrderPayload:
    order: Order = strawberry.field(description="The order, as it is now.")


@strawberry.type(description="The account waits for its owner's approval on PayPal's page, which completes it.")
class RegisterPayPalAccountPayload:
    account: PayPalAccount = strawberry.field(description="The account, in PENDING_APPROVAL.")
    approve: ApproveOnPayPalAction = strawberry.field(description="Where its owner approves, and until when.")


@strawberry.type(description="The account is the default.")
class MakeDefaultPayPalAccountPayload:
    account: PayPalAccount = strawberry.field(description="The account, suggested first from now on.")
    customer: Customer = strawberry.field(description="The customer, with all accounts as they are now.")


@strawberry.type(description="The account is removed; PayPal is told, too.")
class RemovePayPalAccountPayload:
    removed_id: strawberry.ID = strawberry.field(description="The account that is gone.")
    moved: list[Service] = strawberry.field(description="The services that renew on the other account from now on.")
    customer: Customer = strawberry.field(description="The customer, with the accounts that are left.")


@strawberry.type(description="The customer is signed in.")
class SignInPayload:
    viewer: Customer = strawberry.field(description="The signed-in customer.")
    expires_at: datetime = strawberry.field(description="When the session ends by itself.")


@strawberry.type(description="Nobody is signed in any more.")
class SignOutPayload:
    ok: bool = strawberry.field(description="Always true; signing out twice is harmless.")


StartPaymentResult: TypeAlias = Annotated[
    StartPaymentPayload | NotFoundError | OrderNotPayableError | IdempotencyConflictError | InvalidInputError,
    strawberry.union("StartPaymentResult", description="Answer of startPayment."),
]
SelectAccountResult: TypeAlias = Annotated[
    SelectAccountPayload
    | NotFoundError
    | PaymentStateError
    | AccountNotUsableError
    | ProviderUnavailableError
    | InvalidInputError,
    strawberry.union("SelectAccountResult", description="Answer of selectAccount."),
]
SetAutoRenewalResult: TypeAlias = Annotated[
    SetAutoRenewalPayload
    | NotFoundError
    | AutoRenewalNotAllowedError
    | AccountNotUsableError
    | PaymentStateError
    | InvalidInputError,
    strawberry.union("SetAutoRenewalResult", description="Answer of setAutoRenewal."),
]
ConfirmPaymentResult: TypeAlias = Annotated[
    ConfirmPaymentPayload
    | NotFoundError
    | InvalidInputError
    | PaymentStateError
    | AmountChangedError
    | AccountNotUsableError
    | OrderNotPayableError
    | ProviderUnavailableError
    | IdempotencyConflictError,
    strawberry.union("ConfirmPaymentResult", description="Answer of confirmPayment."),
]
CancelPaymentResult: TypeAlias = Annotated[
    CancelPaymentPayload | NotFoundError | PaymentStateError,
    strawberry.union("CancelPaymentResult", description="Answer of cancelPayment."),
]
CancelOrderResult: TypeAlias = Annotated[
    CancelOrderPayload | NotFoundError | OrderNotCancelableError,
    strawberry.union("CancelOrderResult", description="Answer of cancelOrder."),
]
RegisterPayPalAccountResult: TypeAlias = Annotated[
    RegisterPayPalAccountPayload
    | NotFoundError
    | AutoRenewalNotAllowedError
    | InvalidInputError
    | ProviderUnavailableError,
    strawberry.union("RegisterPayPalAccountResult", description="Answer of registerPayPalAccount."),
]
MakeDefaultPayPalAccountResult: TypeAlias = Annotated[
    MakeDefaultPayPalAccountPayload | NotFoundError | AccountNotUsableError,
    strawberry.union("MakeDefaultPayPalAccountResult", description="Answer of makeDefaultPayPalAccount."),
]
RemovePayPalAccountResult: TypeAlias = Annotated[
    RemovePayPalAccountPayload | NotFoundError | AccountInUseError | AccountNotUsableError,
    strawberry.union("RemovePayPalAccountResult", description="Answer of removePayPalAccount."),
]
SignInResult: TypeAlias = Annotated[
    SignInPayload | InvalidCredentialsError,
    strawberry.union("SignInResult", description="Answer of signIn."),
]
