"""Bring the price list up to date; a price once announced to a customer stays what was announced."""

from collections.abc import Iterable
from datetime import datetime

from models import ids, tables
from models.database import Session
from models.repositories.prices import find_price
from policies.prices import ListedPrice


async def publish_prices(session: Session, *, prices: Iterable[ListedPrice], now: datetime) -> int:
    """Add the lines, or replace those that begin on the same day, and return how many have changed."""
    changed = 0
    for listed in prices:
        line = await find_price(
            session,
            product=listed.product,
            variant=listed.variant,
            term_years=listed.term_years,
            valid_from=listed.valid_from,
        )
        if line is None:
            line = tables.Price(
                id=ids.new_id(ids.PRICE, now=now),
                product=listed.product,
                variant=listed.variant,
                term_years=listed.term_years,
                valid_from=listed.valid_from,
                net_cents=0,
            )
            session.add(line)
        elif (line.net_cents, line.currency, line.valid_to) == (listed.net.cents, listed.net.currency, listed.valid_to):
            continue
        line.net_cents, line.currency, line.valid_to = listed.net.cents, listed.net.currency, listed.valid_to
        changed += 1
        await session.flush()
    return changed
