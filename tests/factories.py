"""Rows with defaults: a test writes only what matters to it. Numbers, logins and tokens are unique by a counter."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count, groupby
from typing import Any

from models import enums, ids, tables
from models.database import Database, Session
from models.money import vat_of
from policies.payment_transitions import FINAL

NOW = datetime(2025, 3, 8, 9, 30, tzinfo=UTC)  # 10:30 in Rome
TODAY = date(2025, 3, 8)
EXPIRY = date(2026, 3, 8)
VAT_RATE = Decimal(22)

unique = count(1)


def new_id(prefix: str) -> str:
    """Return an id like the real ones, whose time part follows the order of creation."""
    return ids.new_id(prefix, now=NOW + timedelta(milliseconds=next(unique)))


def make_customer(**values: Any) -> tables.Customer:
    """A consumer, Mario Rossi; nobody can sign in as him without another ``password_hash``."""
    number = next(unique)
    defaults: dict[str, Any] = {
        "id": new_id(ids.CUSTOMER),
        "username": f"{100000 + number}@saldo.example",
        "password_hash": "$argon2id$never-matches",
        "kind": enums.CustomerKind.CONSUMER,
        "display_name": "Mario Rossi",
        "tax_code": "RSSMRA80A01H501U",
        "email": f"mario.rossi.{number}@example.com",
        "street": "Via Roma 1",
        "postal_code": "52100",
        "city": "Arezzo",
        "created_at": NOW,
    }
    return tables.Customer(**defaults | values)


def make_account(customer: tables.Customer, **values: Any) -> tables.PayPalAccount:
    """A registered PayPal account that can be charged."""
    number = next(unique)
    defaults: dict[str, Any] = {
        "id": new_id(ids.ACCOUNT),
        "customer_id": customer.id,
        "status": enums.PayPalAccountStatus.ACTIVE,
        "payment_token": f"token-{number}",
        "paypal_customer_id": f"PP{customer.id[-20:]}",  # at most 22 signs
        "payer_id": f"PAYER{number}",
        "masked_email": "m•••@example.com",
        "created_at": NOW,
        "registered_at": NOW,
        "check_on": date(2100, 1, 1),  # no call to PayPal in tests of other things
    }
    return tables.PayPalAccount(**defaults | values)


def make_setup(account: tables.PayPalAccount, **values: Any) -> tables.AccountSetup:
    """The registration of an account that waits for its owner's approval on PayPal's page."""
    number = next(unique)
    defaults: dict[str, Any] = {
        "id": new_id(ids.SETUP),
        "customer_id": account.customer_id,
        "account_id": account.id,
        "wish_hash": f"wish-{number}",
        "return_url": "https://area.example/conti",
        "create_request_id": f"setup-create-{number}",
        "keep_request_id": f"setup-keep-{number}",
        "return_key": f"setup-return-{number}",
        "setup_token": f"SETUPTOKEN{number}",
        "approve_url": "https://paypal.example/agreements/approve",
        "approval_expires_at": NOW + timedelta(days=3),
        "created_at": NOW,
    }
    return tables.AccountSetup(**defaults | values)


def make_price(**values: Any) -> tables.Price:
    """What a year of a PEC costs: 30.00 + VAT."""
    defaults: dict[str, Any] = {
        "id": new_id(ids.PRICE),
        "product": enums.Product.PEC,
        "term_years": 1,
        "net_cents": 30_00,
        "valid_from": date(2020, 1, 1),
    }
    return tables.Price(**defaults | values)


def make_service(
    customer: tables.Customer, *, renews_on: tables.PayPalAccount | None = None, **values: Any
) -> tables.Service:
    """An active PEC; with ``renews_on`` its automatic renewal is on."""
    defaults: dict[str, Any] = {
        "id": new_id(ids.SERVICE),
        "customer_id": customer.id,
        "product": enums.Product.PEC,
        "label": f"mario.rossi.{next(unique)}@pec.example",
        "status": enums.ServiceStatus.ACTIVE,
        "activated_on": TODAY,
        "expires_on": EXPIRY,
        "auto_renewal": enums.AutoRenewalStatus.ON if renews_on else enums.AutoRenewalStatus.OFF,
        "renewal_account_id": renews_on.id if renews_on else None,
        "created_at": NOW,
    }
    return tables.Service(**defaults | values)


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """What a line of an order sells, and its price without VAT."""

    service: tables.Service | None = None
    net_cents: int = 3000
    description: str = "Casella PEC"
    term_years: int | None = 1


def make_order(
    customer: tables.Customer,
    *,
    lines: Sequence[Line | tables.Service] = (Line(),),
    renews: tables.Service | None = None,
    **values: Any,
) -> tuple[tables.Order, *tuple[tables.OrderLine, ...]]:
    """An unpaid order and its lines: ``order, *lines = make_order(mario, lines=[pec, Line(net_cents=490)])``.

    A line given as a service costs 30.00 + VAT. With ``renews`` it renews that service from its present expiry.
    """
    order_id = new_id(ids.ORDER)
    wanted = [line if isinstance(line, Line) else Line(service=line) for line in ([renews] if renews else lines)]
    rows = [make_line(order_id, position, line) for position, line in enumerate(wanted, start=1)]
    paid = values.get("status") in (enums.OrderStatus.PAID, enums.OrderStatus.ACTIVATED)
    defaults: dict[str, Any] = {
        "id": order_id,
        "number": f"SAL{next(unique):07d}",
        "customer_id": customer.id,
        "kind": enums.OrderKind.RENEWAL if renews else enums.OrderKind.PURCHASE,
        "status": enums.OrderStatus.AWAITING_PAYMENT,
        "renews_service_id": renews.id if renews else None,
        "renews_expiry": renews.expires_on if renews else None,
        "net_cents": sum(row.net_cents for row in rows),
        "vat_cents": sum(row.vat_cents for row in rows),
        "gross_cents": sum(row.gross_cents for row in rows),
        "created_at": NOW,
        "paid_at": NOW if paid else None,
    }
    return tables.Order(**defaults | values), *rows


def make_line(order_id: str, position: int, line: Line) -> tables.OrderLine:
    vat_cents = vat_of(line.net_cents, rate_percent=VAT_RATE)
    return tables.OrderLine(
        id=new_id(ids.ORDER_LINE),
        order_id=order_id,
        position=position,
        description=line.description,
        service_id=line.service.id if line.service else None,
        term_years=line.term_years,
        net_cents=line.net_cents,
        vat_cents=vat_cents,
        gross_cents=line.net_cents + vat_cents,
    )


def make_payment(order: tables.Order, *, account: tables.PayPalAccount | None = None, **values: Any) -> tables.Payment:
    """A payment just started; with a final ``status`` it carries what that status requires."""
    status = values.get("status", enums.PaymentStatus.AWAITING_ACCOUNT)
    number = next(unique)
    defaults: dict[str, Any] = {
        "id": new_id(ids.PAYMENT),
        "order_id": order.id,
        "customer_id": order.customer_id,
        "status": status,
        "method": enums.PaymentMethod.PAYPAL,
        "initiator": enums.PaymentInitiator.CUSTOMER,
        "amount_cents": order.gross_cents,
        "return_url": "https://area.example/pagamento",
        "account_id": account.id if account else None,
        "payer_email": account.masked_email if account else None,
        "payer_id": account.payer_id if account else None,
        "capture_id": f"CAPTURE{number}" if status is enums.PaymentStatus.SUCCEEDED else None,
        "failure_code": enums.PaymentFailureCode.FUNDING_DECLINED if status is enums.PaymentStatus.FAILED else None,
        "failure_advice": enums.FailureAdvice.USE_ANOTHER_ACCOUNT if status is enums.PaymentStatus.FAILED else None,
        "canceled_by": enums.EventSource.CUSTOMER if status is enums.PaymentStatus.CANCELED else None,
        "created_at": NOW,
        "ended_at": NOW if status in FINAL else None,
    }
    return tables.Payment(**defaults | values)


def make_attempt(payment: tables.Payment, **values: Any) -> tables.PaymentAttempt:
    """The first order at PayPal for a payment, created there and waiting for the payer."""
    number = next(unique)
    defaults: dict[str, Any] = {
        "id": new_id(ids.ATTEMPT),
        "payment_id": payment.id,
        "number": 1,
        "create_request_id": f"create-{number}",
        "capture_request_id": f"capture-{number}",
        "return_key": f"return-{number}",
        "paypal_order_id": f"PAYPALORDER{number}",
        "capture_id": payment.capture_id,
        "created_at": NOW,
    }
    return tables.PaymentAttempt(**defaults | values)


def make_event(payment: tables.Payment, **values: Any) -> tables.PaymentEvent:
    """The first line of a payment's history."""
    defaults: dict[str, Any] = {
        "id": new_id(ids.EVENT),
        "payment_id": payment.id,
        "position": 1,
        "at": NOW,
        "status": payment.status,
        "source": enums.EventSource.CUSTOMER,
    }
    return tables.PaymentEvent(**defaults | values)


