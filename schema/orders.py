"""Orders: what they contain, whether they can be paid, and how they were."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models import enums, tables
from policies.decisions import Block
from schema import texts
from schema.context import Info, PageKey
from schema.money import TaxedMoney
from schema.nodes import Node
from schema.pagination import After, Connection, First, connect, window
from schema.services import Service

if TYPE_CHECKING:
    from schema.payments import Payment

PAYMENTS_SHOWN = 10


@strawberry.type(description="One reason why an order cannot be paid now.")
class OrderBlock:
    code: enums.OrderBlockCode = strawberry.field(description="The reason, for programs.")

    @classmethod
    def from_model(cls, block: Block[enums.OrderBlockCode]) -> "OrderBlock":
        return cls(code=block.code)

    @strawberry.field(description="The reason, localised, for people.")
    def message(self, info: Info) -> str:
        return texts.ORDER_BLOCK[self.code].to(info.context.locale)


@strawberry.type(description="One thing bought with an order.")
class OrderLine:
    description: str = strawberry.field(description="What is bought, in the words of the order.")
    total: TaxedMoney = strawberry.field(description="Price of this line.")
    term_years: int | None = strawberry.field(description="Years of service bought; null when it is not a term.")
    service_id: strawberry.Private[str | None]

    @classmethod
    def from_model(cls, row: tables.OrderLine, *, order: tables.Order) -> "OrderLine":
        return cls(
            description=row.description,
            total=TaxedMoney.from_model(row, currency=order.currency, vat_rate=order.vat_rate),
            term_years=row.term_years,
            service_id=row.service_id,
        )

    @strawberry.field(description="The service bought or renewed; null when the line is for none.")
    async def service(self, info: Info) -> Service | None:
        if self.service_id is None:
            return None
        row = await info.context.loaders.service.load(self.service_id)
        return Service.from_model(row) if row else None


@strawberry.type(description="An order of the customer.")
class Order(Node):
    number: str = strawberry.field(description="The number a person types or reads in an e-mail; no authorization.")
    kind: enums.OrderKind = strawberry.field(description="Purchase or renewal.")
    status: enums.OrderStatus = strawberry.field(description="What has happened to it.")
    created_at: datetime = strawberry.field(description="When it was placed.")
    payable_until: datetime | None = strawberry.field(
        description="After this instant the order expires; null when it never does."
    )
    total: TaxedMoney = strawberry.field(description="Sum of its lines.")
    paid_at: datetime | None = strawberry.field(description="When it was paid; null while it is not.")
    row: strawberry.Private[tables.Order]

    @classmethod
    def from_model(cls, row: tables.Order) -> "Order":
        return cls(
            id=strawberry.ID(row.id),
            number=row.number,
            kind=row.kind,
            status=row.status,
            created_at=row.created_at,
            payable_until=None,  # unpaid orders do not expire by themselves
            total=TaxedMoney.from_model(row, currency=row.currency, vat_rate=row.vat_rate),
            paid_at=row.paid_at,
            row=row,
        )

    @strawberry.field(description='The status in words, localised by Accept-Language: "Attesa pagamento".')
    def status_label(self, info: Info) -> str:
        return texts.ORDER_STATUS[self.status].to(info.context.locale)

    @strawberry.field(description="What is bought, in the order's own sequence.")
    async def lines(self, info: Info) -> list[OrderLine]:
        rows = await info.context.loaders.lines_of_order.load(self.row.id)
        return [OrderLine.from_model(row, order=self.row) for row in rows]

    @strawberry.field(description='Ways to pay it ("Paga subito"); empty when it cannot be paid.')
    async def payment_methods(self, info: Info) -> list[enums.PaymentMethod]:
        decision = await info.context.loaders.payability.load(self.row.id)
        return list(enums.PaymentMethod) if decision.allowed else []

    @strawberry.field(description="Empty exactly when startPayment would accept the order.")
    async def payment_blocks(self, info: Info) -> list[OrderBlock]:
        decision = await info.context.loaders.payability.load(self.row.id)
        return [OrderBlock.from_model(block) for block in decision.blocks]

    @strawberry.field(
        description="The open attempt, if any: lets a second tab or device resume instead of paying twice."
    )
    async def active_payment(self, info: Info) -> Annotated["Payment", strawberry.lazy("schema.payments")] | None:
        from schema.payments import Payment

        row = await info.context.loaders.active_payment.load(self.row.id)
        return Payment.from_model(row) if row else None

    @strawberry.field(description="All attempts to pay it, newest first.")
    async def payments(
        self, info: Info, first: First = PAYMENTS_SHOWN, after: After = strawberry.UNSET
    ) -> Connection[Annotated["Payment", strawberry.lazy("schema.payments")]]:
        from schema.payments import Payment

        return await connect(
            PageKey(owner_id=self.row.customer_id, parent_id=self.row.id, window=window(first=first, after=after)),
            pages=info.context.loaders.payments_of_order,
            counted_by=info.context.loaders.payments_of_order_total,
            convert=Payment.from_model,
        )
