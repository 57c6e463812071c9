"""What the conversation with PayPal about one attempt needs to know; plain values that a durable step can keep."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from models import enums, rows, tables
from models.database import Session
from models.money import Money


class AttemptFacts(BaseModel):
    """One attempt, its payment, order and payer, as they were when they were read."""

    model_config = ConfigDict(frozen=True)

    attempt_id: str
    payment_id: str
    customer_id: str
    customer_kind: enums.CustomerKind
    locale: str
    status: enums.PaymentStatus
    since: datetime  # when the payment came into this status
    order_number: str
    amount: Money
    create_request_id: str
    capture_request_id: str
    return_key: str
    paypal_order_id: str | None
    approval_expires_at: datetime | None
    registers_account: bool
    payment_token: str | None
    paypal_customer_id: str | None
    initiator: enums.PaymentInitiator = enums.PaymentInitiator.CUSTOMER
    approval_rounds: int
    declined: bool  # the last capture was, so that an approval seen at PayPal may be the old one
    looks: int  # the number of the newest look; an older one has been overtaken
    is_newest: bool  # an older attempt may not move its payment any more, except to a success
    captured: bool = False  # PayPal has taken its money, and our books know
    invoice_id: str | None = None  # in place of the order's number


async def read_attempt(session: Session, attempt_id: str) -> AttemptFacts:
    """Gather the facts of an attempt."""
    attempt = await session.get_one(tables.PaymentAttempt, attempt_id)
    payment = await session.get_one(tables.Payment, attempt.payment_id)
    order = await session.get_one(tables.Order, payment.order_id)
    customer = await session.get_one(tables.Customer, payment.customer_id)
    account = await session.get(tables.PayPalAccount, payment.account_id) if payment.account_id else None
    newest = (await rows.attempts_of(session, payment_id=payment.id))[-1]
    return AttemptFacts(
        attempt_id=attempt.id,
        payment_id=payment.id,
        customer_id=customer.id,
        customer_kind=customer.kind,
        locale=customer.locale,
        status=payment.status,
        since=await rows.status_since(session, payment_id=payment.id),
        order_number=order.number,
        invoice_id=attempt.invoice_id,
        amount=Money(payment.amount_cents, payment.currency),
        create_request_id=attempt.create_request_id,
        capture_request_id=attempt.capture_request_id,
        return_key=attempt.return_key,
        paypal_order_id=attempt.paypal_order_id,
        captured=attempt.capture_id is not None,
        approval_expires_at=attempt.approval_expires_at,
        registers_account=payment.registers_account,
        payment_token=account.payment_token if account else None,
        paypal_customer_id=account.paypal_customer_id if account else None,
        initiator=payment.initiator,
        approval_rounds=attempt.approval_rounds,
        declined=attempt.declined,
        looks=attempt.looks,
        is_newest=newest.id == attempt.id,
    )


async def paying_order_id(session: Session, payment_id: str) -> str:
    """Return PayPal's id of the order that paid."""
    payment = await session.get_one(tables.Payment, payment_id)
    attempts = await rows.attempts_of(session, payment_id=payment_id)
    return next((each.paypal_order_id or "" for each in attempts if each.capture_id == payment.capture_id), "")
