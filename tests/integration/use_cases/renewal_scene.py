"""A PEC that renews itself, with what its renewal needs, stored on some day of its calendar."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlmodel import select

from models import enums, tables
from policies.renewal_calendar import ROME
from tests.factories import (
    make_account,
    make_customer,
    make_price,
    make_service,
    store,
)
from tests.integration.use_cases.books import Books
from tests.renewals import make_notice, make_notice_email, make_renewal
from use_cases.charge_renewal import claim_renewal_charge

EXPIRY = date(2026, 6, 30)
CHARGE_DAY = date(2026, 6, 23)
NOTICE_DAY = date(2026, 5, 31)


def morning(day: date) -> datetime:
    """Return six o'clock of the day in Rome."""
    return datetime.combine(day, time(6), tzinfo=ROME).astimezone(UTC)


class RenewalScene:
    """A PEC of Mario's that expires on 30 June 2026 and renews on his second account, announced a month before."""

    def __init__(self, **service: Any) -> None:
        self.customer = make_customer()
        self.first_account = make_account(self.customer, is_default=True)
        self.account = make_account(self.customer)
        known = {"status": enums.ServiceStatus.EXPIRING, "expires_on": EXPIRY}
        self.service = make_service(self.customer, renews_on=self.account, **known | service)
        self.price = make_price()
        self.email = make_notice_email(self.service)
        self.notice = make_notice(self.service, email=self.email, account=self.account)
        self.renewal = make_renewal(self.service)

    async def begin(self, books: Books, *, noticed: bool = True) -> "RenewalScene":
        await store(books.database, self.customer, self.first_account, self.account, self.service, self.price)
        if noticed:
            await store(books.database, self.email, self.notice, self.renewal)
        return self

    def claiming(self, day: date = CHARGE_DAY) -> dict[str, Any]:
        """Return what claims the charge on that day."""
        return {
            "service_id": self.service.id,
            "expiry": EXPIRY,
            "watch_after": timedelta(minutes=5),
            "now": morning(day),
        }

    async def charge(self, books: Books, day: date = CHARGE_DAY) -> tuple[tables.Payment, str]:
        """Claim the charge on that day, and return its payment and attempt."""
        attempt_id = await books.apply(claim_renewal_charge, **self.claiming(day))
        assert attempt_id is not None
        renewal = await self.progress(books)
        async with books.database.read() as session:
            return await session.get_one(tables.Payment, renewal.payment_id), attempt_id

    async def progress(self, books: Books) -> tables.Renewal:
        """Return how far the renewal has come."""
        async with books.database.read() as session:
            return await session.get_one(tables.Renewal, (self.service.id, EXPIRY))

    async def mails(self, books: Books, kind: enums.EmailKind) -> list[tables.Email]:
        """Return the mails of a kind that are owed or sent."""
        async with books.database.read() as session:
            return list((await session.exec(select(tables.Email).where(tables.Email.kind == kind))).all())
