"""Tell the customer ahead of a renewal's charge: record what is told, which fixes the price, and owe the mail."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from models import enums, ids, renewal_rows, tables
from models.database import Session
from policies.price_guard import is_above
from policies.prices import ListedPrice
from policies.renewal_calendar import NOTICE_DAYS, days_before, rome_day
from policies.renewal_terms import TERMS
from policies.service_calendar import RENEWING
from use_cases.leave_to_customer import leave_to_customer
from use_cases.record_obstacle import record_obstacle, take_renewal
from use_cases.renewal_mails import calendar_of, owe_renewal_notice
from use_cases.renewal_prices import price_list, renewal_price

log = structlog.get_logger(__name__)


async def send_renewal_notice(
    session: Session, service: tables.Service, *, listed: Sequence[ListedPrice], now: datetime
) -> tables.RenewalNotice | None:
    """Record the notice of the renewal at the present expiry and owe its mail; one sent before is not sent again.

    Without a price nothing can be announced: None, and the obstacle is on record until the list says what it costs.
    """
    days = calendar_of(service)
    known = await renewal_rows.find_notice(session, service_id=service.id, expiry=days.expires_on)
    if known is not None:
        return known.notice
    notice = await prepare_notice(session, service, await take_renewal(session, service), listed=listed, now=now)
    if notice is not None:
        await session.flush()  # its mail comes first
        session.add(notice)
    return notice


async def prepare_notice(
    session: Session, service: tables.Service, renewal: tables.Renewal, *, listed: Sequence[ListedPrice], now: datetime
) -> tables.RenewalNotice | None:
    """Owe the mail of a notice and return the record, to be stored after it; None when there is nothing to announce.

    Without a price that is an obstacle; a price above what the customer wants is told at once, with the order. It asks
    the database for nothing that a page of the calendar has loaded already.
    """
    if renewal.next_attempt_on is None:
        return None  # settled: no charge is coming
    days = calendar_of(service)
    price = renewal_price(service, listed=listed, now=now)
    if price is None or service.renewal_account_id is None:
        record_obstacle(renewal, enums.RenewalObstacle.PRICE_MISSING, now=now)
        return None
    if is_above(price.gross, maximum_cents=service.renewal_maximum_cents):
        await session.flush()  # the renewal may be new
        await leave_to_customer(session, service, obstacle=enums.RenewalObstacle.PRICE_ABOVE_MAXIMUM, now=now)
        return None
    account = await session.get_one(tables.PayPalAccount, service.renewal_account_id)
    email = await owe_renewal_notice(session, service, account=account, price=price, now=now)
    renewal.obstacle, renewal.obstacle_at = None, None
    log.info("renewal.announced", service_id=service.id, days_ahead=(days.expires_on - rome_day(now)).days)
    return tables.RenewalNotice(
        id=ids.new_id(ids.NOTICE, now=now),
        service_id=service.id,
        expiry=days.expires_on,
        account_id=account.id,
        term_years=days.term_years,
        currency=price.net.currency,
        vat_rate=str(price.vat_percent),
        net_cents=price.net.cents,
        vat_cents=price.vat.cents,
        gross_cents=price.gross.cents,
        charge_on=days.charge_on,
        stoppable_until=days.stoppable_until,
        email_id=email.id,
        recorded_at=now,
    )


async def announce_if_due(session: Session, service: tables.Service, *, now: datetime) -> None:
    """Let the calendar look at a service whose renewal has just gone on; with the notice due already, send it now."""
    today = rome_day(now)
    service.look_on = today
    if service.expires_on is None or not TERMS[service.product].offered or service.auto_renewal not in RENEWING:
        return
    stoppable_until = calendar_of(service).stoppable_until
    if days_before(service.expires_on, NOTICE_DAYS) <= today and now < stoppable_until:
        await send_renewal_notice(session, service, listed=await price_list(session), now=now)
