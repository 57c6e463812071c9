"""Open a payment for an unpaid order, or hand back the one that is open."""

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from urllib.parse import urlsplit

from models import enums, ids, rows, tables
from models.database import Session
from models.repositories.orders import normalized
from policies.order_payability import may_pay
from policies.payment_transitions import SELECTABLE
from policies.renewal_choices import RenewalState, default_choice
from use_cases.errors import InvalidInput, NotFound, OrderNotPayable
from use_cases.idempotency import KeyedRequest
from use_cases.order_facts import OrderInHand, take_order

LONGEST_RETURN_URL = 2000


@dataclass(frozen=True, kw_only=True, slots=True)
class PaymentRequest:
    """What a customer asks to pay: an order by its id or by the number a person typed, exactly one of the two."""

    order_id: str | None = None
    order_number: str | None = None
    method: enums.PaymentMethod
    return_url: str
    idempotency_key: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class StartedPayment:
    payment: tables.Payment
    resumed: bool


async def start_payment(
    session: Session,
    *,
    customer_id: str,
    request: PaymentRequest,
    allowed_origins: Collection[str],
    renewal_default: bool,
    payments_open: bool,
    now: datetime,
) -> StartedPayment:
    """Open a payment for the order, with the renewal flags at their defaults; an open one is handed back instead.

    Raises ``InvalidInput`` for a return address outside the allow-list or a key too long, ``NotFound``,
    ``OrderNotPayable`` with all reasons, ``IdempotencyConflict``.
    """
    require_allowed(request.return_url, allowed_origins)
    keyed = KeyedRequest(
        customer_id=customer_id,
        mutation=enums.MutationName.START_PAYMENT,
        key=request.idempotency_key,
        values=asdict(request),
    )
    known = await keyed.recall(session)
    if known is not None:
        return StartedPayment(payment=await session.get_one(tables.Payment, known.payment_id), resumed=known.repeated)

    in_hand = await take_order(session, await find_requested(session, customer_id=customer_id, request=request))
    decision = may_pay(replace(in_hand.facts, payments_open=payments_open))
    if not decision.allowed:
        raise OrderNotPayable(in_hand.order, decision)
    started = resume(in_hand.open_payment, return_url=request.return_url)
    if started is None:
        payment = await open_payment(session, in_hand, request=request, now=now)
        stage_defaults(session, in_hand, payment=payment, renewal_default=renewal_default)
        started = StartedPayment(payment=payment, resumed=False)
    keyed.remember(session, payment_id=started.payment.id, repeated=started.resumed, now=now)
    return started


def require_allowed(return_url: str, allowed_origins: Collection[str]) -> None:
    """Raise ``InvalidInput`` unless the browser may be sent to the address: an exact origin, no credentials in it."""
    try:
        parts = urlsplit(return_url)
        origin = f"{parts.scheme}://{parts.netloc}".lower()
    except ValueError as exc:
        raise InvalidInput("input", "returnUrl", reason="return_url_not_allowed") from exc
    odd = len(return_url) > LONGEST_RETURN_URL or any(ord(c) <= 32 or c == "\\" for c in return_url)
    if odd or origin not in allowed_origins:  # credentials would be part of the origin
        raise InvalidInput("input", "returnUrl", reason="return_url_not_allowed")


async def find_requested(session: Session, *, customer_id: str, request: PaymentRequest) -> tables.Order:
    """Find the customer's order. Raises ``NotFound``, for a foreign one just as for an unknown one."""
    number = normalized(request.order_number) if request.order_number is not None else None
    order = await rows.find_order(session, customer_id=customer_id, order_id=request.order_id, number=number)
    if order is None:
        raise NotFound("input", "order", "id" if number is None else "number")
    return order


def resume(payment: tables.Payment | None, *, return_url: str) -> StartedPayment | None:
    """Hand back the open payment; before it is confirmed, the newest tab decides where the browser returns."""
    if payment is None:
        return None
    if payment.status in SELECTABLE:
        payment.return_url = return_url
    return StartedPayment(payment=payment, resumed=True)


async def open_payment(
    session: Session, in_hand: OrderInHand, *, request: PaymentRequest, now: datetime
) -> tables.Payment:
    """Insert the one open payment of the order."""
    order = in_hand.order
    payment = tables.Payment(
        id=ids.new_id(ids.PAYMENT, now=now),
        order_id=order.id,
        customer_id=order.customer_id,
        status=enums.PaymentStatus.AWAITING_ACCOUNT,
        method=request.method,
        initiator=enums.PaymentInitiator.CUSTOMER,
        amount_cents=order.gross_cents,
        currency=order.currency,
        return_url=request.return_url,
        created_at=now,
    )
    session.add(payment)
    await session.flush()
    await rows.append_event(session, payment, source=enums.EventSource.CUSTOMER, now=now, note=None)
    return payment


def stage_defaults(session: Session, in_hand: OrderInHand, *, payment: tables.Payment, renewal_default: bool) -> None:
    """Stage the flag "Rinnovo automatico" of each renewable service as the customer first sees it."""
    for service in in_hand.renewable_services:
        enabled = default_choice(
            decision=in_hand.stage_decision(service),
            default_on=renewal_default,
            current=RenewalState(status=service.auto_renewal, account_id=service.renewal_account_id),
            system_renewal=in_hand.system_renewal,
        )
        session.add(tables.RenewalChoice(payment_id=payment.id, service_id=service.id, enabled=enabled))