def make_choice(payment: tables.Payment, service: tables.Service, **values: Any) -> tables.RenewalChoice:
    """The flag "Rinnovo automatico" of a service in a payment, on."""
    defaults: dict[str, Any] = {"payment_id": payment.id, "service_id": service.id, "enabled": True}
    return tables.RenewalChoice(**defaults | values)


def make_email(payment: tables.Payment, **values: Any) -> tables.Email:
    """The mail "Conferma pagamento" that a payment owes."""
    kind = values.get("kind", enums.EmailKind.PAYMENT_CONFIRMATION)
    defaults: dict[str, Any] = {
        "id": new_id(ids.EMAIL),
        "customer_id": payment.customer_id,
        "payment_id": payment.id,
        "kind": kind,
        "subject_key": f"{kind}:{payment.id}",
        "recipient": "mario.rossi@example.com",
        "locale": "it",
        "facts": {},
        "status": enums.EmailStatus.QUEUED,
        "created_at": NOW,
    }
    return tables.Email(**defaults | values)


def make_refund(payment: tables.Payment, **values: Any) -> tables.Refund:
    """A refund of all that a payment took, asked for by an operator and not answered by PayPal yet."""
    refund_id = new_id(ids.REFUND)
    defaults: dict[str, Any] = {
        "id": refund_id,
        "payment_id": payment.id,
        "capture_id": payment.capture_id or f"CAPTURE{next(unique)}",
        "amount_cents": payment.amount_cents,
        "reason": enums.RefundReason.OPERATOR,
        "status": enums.RefundStatus.REQUESTED,
        "request_id": refund_id,
        "created_at": NOW,
    }
    return tables.Refund(**defaults | values)


async def save(session: Session, *rows: tables.Table) -> None:
    """Insert rows, in whatever order they are given; the caller commits."""
    position = {table.name: place for place, table in enumerate(tables.Table.metadata.sorted_tables)}
    by_table = sorted(rows, key=lambda row: position[str(row.__tablename__)])
    for _, alike in groupby(by_table, key=type):
        session.add_all(alike)
        await session.flush()


async def store(database: Database, *rows: tables.Table) -> None:
    """Insert rows in a transaction of their own."""
    async with database.write() as session:
        await save(session, *rows)
