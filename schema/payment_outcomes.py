"""How a payment ended: one type for each final status."""

from datetime import date, datetime
from typing import Annotated, TypeAlias

import strawberry

from models import enums, tables
from schema import texts
from schema.context import Info
from schema.nodes import guaranteed
from schema.paypal_accounts import PayPalAccountSnapshot


@strawberry.type(description='A mail of ours, such as "Conferma pagamento".')
class EmailDelivery:
    to: str = strawberry.field(description="Address of the recipient.")
    status: enums.EmailStatus = strawberry.field(description="How far it has come.")
    at: datetime = strawberry.field(description="When it was sent; while it is QUEUED, when it became due.")

    @classmethod
    def from_model(cls, row: tables.Email) -> "EmailDelivery":
        return cls(to=row.recipient, status=row.status, at=row.sent_at or row.created_at)


@strawberry.type(description="The sum was charged and the order is paid.")
class PaymentSucceeded:
    at: datetime = strawberry.field(description="When it was charged.")
    account: PayPalAccountSnapshot = strawberry.field(description="The account that paid, as it was then.")
    pay_pal_reference: str = strawberry.field(description="Capture id, to quote to PayPal.")
    payment_id: strawberry.Private[str]

    @classmethod
    def from_model(cls, row: tables.Payment) -> "PaymentSucceeded":
        return cls(
            at=guaranteed(row.ended_at),
            account=PayPalAccountSnapshot(masked_email=guaranteed(row.payer_email), payer_id=row.payer_id),
            pay_pal_reference=guaranteed(row.capture_id),
            payment_id=row.id,
        )

    @strawberry.field(description='The mail "Conferma pagamento".')
    async def confirmation_email(self, info: Info) -> EmailDelivery:
        row = await info.context.loaders.confirmation_of_payment.load(self.payment_id)
        return EmailDelivery.from_model(guaranteed(row))


@strawberry.type(
    description="It did not pay the order: nothing was charged, or what was charged is given back. The order can be "
    "paid anew unless its paymentBlocks say otherwise."
)
class PaymentFailed:
    at: datetime = strawberry.field(description="When it failed.")
    code: enums.PaymentFailureCode = strawberry.field(description="Why, for programs.")
    advice: enums.FailureAdvice = strawberry.field(description="What the customer does best now.")
    payment_id: strawberry.Private[str]
    automatic: strawberry.Private[bool]

    @classmethod
    def from_model(cls, row: tables.Payment) -> "PaymentFailed":
        return cls(
            at=guaranteed(row.ended_at),
            code=guaranteed(row.failure_code),
            advice=row.failure_advice or enums.FailureAdvice.CONTACT_US,
            payment_id=row.id,
            automatic=row.initiator is enums.PaymentInitiator.AUTOMATIC_RENEWAL,
        )

    @strawberry.field(
        description="When the renewal is charged again, Europe/Rome; null when it is not, and for other payments."
    )
    async def next_attempt_on(self, info: Info) -> date | None:
        return await info.context.loaders.next_attempt_of_payment.load(self.payment_id) if self.automatic else None

    @strawberry.field(description="Why, localised, for people.")
    def message(self, info: Info) -> str:
        return texts.PAYMENT_FAILURE[self.code].to(info.context.locale)


@strawberry.type(
    description="Given up before the charge; the order can be paid anew. Should PayPal take the money all the same, it "
    "becomes PaymentSucceeded or is given back, see refunds."
)
class PaymentCanceled:
    at: datetime = strawberry.field(description="When it was given up.")
    by: enums.EventSource = strawberry.field(description="Who gave it up.")

    @classmethod
    def from_model(cls, row: tables.Payment) -> "PaymentCanceled":
        return cls(at=guaranteed(row.ended_at), by=guaranteed(row.canceled_by))


@strawberry.type(
    description="Left unfinished too long; the order can be paid anew. Should PayPal take the money all the same, it "
    "becomes PaymentSucceeded or is given back, see refunds."
)
class PaymentExpired:
    at: datetime = strawberry.field(description="When it was closed.")

    @classmethod
    def from_model(cls, row: tables.Payment) -> "PaymentExpired":
        return cls(at=guaranteed(row.ended_at))


PaymentOutcome: TypeAlias = Annotated[
    PaymentSucceeded | PaymentFailed | PaymentCanceled | PaymentExpired,
    strawberry.union(
        "PaymentOutcome", description="How a payment ended. A charge that failed is an outcome, no error."
    ),
]


def outcome(row: tables.Payment) -> PaymentOutcome | None:
    """Return how a payment ended; None while it is open."""
    match row.status:
        case enums.PaymentStatus.SUCCEEDED:
            return PaymentSucceeded.from_model(row)
        case enums.PaymentStatus.FAILED:
            return PaymentFailed.from_model(row)
        case enums.PaymentStatus.CANCELED:
            return PaymentCanceled.from_model(row)
        case enums.PaymentStatus.EXPIRED:
            return PaymentExpired.from_model(row)
        case _:
            return None
