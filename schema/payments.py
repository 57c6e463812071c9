"""Payments: where one stands, what comes next or how it ended, and what was chosen with it."""

from datetime import datetime

import strawberry

from models import enums, money, tables
from schema import payment_actions, payment_outcomes
from schema.context import Info, RenewalChoiceFacts, mail_language
from schema.mandates import ConsentText, RenewalMandate
from schema.money import Money
from schema.nodes import Node, guaranteed
from schema.orders import Order
from schema.payment_actions import PaymentNextAction
from schema.payment_outcomes import PaymentOutcome
from schema.paypal_accounts import PayPalAccount, find_account
from schema.renewals import AutoRenewalEligibility
from schema.services import Service


@strawberry.type(description='The flag "Rinnovo automatico" of one service in a payment; applied when it succeeds.')
class RenewalChoice:
    service: Service = strawberry.field(description="The service of the order.")
    enabled: bool = strawberry.field(description="Whether it will renew by itself once the payment succeeds.")
    maximum_price: Money | None = strawberry.field(
        description="The most that will be charged by itself, VAT included; null without a limit, or not enabled."
    )
    eligibility: AutoRenewalEligibility = strawberry.field(description="Whether the flag may be set in this payment.")
    facts: strawberry.Private[RenewalChoiceFacts]

    @classmethod
    def from_model(cls, facts: RenewalChoiceFacts) -> "RenewalChoice":
        cents = facts.maximum_cents
        return cls(
            service=Service.from_model(facts.service),
            enabled=facts.enabled,
            maximum_price=Money.from_model(money.Money(cents)) if cents and facts.enabled else None,
            eligibility=AutoRenewalEligibility.from_model(facts.decision),
            facts=facts,
        )

    @strawberry.field(description="What the flag agrees to: the sentence to show beside it.")
    def consent_text(self, info: Info) -> ConsentText:
        cents = self.facts.maximum_cents
        maximum = money.Money(cents) if cents else None
        return ConsentText.of_renewal(self.facts.service, maximum=maximum, locale=mail_language(info))


@strawberry.type(description="One step in the life of a payment.")
class PaymentEvent:
    at: datetime = strawberry.field(description="When it happened.")
    status: enums.PaymentStatus = strawberry.field(description="The status from then on.")
    source: enums.EventSource = strawberry.field(description="Who or what caused it.")
    note: str | None = strawberry.field(description="A remark for customer service; null when there is none.")

    @classmethod
    def from_model(cls, row: tables.PaymentEvent) -> "PaymentEvent":
        return cls(at=row.at, status=row.status, source=row.source, note=row.note)


@strawberry.type(description="Money given back from a payment, or on its way.")
class Refund:
    amount: Money = strawberry.field(description="How much.")
    status: enums.RefundStatus = strawberry.field(description="How far it has come.")
    at: datetime = strawberry.field(description="When it came to its end; before that, when it was asked for.")
    reason: enums.RefundReason = strawberry.field(description="Why the money is given back.")

    @classmethod
    def from_model(cls, row: tables.Refund) -> "Refund":
        return cls(
            amount=Money.from_model(money.Money(row.amount_cents, row.currency)),
            status=row.status,
            at=row.ended_at or row.created_at,
            reason=row.reason,
        )


@strawberry.type(description="One attempt to pay an order. An order has at most one that is open.")
class Payment(Node):
    status: enums.PaymentStatus = strawberry.field(
        description="For filters and badges. The data that belongs to a state is in nextAction or outcome."
    )
    initiator: enums.PaymentInitiator = strawberry.field(description="Who started it.")
    created_at: datetime = strawberry.field(description="When it was started.")
    row: strawberry.Private[tables.Payment]

    @classmethod
    def from_model(cls, row: tables.Payment) -> "Payment":
        return cls(
            id=strawberry.ID(row.id),
            status=row.status,
            initiator=row.initiator,
            created_at=row.created_at,
            row=row,
        )

    @strawberry.field(description="What is charged, VAT included: until it is confirmed, the order's present price.")
    async def amount(self, info: Info) -> Money:
        return Money.from_model(await payment_actions.due(self.row, info))

    @strawberry.field(description="The order it pays.")
    async def order(self, info: Info) -> Order:
        return Order.from_model(guaranteed(await info.context.loaders.order.load(self.row.order_id)))

    @strawberry.field(description="What must happen next. Null exactly when outcome is set.")
    async def next_action(self, info: Info) -> PaymentNextAction | None:
        return await payment_actions.next_action(self.row, info)

    @strawberry.field(description="How it ended. Null exactly when nextAction is set.")
    def outcome(self) -> PaymentOutcome | None:
        return payment_outcomes.outcome(self.row)

    @strawberry.field(
        description="The registered account that was chosen. Null before the selection, while a new account is not "
        "registered yet, and after the account was removed; PaymentSucceeded keeps a frozen copy."
    )
    async def account(self, info: Info) -> PayPalAccount | None:
        return await find_account(self.row.account_id, info)

    @strawberry.field(
        description="Why it was charged with nobody present. Null exactly when initiator is not AUTOMATIC_RENEWAL."
    )
    async def mandate(self, info: Info) -> RenewalMandate | None:
        mandate = await info.context.loaders.mandate_of_payment.load(self.row.id)
        return RenewalMandate.from_model(mandate) if mandate else None

    @strawberry.field(description="One per service of the order; on by default where it is allowed.")
    async def renewal_choices(self, info: Info) -> list[RenewalChoice]:
        choices = await info.context.loaders.choices_of_payment.load(self.row.id)
        return [RenewalChoice.from_model(facts) for facts in choices]

    @strawberry.field(
        description="What was given back of the money it took, oldest first; empty, and never null, when nothing was."
    )
    async def refunds(self, info: Info) -> list[Refund]:
        rows = await info.context.loaders.refunds_of_payment.load(self.row.id)
        return [Refund.from_model(row) for row in rows]

    @strawberry.field(description="Its steps, oldest first; bounded.")
    async def history(self, info: Info) -> list[PaymentEvent]:
        rows = await info.context.loaders.history_of_payment.load(self.row.id)
        return [PaymentEvent.from_model(row) for row in rows]
