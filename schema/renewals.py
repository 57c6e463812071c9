"""Automatic renewal of a service: whether it is on, whether it may be, what it would charge and when."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from models import enums, money, tables
from policies.decisions import Block, Decision
from policies.renewal_calendar import schedule, start_of_rome_day
from policies.renewal_terms import TERMS
from schema import texts
from schema.context import Info, RenewalStanding, mail_language
from schema.mandates import Consent, ConsentText
from schema.money import Money, MoneyInput, TaxedMoney
from schema.paypal_accounts import PayPalAccount
from schema.scalars import URL

NOTHING_KNOWN = RenewalStanding(notice=None, notice_sent_at=None, renewal=None)
NOT_WANTED = (enums.AutoRenewalStatus.UNAVAILABLE, enums.AutoRenewalStatus.OFF)


@strawberry.type(description="One reason against automatic renewal.")
class AutoRenewalBlock:
    code: enums.AutoRenewalBlockCode = strawberry.field(description="The reason, for programs.")
    resolvable: bool = strawberry.field(
        description="False for PRODUCT_EXCLUDED: nothing the customer does can lift it."
    )

    @classmethod
    def from_model(cls, block: Block[enums.AutoRenewalBlockCode]) -> "AutoRenewalBlock":
        return cls(code=block.code, resolvable=block.resolvable)

    @strawberry.field(description="The reason, localised, for people.")
    def message(self, info: Info) -> str:
        return texts.AUTO_RENEWAL_BLOCK[self.code].to(info.context.locale)

    @strawberry.field(description="The page where the customer can lift the reason; null when nothing lifts it.")
    def help_url(self, info: Info) -> URL | None:
        return URL(info.context.customer_area_url) if self.resolvable else None


@strawberry.type(description="Whether automatic renewal may be switched on now, with every reason against.")
class AutoRenewalEligibility:
    allowed: bool = strawberry.field(description="True when it may be switched on.")
    blocks: list[AutoRenewalBlock] = strawberry.field(description="Empty exactly when allowed.")

    @classmethod
    def from_model(cls, decision: Decision[enums.AutoRenewalBlockCode]) -> "AutoRenewalEligibility":
        return cls(allowed=decision.allowed, blocks=[AutoRenewalBlock.from_model(block) for block in decision.blocks])


@strawberry.type(description="A charge that the renewal will make by itself. All days are in Europe/Rome.")
class RenewalCharge:
    notice_on: date = strawberry.field(description="Advance notice to the customer.")
    notice_sent_at: datetime | None = strawberry.field(description="When the notice was sent; null until then.")
    charge_on: date = strawberry.field(description="Day of the charge; of the next attempt, while RETRYING.")
    retry_on: list[date] = strawberry.field(description="Further attempts, all of them before expiry.")
    amount: TaxedMoney | None = strawberry.field(
        description="What will be charged; null until the notice fixes the price."
    )
    term_years: int = strawberry.field(description="Years bought: those of the previous order.")
    new_expiry: date = strawberry.field(description="Expiry after the charge, counted from the present expiry.")
    stoppable_until: datetime = strawberry.field(
        description="Last moment at which switching off still prevents the charge."
    )

    @classmethod
    def from_model(
        cls, row: tables.Service, standing: RenewalStanding, *, charge_on: date | None = None
    ) -> "RenewalCharge | None":
        """Return a charge by the calendar; None for a service without an expiry or never renewed by itself."""
        if row.expires_on is None or not TERMS[row.product].offered:
            return None
        plan = schedule(product=row.product, expires_on=row.expires_on, term_years=row.term_years)
        day, notice = charge_on or plan.charge_on, standing.notice
        fixed = TaxedMoney.from_model(notice, currency=notice.currency, vat_rate=notice.vat_rate) if notice else None
        return cls(
            notice_on=plan.notice_on,
            notice_sent_at=standing.notice_sent_at,
            charge_on=day,
            retry_on=[retry for retry in plan.retry_on if retry > day],
            amount=fixed,
            term_years=plan.term_years,
            new_expiry=plan.new_expiry,
            stoppable_until=start_of_rome_day(day),
        )


@strawberry.type(description='Automatic renewal of one service ("Rinnovo automatico").')
class AutoRenewal:
    status: enums.AutoRenewalStatus = strawberry.field(description="Whether it is on.")
    row: strawberry.Private[tables.Service]

    @classmethod
    def from_model(cls, row: tables.Service) -> "AutoRenewal":
        offered = TERMS[row.product].offered
        return cls(status=row.auto_renewal if offered else enums.AutoRenewalStatus.UNAVAILABLE, row=row)

    @strawberry.field(description="Whether it may be switched on now, outside a payment.")
    async def eligibility(self, info: Info) -> AutoRenewalEligibility:
        return AutoRenewalEligibility.from_model(await info.context.loaders.renewal_eligibility.load(self.row.id))

    @strawberry.field(description="Charged at renewal; null while OFF or UNAVAILABLE, or not registered yet.")
    async def account(self, info: Info) -> PayPalAccount | None:
        if self.row.renewal_account_id is None or self.status in NOT_WANTED:
            return None
        row = await info.context.loaders.account.load(self.row.renewal_account_id)
        return PayPalAccount.from_model(row) if row else None

    @strawberry.field(
        description="The most that is charged by itself, VAT included: above it the renewal's order waits for the "
        "customer. Null without a limit, and while OFF or UNAVAILABLE."
    )
    def maximum_price(self) -> Money | None:
        cents = self.row.renewal_maximum_cents
        return None if cents is None or self.status in NOT_WANTED else Money.from_model(money.Money(cents))

    @strawberry.field(
        description="The choice by which it was switched on. Null while OFF or UNAVAILABLE, and when it was made "
        "before choices were recorded."
    )
    async def consent(self, info: Info) -> Consent | None:
        if self.status in NOT_WANTED:
            return None
        row = await info.context.loaders.consent_of_service.load(self.row.id)
        return Consent.from_model(row) if row and row.granted else None

    @strawberry.field(
        description="The charge that is planned; while PENDING or ACCOUNT_LOST it is made only if there is an account "
        "to charge by then. Null while OFF or UNAVAILABLE, while the service has no expiry, and when nothing more is "
        "tried before this one: the renewal's order then waits for the customer."
    )
    async def next_charge(self, info: Info) -> RenewalCharge | None:
        if self.status in NOT_WANTED:
            return None
        return await self.planned(info)

    @strawberry.field(
        description="What would happen if it were switched on now: the sentence under the check box, as data; what is "
        "planned, while it is on. Null while UNAVAILABLE, while the service has no expiry, and when nextCharge is null "
        "though it is on."
    )
    async def preview(self, info: Info) -> RenewalCharge | None:
        if self.status in NOT_WANTED:
            return RenewalCharge.from_model(self.row, await self.standing(info))
        return await self.planned(info)

    @strawberry.field(
        description="What switching it on agrees to: the sentence to show beside the flag. Null while UNAVAILABLE."
    )
    def consent_text(
        self,
        info: Info,
        maximum_price: Annotated[
            MoneyInput | None, strawberry.argument(description="The limit that would be set with it; null without one.")
        ] = None,
    ) -> ConsentText | None:
        if self.status is enums.AutoRenewalStatus.UNAVAILABLE:
            return None
        maximum = maximum_price.to_money() if maximum_price else None
        return ConsentText.of_renewal(self.row, maximum=maximum, locale=mail_language(info))

    async def planned(self, info: Info) -> RenewalCharge | None:
        """Return the next charge of a renewal that is on; None once nothing more is tried at this expiry."""
        standing = await self.standing(info)
        next_on = standing.renewal.next_attempt_on if standing.renewal else None
        settled = standing.renewal is not None and next_on is None
        return None if settled else RenewalCharge.from_model(self.row, standing, charge_on=next_on)

    async def standing(self, info: Info) -> RenewalStanding:
        """Return what was announced and what is planned at the present expiry."""
        return await info.context.loaders.renewal_standing.load(self.row.id) or NOTHING_KNOWN
