"""What a clock that is moved has to mind: the days on which something is due, and the sessions that stay open."""

from collections.abc import Sequence
from datetime import date, timedelta

from sqlalchemy import func
from sqlmodel import col, select

from models import enums, tables
from models.database import Session


async def next_due_day(session: Session, *, after: date) -> date | None:
    """Return the next day for which the calendar has a service or an account to look at, if there is one."""
    services, accounts = tables.Service, tables.PayPalAccount
    look_on = (await session.exec(select(func.min(services.look_on)).where(col(services.look_on) > after))).one()
    chargeable = accounts.status == enums.PayPalAccountStatus.ACTIVE
    check_on = (
        await session.exec(select(func.min(accounts.check_on)).where(chargeable, col(accounts.check_on) > after))
    ).one()
    return min((day for day in (look_on, check_on) if day is not None), default=None)


async def carry_sessions(session: Session, *, by: timedelta) -> None:
    """Let every session end as much later, so that whoever is signed in stays so."""
    for opened in await session.exec(select(tables.Session).with_for_update()):
        opened.last_seen_at += by
        opened.expires_at += by


async def services_with_holders(session: Session) -> Sequence[tuple[tables.Service, tables.Customer]]:
    """Return the services that expire, the soonest first, each with its holder."""
    services, customers = tables.Service, tables.Customer
    query = (
        select(services, customers)
        .join(customers, col(customers.id) == services.customer_id)
        .where(col(services.expires_on).is_not(None), services.status != enums.ServiceStatus.CANCELED)
        .order_by(col(services.expires_on), col(services.id))
    )
    return (await session.exec(query)).all()
