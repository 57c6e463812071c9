"""A renewal left to its customer: told once, whoever leaves it and for whatever reasons, one after the other."""

from models import enums, tables
from models.database import Session
from models.enums import RenewalObstacle
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.renewal_scene import CHARGE_DAY, RenewalScene, morning
from use_cases.leave_to_customer import leave_to_customer


async def leave(session: Session, *, service_id: str, obstacle: RenewalObstacle) -> None:
    service = await session.get_one(tables.Service, service_id)
    await leave_to_customer(session, service, obstacle=obstacle, now=morning(CHARGE_DAY))


async def test_leaving_it_twice_opens_one_order_and_tells_once(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    await books.apply(leave, service_id=scene.service.id, obstacle=RenewalObstacle.NOTICE_MISSING)
    once = await books.snapshot()

    await books.apply(leave, service_id=scene.service.id, obstacle=RenewalObstacle.NOTICE_MISSING)

    assert await books.snapshot() == once
    assert len(once["orders"]) == 1
    assert len(await scene.mails(books, enums.EmailKind.RENEWAL_FAILED)) == 1


async def test_another_reason_is_recorded_and_not_told_again(books: Books) -> None:
    scene = await RenewalScene().begin(books)
    await books.apply(leave, service_id=scene.service.id, obstacle=RenewalObstacle.CHARGE_FAULTY)

    await books.apply(leave, service_id=scene.service.id, obstacle=RenewalObstacle.TOO_LATE)

    assert (await scene.progress(books)).obstacle is RenewalObstacle.TOO_LATE
    [email] = await scene.mails(books, enums.EmailKind.RENEWAL_FAILED)
    assert email.facts["obstacle"] == "CHARGE_FAULTY"


async def test_what_may_have_been_paid_opens_no_order_and_tells_nobody(books: Books) -> None:
    scene = await RenewalScene().begin(books)

    await books.apply(leave, service_id=scene.service.id, obstacle=RenewalObstacle.POSSIBLY_PAID)

    renewal = await scene.progress(books)
    assert (renewal.obstacle, renewal.next_attempt_on) == (RenewalObstacle.POSSIBLY_PAID, None)
    assert len((await books.snapshot())["orders"]) == 0
    assert await scene.mails(books, enums.EmailKind.RENEWAL_FAILED) == []
