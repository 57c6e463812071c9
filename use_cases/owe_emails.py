"""Owe a mail: its row and its job commit together with the fact it reports, or not at all."""

from collections.abc import Sequence
from datetime import datetime

from gateways.mail.messages import (
    Facts,
    Line,
    PaymentConfirmation,
    PaymentFailed,
    PaymentRefunded,
    RefundFailed,
    RenewalNotActivated,
    to_json,
)
from models import enums, ids, tables
from models.database import Session
from models.money import Money
from policies.refunds import UNWANTED

UNATTENDED = frozenset({enums.EventSource.RECONCILER, enums.EventSource.PAYPAL_WEBHOOK})


async def owe_email(
    session: Session,
    *,
    customer: tables.Customer,
    kind: enums.EmailKind,
    about: str,
    facts: Facts,
    payment_id: str | None,
    now: datetime,
) -> tables.Email:
    """Insert the mail, addressed to the holder's reference address as it is now; one per kind and subject, ever."""
    email = tables.Email(
        id=ids.new_id(ids.EMAIL, now=now),
        customer_id=customer.id,
        payment_id=payment_id,
        kind=kind,
        subject_key=subject_key(kind, about),
        recipient=customer.email,
        locale=customer.locale,
        facts=to_json(facts),
        status=enums.EmailStatus.QUEUED,
        created_at=now,
    )
    session.add(email)
    await session.later(enums.Job.SEND_EMAIL, f"email-{email.id}", email.id)
    return email


def subject_key(kind: enums.EmailKind, about: str) -> str:
    """Return the key under which a mail is owed once."""
    return f"{kind}:{about}"


async def owe_payment_confirmation(
    session: Session,
    *,
    customer: tables.Customer,
    order: tables.Order,
    lines: Sequence[tables.OrderLine],
    payment: tables.Payment,
    now: datetime,
) -> None:
    """Owe "Conferma pagamento" for a payment that has just succeeded."""
    facts = PaymentConfirmation(
        holder=customer.display_name,
        order_number=order.number,
        paid_at=now,
        lines=tuple(
            Line(description=line.description, total=Money(line.gross_cents, order.currency)) for line in lines
        ),
        net=Money(order.net_cents, order.currency),
        vat=Money(order.vat_cents, order.currency),
        vat_rate=order.vat_rate,
        gross=Money(payment.amount_cents, payment.currency),
        account=payment.payer_email or "",
        capture_id=payment.capture_id or "",
    )
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.PAYMENT_CONFIRMATION,
        about=payment.id,
        facts=facts,
        payment_id=payment.id,
        now=now,
    )


async def owe_renewal_not_activated(
    session: Session,
    *,
    customer: tables.Customer,
    order: tables.Order,
    services: Sequence[tables.Service],
    payment_id: str,
    now: datetime,
) -> None:
    """Owe the news that the order is paid but PayPal did not let us keep the account, so renewal stays off."""
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.RENEWAL_NOT_ACTIVATED,
        about=payment_id,
        facts=RenewalNotActivated(
            holder=customer.display_name,
            order_number=order.number,
            services=tuple(service.label for service in services),
        ),
        payment_id=payment_id,
        now=now,
    )


async def owe_payment_refunded(
    session: Session, *, payment: tables.Payment, refund: tables.Refund, now: datetime
) -> None:
    """Owe the news that PayPal has given a sum back."""
    customer = await session.get_one(tables.Customer, payment.customer_id)
    order = await session.get_one(tables.Order, payment.order_id)
    facts = PaymentRefunded(
        holder=customer.display_name,
        order_number=order.number,
        amount=Money(refund.amount_cents, refund.currency),
        reason=refund.reason,
        account=payment.payer_email,
        refund_id=refund.paypal_refund_id or "",
    )
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.PAYMENT_REFUNDED,
        about=refund.id,
        facts=facts,
        payment_id=payment.id,
        now=now,
    )


async def owe_refund_failed(session: Session, *, payment: tables.Payment, refund: tables.Refund, now: datetime) -> None:
    """Owe the news that money nobody owed us stays with us for now; of other refunds only an operator hears."""
    if refund.reason not in UNWANTED:
        return
    customer = await session.get_one(tables.Customer, payment.customer_id)
    order = await session.get_one(tables.Order, payment.order_id)
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.REFUND_FAILED,
        about=refund.id,
        facts=RefundFailed(
            holder=customer.display_name,
            order_number=order.number,
            amount=Money(refund.amount_cents, refund.currency),
        ),
        payment_id=payment.id,
        now=now,
    )


async def owe_payment_failed(
    session: Session, *, payment: tables.Payment, source: enums.EventSource, now: datetime
) -> None:
    """Owe the news that a payment has failed, unless its customer is there to see it, or never was: a renewal."""
    if source not in UNATTENDED or payment.initiator is not enums.PaymentInitiator.CUSTOMER:
        return
    customer = await session.get_one(tables.Customer, payment.customer_id)
    order = await session.get_one(tables.Order, payment.order_id)
    facts = PaymentFailed(
        holder=customer.display_name,
        order_number=order.number,
        amount=Money(payment.amount_cents, payment.currency),
        code=payment.failure_code or enums.PaymentFailureCode.OTHER,
        advice=payment.failure_advice or enums.FailureAdvice.CONTACT_US,
    )
    await owe_email(
        session,
        customer=customer,
        kind=enums.EmailKind.PAYMENT_FAILED,
        about=payment.id,
        facts=facts,
        payment_id=payment.id,
        now=now,
    )
