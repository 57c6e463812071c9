"""What clients send: filters, and the input of each mutation."""

from dataclasses import replace
from datetime import date

import strawberry

from models import enums
from policies.price_guard import PriceGuard
from schema.context import OrderCriteria, ServiceCriteria
from schema.money import MoneyInput
from schema.scalars import URL

IDEMPOTENCY_KEY = (
    "A value of your choice, at most 255 characters: for a day at least, the same input repeated with it gets the same "
    "answer."
)


@strawberry.input(description="Which services; a field left out, null or empty does not restrict.")
class ServiceFilter:
    product: list[enums.Product] | None = strawberry.field(description="One of these products.")
    status: list[enums.ServiceStatus] | None = strawberry.field(description="In one of these states.")
    auto_renewal: list[enums.AutoRenewalStatus] | None = strawberry.field(
        description="With automatic renewal in one of these states."
    )
    expires_before: date | None = strawberry.field(
        description="Expiring before this day, Europe/Rome, the day itself excluded."
    )

    def to_criteria(self) -> ServiceCriteria:
        return ServiceCriteria(
            products=tuple(self.product or ()),
            statuses=tuple(self.status or ()),
            auto_renewals=tuple(self.auto_renewal or ()),
            expires_before=self.expires_before,
        )


@strawberry.input(description="What a list of orders is sorted by, and in which direction.")
class OrderSort:
    field: enums.OrderSortField = strawberry.field(description="The value compared.")
    direction: enums.SortDirection = strawberry.field(description="Which end comes first.")

    def sorting(self, criteria: OrderCriteria) -> OrderCriteria:
        return replace(criteria, sort=self.field, direction=self.direction)


@strawberry.input(description="Which orders; a field left out, null or empty does not restrict.")
class OrderFilter:
    status: list[enums.OrderStatus] | None = strawberry.field(description="In one of these states.")
    kind: list[enums.OrderKind] | None = strawberry.field(description="Of one of these kinds.")
    service: strawberry.ID | None = strawberry.field(description="With a line for this service.")
    created_from: date | None = strawberry.field(description="Placed on this day or later, Europe/Rome.")
    created_to: date | None = strawberry.field(description="Placed on this day or earlier, Europe/Rome.")

    def to_criteria(self) -> OrderCriteria:
        return OrderCriteria(
            statuses=tuple(self.status or ()),
            kinds=tuple(self.kind or ()),
            service_id=self.service,
            created_from=self.created_from,
            created_to=self.created_to,
        )


@strawberry.input(one_of=True, description="An order, by its id or by the number a person types: exactly one.")
class OrderRef:
    id: strawberry.ID | None = strawberry.field(description="Its global id.")
    number: str | None = strawberry.field(description="Its number, as typed: spaces and lower case do not matter.")


@strawberry.input(description='"Nuovo account PayPal": how the account to be registered shall appear.')
class NewPayPalAccountInput:
    nickname: str | None = strawberry.field(
        description="A name for the customer's own list, at most 60 characters; optional."
    )
    make_default: bool = strawberry.field(default=False, description="Suggest it first from now on.")


@strawberry.input(description="A PayPal account to register without a purchase.")
class RegisterPayPalAccountInput:
    account: NewPayPalAccountInput = strawberry.field(description="How it shall appear.")
    return_url: URL = strawberry.field(
        description="Where the browser comes back to after PayPal, approved or not; "
        "its origin must be on the allow-list."
    )
    enable_renewal_for: list[strawberry.ID] = strawberry.field(
        default_factory=list,
        description="Services whose automatic renewal goes on with this account as soon as it is registered.",
    )


@strawberry.input(one_of=True, description="What pays: a registered account or a new one, exactly one of the two.")
class AccountChoice:
    registered: strawberry.ID | None = strawberry.field(description="Id of an ACTIVE account of the customer.")
    new: NewPayPalAccountInput | None = strawberry.field(
        description="A new account, registered when the payment succeeds."
    )


@strawberry.input(description="What to pay and how.")
class StartPaymentInput:
    order: OrderRef = strawberry.field(description="The order to pay.")
    method: enums.PaymentMethod = strawberry.field(
        default=enums.PaymentMethod.PAYPAL, description="One of Order.paymentMethods."
    )
    return_url: URL = strawberry.field(
        description="Where the browser comes back to after PayPal, approved or not; "
        "its origin must be on the allow-list."
    )
    idempotency_key: str | None = strawberry.field(description=IDEMPOTENCY_KEY)


@strawberry.input(description="Which account pays.")
class SelectAccountInput:
    payment_id: strawberry.ID = strawberry.field(description="The open payment.")
    account: AccountChoice = strawberry.field(description="Replaces an earlier choice.")


@strawberry.input(description="Automatic renewal of one service, on or off.")
class SetAutoRenewalInput:
    service_id: strawberry.ID = strawberry.field(description="The service.")
    enabled: bool = strawberry.field(description="True to switch on; setting what is set already changes nothing.")
    account_id: strawberry.ID | None = strawberry.field(
        description="Required to switch on outside a payment; not allowed together with paymentId."
    )
    payment_id: strawberry.ID | None = strawberry.field(
        description="Stage the choice in this payment: it takes effect only if the payment succeeds.",
    )
    maximum_price: MoneyInput | None = strawberry.field(
        default=strawberry.UNSET,
        description="Charge by itself at most this much, VAT included, and leave the renewal's order to me above it. "
        "Left out, it stays as it is; null for no limit. Not to switch off.",
    )

    def guard(self) -> PriceGuard | None:
        """Return the limit, if one is to be set or lifted. Raises `BadUserInput` for a sum that no price can have."""
        if self.maximum_price is strawberry.UNSET:
            return None
        return PriceGuard(maximum=self.maximum_price.to_money() if self.maximum_price else None)


@strawberry.input(description='"Procedi": what the customer agrees to pay.')
class ConfirmPaymentInput:
    payment_id: strawberry.ID = strawberry.field(description="The payment to confirm.")
    expected_amount: MoneyInput = strawberry.field(
        description="What the customer saw. A different sum is refused, not charged."
    )
    idempotency_key: str | None = strawberry.field(description=IDEMPOTENCY_KEY)
