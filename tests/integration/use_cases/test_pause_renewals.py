"""All renewal charges are paused once, seen, and lifted once."""

from datetime import timedelta

from models import enums, renewal_rows
from models.enums import Job, PausedWork
from tests.factories import NOW
from tests.integration.use_cases.books import Books
from use_cases.pause_renewals import pause_renewals, resume_renewals


async def test_pausing_twice_is_one_pause(books: Books) -> None:
    first = await books.apply(pause_renewals, reason="PERMISSION_DENIED", now=NOW)
    once = await books.snapshot()

    second = await books.apply(pause_renewals, reason="invalid_client", now=NOW + timedelta(hours=1))

    assert (first, second) == (True, False)
    assert await books.snapshot() == once


async def test_lifting_twice_lets_the_calendar_make_up_once(books: Books) -> None:
    await books.apply(pause_renewals, reason="PERMISSION_DENIED", now=NOW)
    first = await books.apply(resume_renewals, lifted_by="anna", now=NOW + timedelta(hours=1))
    once = await books.snapshot()

    second = await books.apply(resume_renewals, lifted_by="bruno", now=NOW + timedelta(hours=2))

    assert (first, second) == (True, False)
    assert await books.snapshot() == once
    assert [job for job, _ in books.owed.values()] == [Job.RUN_CALENDAR]


async def test_what_was_lifted_can_be_paused_again(books: Books) -> None:
    await books.apply(pause_renewals, reason="PERMISSION_DENIED", now=NOW)
    await books.apply(resume_renewals, lifted_by="anna", now=NOW + timedelta(hours=1))

    assert await books.apply(pause_renewals, reason="invalid_client", now=NOW + timedelta(days=1)) is True

    async with books.database.read() as session:
        pause = await renewal_rows.pause_in_force(session, work=PausedWork.RENEWAL_CHARGES)
    assert pause is not None
    assert (pause.reason, pause.lifted_at) == ("invalid_client", None)
    assert enums.PausedWork(pause.work) is PausedWork.RENEWAL_CHARGES
