"""What the renewal of a service costs."""

from collections.abc import Sequence
from datetime import datetime

from models import tables
from models.database import Session
from models.money import Money
from models.repositories import prices
from policies.prices import ListedPrice, TaxedSum, price_on
from policies.renewal_calendar import rome_day
from use_cases.renewal_mails import calendar_of


async def price_list(session: Session) -> Sequence[ListedPrice]:
    """Return the whole price list."""
    return [
        ListedPrice(
            product=row.product,
            variant=row.variant,
            term_years=row.term_years,
            net=Money(row.net_cents, row.currency),
            valid_from=row.valid_from,
            valid_to=row.valid_to,
        )
        for row in await prices.price_list(session)
    ]


def renewal_price(service: tables.Service, *, listed: Sequence[ListedPrice], now: datetime) -> TaxedSum | None:
    """Return what the renewal costs by today's list, or None when the list does not say."""
    return price_on(
        rome_day(now),
        listed,
        product=service.product,
        variant=service.variant,
        term_years=calendar_of(service).term_years,
    )
