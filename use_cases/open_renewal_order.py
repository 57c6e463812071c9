"""Open the order of an automatic renewal: it is an order like any other, and the calendar opens it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import structlog

from models import ids, renewal_rows, tables
from models.database import Session
from models.enums import OrderKind, OrderOrigin, OrderStatus, ServiceStatus
from models.money import Money
from policies.prices import TaxedSum
from policies.product_names import PRODUCT_NAMES
from use_cases.renewal_mails import calendar_of
from use_cases.renewal_prices import price_list, renewal_price

log = structlog.get_logger(__name__)

DESCRIPTIONS: Mapping[str, tuple[str, str]] = {  # for one year, and for several
    "it": ("Rinnovo {product} {label}, 1 anno", "Rinnovo {product} {label}, {years} anni"),
    "en": ("Renewal of {product} {label}, 1 year", "Renewal of {product} {label}, {years} years"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """For how long the service is renewed, and what it costs."""

    term_years: int
    price: TaxedSum


async def open_renewal_order(session: Session, service: tables.Service, *, now: datetime) -> tables.Order | None:
    """Open the order that renews the service at its present expiry, or return the one that is there.

    None when nobody knows the price, and for a service that no payment brings back.
    """
    days = calendar_of(service)
    known = await renewal_rows.order_renewing(session, service_id=service.id, expiry=days.expires_on)
    if known is not None:
        return known
    offer = await standing_offer(session, service, now=now)
    if offer is None or service.status is ServiceStatus.CANCELED:
        return None
    order = tables.Order(
        id=ids.new_id(ids.ORDER, now=now),
        number=ids.new_order_number(),
        customer_id=service.customer_id,
        kind=OrderKind.RENEWAL,
        origin=OrderOrigin.SCHEDULER,
        status=OrderStatus.AWAITING_PAYMENT,
        renews_service_id=service.id,
        renews_expiry=days.expires_on,
        currency=offer.price.net.currency,
        vat_rate=str(offer.price.vat_percent),
        net_cents=offer.price.net.cents,
        vat_cents=offer.price.vat.cents,
        gross_cents=offer.price.gross.cents,
        created_at=now,
    )
    session.add(order)
    await session.flush()
    customer = await session.get_one(tables.Customer, service.customer_id)
    session.add(line_of(order, service, offer=offer, locale=customer.locale, now=now))
    await session.flush()
    log.info("renewal.order_opened", order_id=order.id, service_id=service.id, expiry=days.expires_on)
    return order


async def standing_offer(session: Session, service: tables.Service, *, now: datetime) -> Offer | None:
    """Return what the notice announced; without one, the term of the previous order at today's price."""
    days = calendar_of(service)
    sent = await renewal_rows.find_notice(session, service_id=service.id, expiry=days.expires_on)
    if sent is not None:
        notice = sent.notice
        price = TaxedSum(
            net=Money(notice.net_cents, notice.currency),
            vat=Money(notice.vat_cents, notice.currency),
            vat_percent=Decimal(notice.vat_rate),
        )
        return Offer(term_years=notice.term_years, price=price)
    today = renewal_price(service, listed=await price_list(session), now=now)
    return Offer(term_years=days.term_years, price=today) if today else None


def line_of(
    order: tables.Order, service: tables.Service, *, offer: Offer, locale: str, now: datetime
) -> tables.OrderLine:
    """Return the only line of the order."""
    years = offer.term_years
    return tables.OrderLine(
        id=ids.new_id(ids.ORDER_LINE, now=now),
        order_id=order.id,
        position=1,
        description=DESCRIPTIONS[locale][years > 1].format(
            product=PRODUCT_NAMES[service.product], label=service.label, years=years
        ),
        service_id=service.id,
        term_years=years,
        net_cents=order.net_cents,
        vat_cents=order.vat_cents,
        gross_cents=order.gross_cents,
    )
