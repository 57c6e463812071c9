"""What the demo's renewal of the system has been through: announced, charged, and refused by PayPal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateways.mail.messages import RenewalNotice, to_json
from models import enums, ids, tables
from models.money import Money
from policies.product_names import PRODUCT_NAMES
from policies.renewal_calendar import RenewalSchedule, rome_day, schedule
from policies.renewal_charges import next_retry

STEPS = (enums.PaymentStatus.AWAITING_CONFIRMATION, enums.PaymentStatus.PROCESSING, enums.PaymentStatus.FAILED)


@dataclass(frozen=True, kw_only=True, slots=True)
class RefusedRenewal:
    """An order that the system has opened to renew a service, whose charges PayPal refused on some earlier days."""

    customer: tables.Customer
    service: tables.Service
    account: tables.PayPalAccount
    order: tables.Order
    refused_at: Sequence[datetime]
    now: datetime

    def batches(self) -> list[list[tables.Table]]:
        """Return the rows that tell the story, parents before children."""
        days = self.days()
        email = self.email(days, told_at=days.stoppable_until - timedelta(days=23))
        payments = [self.payment(at) for at in self.refused_at]
        return [
            [email, *payments],
            [self.notice(days, email), self.renewal(days, payments[-1]), *self.events(payments)],
        ]

    def days(self) -> RenewalSchedule:
        assert self.service.expires_on is not None, "only what expires is renewed"
        return schedule(
            product=self.service.product, expires_on=self.service.expires_on, term_years=self.service.term_years
        )

    def email(self, days: RenewalSchedule, *, told_at: datetime) -> tables.Email:
        facts = RenewalNotice(
            holder=self.customer.display_name,
            service_label=self.service.label,
            product_name=PRODUCT_NAMES[self.service.product],
            expires_on=days.expires_on,
            charge_on=days.charge_on,
            stoppable_until=days.stoppable_until,
            vat=Money(self.order.vat_cents),
            vat_rate=self.order.vat_rate,
            gross=Money(self.order.gross_cents),
            term_years=days.term_years,
            new_expiry=days.new_expiry,
            account=self.account.masked_email,
            consumer=self.customer.kind is enums.CustomerKind.CONSUMER,
        )
        return tables.Email(
            id=ids.new_id(ids.EMAIL, now=told_at),
            customer_id=self.customer.id,
            kind=enums.EmailKind.RENEWAL_NOTICE,
            subject_key=f"{enums.EmailKind.RENEWAL_NOTICE}:{self.service.id}:{days.expires_on}",
            recipient=self.customer.email,
            locale=self.customer.locale,
            facts=to_json(facts),
            status=enums.EmailStatus.SENT,
            created_at=told_at,
            sent_at=told_at,
        )

    def notice(self, days: RenewalSchedule, email: tables.Email) -> tables.RenewalNotice:
        return tables.RenewalNotice(
            id=ids.new_id(ids.NOTICE, now=email.created_at),
            service_id=self.service.id,
            expiry=days.expires_on,
            account_id=self.account.id,
            term_years=days.term_years,
            net_cents=self.order.net_cents,
            vat_cents=self.order.vat_cents,
            gross_cents=self.order.gross_cents,
            charge_on=days.charge_on,
            stoppable_until=days.stoppable_until,
            email_id=email.id,
            recorded_at=email.created_at,
        )

    def renewal(self, days: RenewalSchedule, newest: tables.Payment) -> tables.Renewal:
        return tables.Renewal(
            service_id=self.service.id,
            expiry=days.expires_on,
            next_attempt_on=next_retry(expires_on=days.expires_on, today=rome_day(self.now)),
            order_id=self.order.id,
            payment_id=newest.id,
        )

    def payment(self, refused_at: datetime) -> tables.Payment:
        return tables.Payment(
            id=ids.new_id(ids.PAYMENT, now=refused_at),
            order_id=self.order.id,
            customer_id=self.customer.id,
            status=enums.PaymentStatus.FAILED,
            method=enums.PaymentMethod.PAYPAL,
            initiator=enums.PaymentInitiator.AUTOMATIC_RENEWAL,
            amount_cents=self.order.gross_cents,
            account_id=self.account.id,
            failure_code=enums.PaymentFailureCode.FUNDING_DECLINED,
            failure_advice=enums.FailureAdvice.USE_ANOTHER_ACCOUNT,
            created_at=refused_at,
            ended_at=refused_at,
        )

    def events(self, payments: Sequence[tables.Payment]) -> list[tables.PaymentEvent]:
        return [
            tables.PaymentEvent(
                id=ids.new_id(ids.EVENT, now=payment.created_at),
                payment_id=payment.id,
                position=position,
                at=payment.created_at,
                status=status,
                source=enums.EventSource.SCHEDULER,
                note="INSTRUMENT_DECLINED" if status is enums.PaymentStatus.FAILED else None,
            )
            for payment in payments
            for position, status in enumerate(STEPS, start=1)
        ]
