"""Give the services of a paid order their new expiry."""

from collections.abc import Sequence
from datetime import datetime

from models import enums, tables
from policies.renewal_calendar import add_years, rome_day

REVIVED = frozenset({enums.ServiceStatus.EXPIRING, enums.ServiceStatus.EXPIRED})


def extend_services(
    order: tables.Order, lines: Sequence[tuple[tables.OrderLine, tables.Service | None]], *, now: datetime
) -> None:
    """Extend each renewed service by the term of its line, from its old expiry: paying early loses no day.

    A purchased service counts from the day it was paid; provisioning makes it active later.
    """
    for line, service in lines:
        if service is None or line.term_years is None:
            continue
        start = service.expires_on or rome_day(now)
        service.expires_on = add_years(start, line.term_years)
        service.term_years = line.term_years
        service.look_on = rome_day(now)  # the calendar reckons anew from its next round on
        if order.kind is enums.OrderKind.RENEWAL and service.status in REVIVED:
            service.status = enums.ServiceStatus.ACTIVE
