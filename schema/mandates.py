"""What an automatic charge rests on: what its customer agreed to, and what was announced before it was made."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from models import money, tables
from policies.consents import TEXT_VERSION, registration_text, renewal_text
from schema.context import ChargeMandate, Info
from schema.money import TaxedMoney
from schema.paypal_accounts import PayPalAccount, find_account

if TYPE_CHECKING:
    from schema.payments import Payment
    from schema.services import Service


@strawberry.type(
    description="A sentence that the customer agrees to, in the language of their mails. It is to be shown beside the "
    "choice word for word: the consent keeps it like this."
)
class ConsentText:
    text: str = strawberry.field(description="The sentence.")
    version: str = strawberry.field(description="The version of its wording.")

    @classmethod
    def of_renewal(cls, row: tables.Service, *, maximum: money.Money | None, locale: str) -> "ConsentText":
        """Return what automatic renewal of the service means."""
        text = renewal_text(locale=locale, service=row.label, term_years=row.term_years, maximum=maximum)
        return cls(text=text, version=TEXT_VERSION)

    @classmethod
    def of_registration(cls, *, with_payment: bool, locale: str) -> "ConsentText":
        """Return what registering an account means."""
        return cls(text=registration_text(locale=locale, with_payment=with_payment), version=TEXT_VERSION)


@strawberry.type(description="What the customer was shown about automatic renewal, and what was chosen; kept for good.")
class Consent:
    granted: bool = strawberry.field(description="True when it was given, false when it was withdrawn.")
    text: str = strawberry.field(description="The sentence as it was shown.")
    version: str = strawberry.field(description="The version of its wording.")
    at: datetime = strawberry.field(description="When it was chosen.")
    row: strawberry.Private[tables.Consent]

    @classmethod
    def from_model(cls, row: tables.Consent) -> "Consent":
        return cls(granted=row.granted, text=row.text, version=row.text_version, at=row.at, row=row)

    @strawberry.field(
        description="The account that it allowed us to charge; null when PayPal had not kept one yet, and after the "
        "account was removed."
    )
    async def account(self, info: Info) -> PayPalAccount | None:
        return await find_account(self.row.account_id, info)

    @strawberry.field(description="The payment beside which it was chosen; null in the customer area, outside any.")
    async def payment(self, info: Info) -> Annotated["Payment", strawberry.lazy("schema.payments")] | None:
        from schema.payments import Payment

        row = await info.context.loaders.payment.load(self.row.payment_id) if self.row.payment_id else None
        return Payment.from_model(row) if row else None


@strawberry.type(description="What the customer was told ahead of an automatic charge. Days are in Europe/Rome.")
class RenewalNotice:
    sent_at: datetime | None = strawberry.field(description="When its mail went out; null when it never did.")
    expiry: date = strawberry.field(description="The expiry that it was about.")
    charge_on: date = strawberry.field(description="The day of the charge, as announced.")
    stoppable_until: datetime = strawberry.field(description="Until when switching off would have prevented it.")
    amount: TaxedMoney = strawberry.field(description="What would be charged: the notice fixes the price.")
    term_years: int = strawberry.field(description="Years of service that it buys.")
    account_id: strawberry.Private[str]

    @classmethod
    def from_model(cls, row: tables.RenewalNotice, *, sent_at: datetime | None) -> "RenewalNotice":
        return cls(
            sent_at=sent_at,
            expiry=row.expiry,
            charge_on=row.charge_on,
            stoppable_until=row.stoppable_until,
            amount=TaxedMoney.from_model(row, currency=row.currency, vat_rate=row.vat_rate),
            term_years=row.term_years,
            account_id=row.account_id,
        )

    @strawberry.field(description="The account that was announced; null after it was removed.")
    async def account(self, info: Info) -> PayPalAccount | None:
        return await find_account(self.account_id, info)


@strawberry.type(description="Why an account was charged with nobody present: the consent and the notice behind it.")
class RenewalMandate:
    consent: Consent | None = strawberry.field(
        description="The last choice before the charge; null when it was made before choices were recorded."
    )
    notice: RenewalNotice | None = strawberry.field(description="What was announced; null when nothing was.")
    row: strawberry.Private[tables.Service]

    @classmethod
    def from_model(cls, mandate: ChargeMandate) -> "RenewalMandate":
        notice = mandate.notice
        return cls(
            consent=Consent.from_model(mandate.consent) if mandate.consent else None,
            notice=RenewalNotice.from_model(notice, sent_at=mandate.notice_sent_at) if notice else None,
            row=mandate.service,
        )

    @strawberry.field(description="The service that was renewed, as it is now.")
    def service(self) -> Annotated["Service", strawberry.lazy("schema.services")]:
        from schema.services import Service

        return Service.from_model(self.row)
