"""What must happen next in an open payment: one type for each kind of step."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from models import enums, tables
from models.money import Money as Sum
from policies.payment_transitions import SELECTABLE
from schema.context import Info
from schema.money import Money
from schema.nodes import guaranteed
from schema.paypal_accounts import PayPalAccount, PayPalAccountSnapshot
from schema.scalars import URL

WAITING = {
    enums.PaymentStatus.PROCESSING: enums.WaitReason.PROCESSING,
    enums.PaymentStatus.VERIFYING: enums.WaitReason.OUTCOME_UNKNOWN,
    enums.PaymentStatus.PENDING: enums.WaitReason.PAYPAL_REVIEW,
}


@strawberry.type(description='The customer chooses a registered account, or "Nuovo account PayPal": selectAccount.')
class SelectAccountAction:
    accounts: list[PayPalAccount] = strawberry.field(description="Accounts that can be charged, the default first.")
    suggested: PayPalAccount | None = strawberry.field(
        description="The customer's default account; null when there is none."
    )

    @classmethod
    def from_model(cls, rows: Sequence[tables.PayPalAccount]) -> "SelectAccountAction":
        usable = [row for row in rows if row.status is enums.PayPalAccountStatus.ACTIVE]
        default = next((row for row in usable if row.is_default), None)
        return cls(
            accounts=[PayPalAccount.from_model(row) for row in usable],
            suggested=PayPalAccount.from_model(default) if default else None,
        )


@strawberry.type(
    description="The payer agrees on PayPal's page; the approval itself completes the payment, or the registration."
)
class ApproveOnPayPalAction:
    redirect_url: URL = strawberry.field(description="Send the whole page here, not a frame.")
    expires_at: datetime = strawberry.field(description="After this instant PayPal no longer accepts the approval.")

    @classmethod
    def from_model(cls, row: tables.PaymentAttempt | tables.AccountSetup) -> "ApproveOnPayPalAction":
        return cls(redirect_url=URL(guaranteed(row.approve_url)), expires_at=guaranteed(row.approval_expires_at))


@strawberry.type(description='The customer presses "Procedi": confirmPayment with this very amount.')
class ConfirmAction:
    amount: Money = strawberry.field(description="What will be charged.")
    account: PayPalAccountSnapshot | None = strawberry.field(
        description="What will be charged to; null when a new account will be registered."
    )


@strawberry.type(description="Nothing for the customer to do: ask again later.")
class WaitAction:
    reason: enums.WaitReason = strawberry.field(description="What the payment waits for.")
    poll_after_ms: int = strawberry.field(description="Ask again after this many milliseconds.")


PaymentNextAction: TypeAlias = Annotated[
    SelectAccountAction | ApproveOnPayPalAction | ConfirmAction | WaitAction,
    strawberry.union("PaymentNextAction", description="What must happen next in an open payment."),
]


async def next_action(row: tables.Payment, info: Info) -> PaymentNextAction | None:
    """Return the step an open payment waits for; None for one that has ended."""
    match row.status:
        case enums.PaymentStatus.AWAITING_ACCOUNT:
            return SelectAccountAction.from_model(await info.context.loaders.accounts.load(row.customer_id))
        case enums.PaymentStatus.AWAITING_CONFIRMATION:
            return ConfirmAction(amount=Money.from_model(await due(row, info)), account=await selected(row, info))
        case enums.PaymentStatus.AWAITING_APPROVAL:
            attempt = await info.context.loaders.attempt_of_payment.load(row.id)
            return ApproveOnPayPalAction.from_model(guaranteed(attempt))
        case enums.PaymentStatus.PROCESSING | enums.PaymentStatus.VERIFYING | enums.PaymentStatus.PENDING:
            return WaitAction(reason=WAITING[row.status], poll_after_ms=info.context.poll_after_ms)
        case _:
            return None


async def due(row: tables.Payment, info: Info) -> Sum:
    """Return what is charged: the order's present price until the confirmation freezes it."""
    if row.status not in SELECTABLE:
        return Sum(row.amount_cents, row.currency)
    order = guaranteed(await info.context.loaders.order.load(row.order_id))
    return Sum(order.gross_cents, order.currency)


async def selected(row: tables.Payment, info: Info) -> PayPalAccountSnapshot | None:
    """Return the registered account that was chosen; None when a new one was."""
    if row.account_id is None:
        return None
    account = await info.context.loaders.account.load(row.account_id)
    return PayPalAccountSnapshot.from_model(account) if account else None
