"""Registered PayPal accounts, and the copy of one that a payment keeps."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models import enums, tables
from schema.context import Info, PageKey
from schema.nodes import Node
from schema.pagination import DEFAULT_SIZE, After, Connection, First, connect, window

if TYPE_CHECKING:
    from schema.services import Service


@strawberry.type(description="A PayPal account that the customer allowed us to charge.")
class PayPalAccount(Node):
    status: enums.PayPalAccountStatus = strawberry.field(description="Whether it can be charged.")
    masked_email: str = strawberry.field(description="Address of the account, mostly hidden: m•••@example.com.")
    nickname: str | None = strawberry.field(description="Name given by the customer; null when none was given.")
    is_default: bool = strawberry.field(description="Whether it is suggested first.")
    registered_at: datetime | None = strawberry.field(description="When it became chargeable; null before that.")
    last_charged_at: datetime | None = strawberry.field(description="When it last paid; null when it never did.")
    row: strawberry.Private[tables.PayPalAccount]

    @classmethod
    def from_model(cls, row: tables.PayPalAccount) -> "PayPalAccount":
        return cls(
            id=strawberry.ID(row.id),
            status=row.status,
            masked_email=row.masked_email,
            nickname=row.nickname,
            is_default=row.is_default,
            registered_at=row.registered_at,
            last_charged_at=row.last_charged_at,
            row=row,
        )

    @strawberry.field(description="Services whose automatic renewal charges this account, soonest expiry first.")
    async def renews(
        self, info: Info, first: First = DEFAULT_SIZE, after: After = strawberry.UNSET
    ) -> Connection[Annotated["Service", strawberry.lazy("schema.services")]]:
        from schema.services import Service

        return await connect(
            PageKey(owner_id=self.row.customer_id, parent_id=self.row.id, window=window(first=first, after=after)),
            pages=info.context.loaders.services_on_account,
            counted_by=info.context.loaders.services_on_account_total,
            convert=Service.from_model,
        )


@strawberry.type(description="Frozen copy of a PayPal account, as it was when the payment was made.")
class PayPalAccountSnapshot:
    masked_email: str = strawberry.field(description="Address of the account, mostly hidden: m•••@example.com.")
    payer_id: str | None = strawberry.field(description="PayPal's own name for the payer; null when PayPal gave none.")

    @classmethod
    def from_model(cls, row: tables.PayPalAccount) -> "PayPalAccountSnapshot":
        return cls(masked_email=row.masked_email, payer_id=row.payer_id)


async def find_account(id: str | None, info: Info) -> PayPalAccount | None:
    """Return an account that is still the customer's."""
    row = await info.context.loaders.account.load(id) if id else None
    return None if row is None or row.status is enums.PayPalAccountStatus.REMOVED else PayPalAccount.from_model(row)
