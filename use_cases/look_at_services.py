"""One page of the calendar's round: what is due for each service, and the day of its next look, in one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from pydantic import BaseModel, ConfigDict

from models import enums, ids, renewal_rows, tables
from models.database import Session
from models.enums import AutoRenewalStatus, Job, RenewalObstacle, ServiceStatus
from policies.prices import ListedPrice
from policies.renewal_calendar import rome_day
from policies.service_calendar import CalendarFacts, RenewalProgress, Step, look_at, next_attempt
from use_cases.leave_to_customer import leave_to_customer
from use_cases.owe_emails import subject_key
from use_cases.record_obstacle import begin_renewal
from use_cases.renewal_mails import about_expiry, owe_expiry_warning
from use_cases.renewal_prices import price_list
from use_cases.send_renewal_notice import prepare_notice

log = structlog.get_logger(__name__)

PAGE_SIZE = 200  # services per transaction: SQLite's writers wait for it


class Place(BaseModel):
    """How far the round has come, in the order of the index."""

    model_config = ConfigDict(frozen=True)

    look_on: date
    service_id: str


async def look_at_services(session: Session, *, after: Place | None, now: datetime) -> Place | None:
    """Do what is due for the next services of the round and return how far it has come; None at its end.

    A service that was looked at has left the round by its date, so another round, here or elsewhere, finds only what
    is left.
    """
    services = await renewal_rows.due_services(
        session, today=rome_day(now), after=(after.look_on, after.service_id) if after else None, limit=PAGE_SIZE
    )
    if not services:
        return None
    last = services[-1]
    reached = Place(look_on=last.look_on or date.min, service_id=last.id)
    known = await gather(session, services)
    page = Page(session, known=known, now=now)
    for service in services:
        await page.look_at(service)
    await page.store_notices()
    return reached if len(services) == PAGE_SIZE else None


@dataclass(frozen=True, kw_only=True, slots=True)
class Known:
    """What other tables know about the services of a page."""

    people: Sequence[object]  # kept, so that the session need not ask for them again
    listed: Sequence[ListedPrice]
    renewals: dict[str, tables.Renewal]
    noticed: set[str]
    subjects: set[str]
    being_paid: set[str]

    def facts_of(self, service: tables.Service) -> CalendarFacts:
        renewal = self.renewals.get(service.id)
        return CalendarFacts(
            product=service.product,
            status=service.status,
            expires_on=service.expires_on,
            auto_renewal=service.auto_renewal,
            warned=subject_key(enums.EmailKind.EXPIRY_WARNING, about_expiry(service)) in self.subjects,
            noticed=service.id in self.noticed,
            progress=RenewalProgress(next_attempt_on=renewal.next_attempt_on) if renewal else None,
            payment_in_progress=service.id in self.being_paid,
        )


async def gather(session: Session, services: Sequence[tables.Service]) -> Known:
    """Gather what is known about the services, a statement for each kind of fact."""
    warnings = [subject_key(enums.EmailKind.EXPIRY_WARNING, about_expiry(service)) for service in services]
    return Known(
        people=await renewal_rows.load_people(session, services=services),
        listed=await price_list(session),
        renewals=dict(await renewal_rows.renewals_of(session, services=services)),
        noticed=await renewal_rows.noticed_services(session, services=services),
        subjects=await renewal_rows.known_subjects(session, subject_keys=warnings),
        being_paid=await renewal_rows.services_being_paid(session, services=services),
    )


class Page:
    """The services of one page being looked at."""

    def __init__(self, session: Session, *, known: Known, now: datetime) -> None:
        self.session = session
        self.known = known
        self.now = now
        self.notices: list[tables.RenewalNotice] = []

    async def look_at(self, service: tables.Service) -> None:
        """Do what is due for one service, and note the day of its next look."""
        facts = self.known.facts_of(service)
        look = look_at(facts, today=rome_day(self.now))
        service.look_on = look.next_on
        for step in look.steps:
            await self.take(step, service, facts)

    async def take(self, step: Step, service: tables.Service, facts: CalendarFacts) -> None:
        match step:
            case Step.MARK_EXPIRING:
                service.status = ServiceStatus.EXPIRING
            case Step.WARN:
                await owe_expiry_warning(self.session, service, now=self.now)
            case Step.GIVE_NOTICE:
                await self.give_notice(service)
            case Step.CHARGE:
                key = ids.new_id(f"charge-{service.id}", now=self.now)  # of this look: the claim knows what is due
                await self.session.later(Job.CHARGE_RENEWAL, key, service.id, str(service.expires_on))
            case Step.MARK_EXPIRED:
                service.status = ServiceStatus.EXPIRED
                log.info("service.expired", service_id=service.id, expiry=service.expires_on)
            case Step.END:
                await self.end(service, facts)

    async def give_notice(self, service: tables.Service) -> None:
        """Announce the renewal; when there is nothing to announce, for want of a price, look again tomorrow."""
        renewal = self.known.renewals.get(service.id) or begin_renewal(self.session, service)
        notice = await prepare_notice(self.session, service, renewal, listed=self.known.listed, now=self.now)
        if notice is None:
            service.look_on = rome_day(self.now) + timedelta(days=1)
        else:
            self.notices.append(notice)

    async def store_notices(self) -> None:
        """Store the notices of the page, after their mails."""
        await self.session.flush()
        self.session.add_all(self.notices)
        await self.session.flush()

    async def end(self, service: tables.Service, facts: CalendarFacts) -> None:
        """Take the service out of use for good; a renewal that nobody has charged or told of is told of now."""
        service.status = ServiceStatus.CANCELED
        if service.expires_on is not None and next_attempt(facts, service.expires_on) is not None:
            await leave_to_customer(self.session, service, obstacle=RenewalObstacle.TOO_LATE, now=self.now)
        service.auto_renewal, service.renewal_account_id = AutoRenewalStatus.OFF, None
        log.info("service.ended", service_id=service.id, expiry=service.expires_on)
