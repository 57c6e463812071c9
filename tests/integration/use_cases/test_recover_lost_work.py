"""Rows that wait for work which nobody does any more are found, and their work is owed again, once."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from models import enums, tables
from models.enums import EmailStatus, EventSource, Job, PaymentStatus, RefundStatus
from models.rows import IN_PROGRESS
from policies.payment_transitions import FINAL
from tests.factories import NOW, make_attempt, make_email, make_refund, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import Scene, settling
from use_cases.recover_lost_work import Trace, Waiting, find_waiting, owe_again, owe_overdue_looks
from use_cases.settle_payment import settle_payment

LATER = NOW + timedelta(hours=1)
BEFORE = LATER - timedelta(minutes=5)
UNKNOWN = Trace(alive=False, arguments=None)


def make_event(**values: Any) -> tables.WebhookEvent:
    defaults: dict[str, Any] = {
        "id": "WH-1",
        "transmission_id": "transmission-1",
        "event_type": "PAYMENT.CAPTURE.COMPLETED",
        "resource_id": "CAPTURE-1",
        "transmitted_at": NOW,
        "received_at": NOW,
    }
    return tables.WebhookEvent(**defaults | values)


async def waiting(books: Books, scene: Scene) -> list[Waiting]:
    """Store one row of every kind that waits, and return what a sweep finds."""
    scene.account.status, scene.account.payment_token = enums.PayPalAccountStatus.PENDING_APPROVAL, None
    scene.account.is_default = False
    scene.payment.account_id = scene.account.id
    await scene.begin(books)
    refund = make_refund(scene.payment)
    await store(books.database, make_email(scene.payment), refund, make_event())
    return await books.apply(find_waiting, before=BEFORE)


async def sweep(
    books: Books, found: list[Waiting], *, turn: str = "1", traces: Mapping[Job, Trace] | None = None
) -> int:
    known = {each.key: (traces or {}).get(each.job, UNKNOWN) for each in found}
    return await books.apply(owe_again, waiting=found, traces=known, before=BEFORE, turn=turn)


async def test_every_row_that_waits_is_found_with_the_job_that_it_waits_for(books: Books) -> None:
    scene = Scene(PaymentStatus.SUCCEEDED, registers=True)

    found = await waiting(books, scene)

    [email], [refund] = await books.rows(tables.Email), await books.rows(tables.Refund)
    assert found == [
        Waiting(job=Job.SEND_EMAIL, key=f"email-{email.id}", arguments=(email.id,)),
        Waiting(job=Job.REFUND_PAYMENT, key=f"refund-{refund.id}", arguments=(refund.id,)),
        Waiting(job=Job.HANDLE_WEBHOOK, key="event-WH-1", arguments=("WH-1",)),
        Waiting(
            job=Job.FINISH_REGISTRATION,
            key=f"registration-{scene.account.id}",
            arguments=(scene.account.id, scene.payment.id, 0),
        ),
    ]


async def test_what_has_ended_or_has_only_just_begun_does_not_wait(books: Books) -> None:
    scene = Scene(PaymentStatus.SUCCEEDED)
    await scene.begin(books)
    done = [
        make_email(scene.payment, status=EmailStatus.SENT, subject_key="sent"),
        make_email(scene.payment, status=EmailStatus.BOUNCED, subject_key="bounced"),
        make_refund(scene.payment, status=RefundStatus.COMPLETED, paypal_refund_id="R", ended_at=NOW),
        make_refund(scene.payment, status=RefundStatus.FAILED, ended_at=NOW),
        make_event(handled_at=NOW),
    ]
    young = [
        make_email(scene.payment, created_at=BEFORE),
        make_refund(scene.payment, created_at=BEFORE),
        make_event(id="WH-2", transmission_id="transmission-2", received_at=BEFORE),
    ]
    await store(books.database, *done, *young)

    assert await books.apply(find_waiting, before=BEFORE) == []


async def test_lost_work_is_owed_once_by_two_sweeps_of_one_turn_and_anew_by_the_next(books: Books) -> None:
    found = await waiting(books, Scene(PaymentStatus.SUCCEEDED, registers=True))

    counts = [await sweep(books, found), await sweep(books, found)]
    once = dict(books.owed)
    await sweep(books, found, turn="2")

    assert counts == [4, 4]
    assert once == {f"{each.key}-again-1": (each.job, None) for each in found}
    assert len(books.owed) == 8


async def test_work_on_its_way_is_left_alone(books: Books) -> None:
    found = await waiting(books, Scene(PaymentStatus.SUCCEEDED, registers=True))
    alive = Trace(alive=True, arguments=None)

    count = await sweep(books, found, traces={each.job: alive for each in found if each.job is not Job.SEND_EMAIL})

    assert count == 1
    assert [job for job, _ in books.owed.values()] == [Job.SEND_EMAIL]


async def test_a_job_owed_again_goes_on_where_the_newest_one_stood(books: Books) -> None:
    found = await waiting(books, Scene(PaymentStatus.SUCCEEDED, registers=True))
    [email] = await books.rows(tables.Email)

    await sweep(books, found, traces={Job.SEND_EMAIL: Trace(alive=False, arguments=(email.id, 7))})

    assert books.told[f"email-{email.id}-again-1"] == (email.id, 7)


async def test_what_was_done_since_the_sweep_began_is_not_owed(books: Books) -> None:
    found = await waiting(books, Scene(PaymentStatus.SUCCEEDED, registers=True))
    async with books.database.write() as session:
        for row in (*await books.rows(tables.Email), *await books.rows(tables.Refund)):
            kept = await session.get_one(type(row), row.id)
            kept.status = EmailStatus.SENT if isinstance(kept, tables.Email) else RefundStatus.FAILED
            if isinstance(kept, tables.Refund):
                kept.ended_at = NOW

    await sweep(books, found)

    assert sorted(job for job, _ in books.owed.values()) == [Job.FINISH_REGISTRATION, Job.HANDLE_WEBHOOK]


@pytest.mark.parametrize("status", PaymentStatus)
async def test_an_overdue_look_is_owed_while_paypal_has_a_say(books: Books, status: PaymentStatus) -> None:
    scene = Scene(status)
    await scene.begin(books, looks=3, look_due_at=NOW)

    counts = [await books.apply(owe_overdue_looks, before=BEFORE, now=LATER) for _ in range(2)]

    has_a_say = status in IN_PROGRESS or status in FINAL - {PaymentStatus.SUCCEEDED}
    assert counts == [int(has_a_say), 0]
    assert books.owed == ({f"look-{scene.attempt.id}-4": (Job.ADVANCE_PAYMENT, None)} if has_a_say else {})


@pytest.mark.parametrize(("due_at", "overdue"), [(None, True), (BEFORE - timedelta(seconds=1), True), (BEFORE, False)])
async def test_a_look_is_overdue_by_more_than_the_margin_and_an_unknown_one_by_its_age(
    books: Books, due_at: Any, overdue: bool
) -> None:
    scene = Scene(PaymentStatus.VERIFYING)
    await scene.begin(books, look_due_at=due_at)

    assert await books.apply(owe_overdue_looks, before=BEFORE, now=LATER) == int(overdue)


async def test_an_older_attempt_is_looked_back_at_beside_the_newest_one(books: Books) -> None:
    scene = Scene(PaymentStatus.VERIFYING)
    await scene.begin(books, look_due_at=NOW)
    newest = make_attempt(scene.payment, number=2, look_due_at=NOW)
    await store(books.database, newest)

    await books.apply(owe_overdue_looks, before=BEFORE, now=LATER)

    assert list(books.owed) == [f"look-{newest.id}-1", f"look-{scene.attempt.id}-1"]


@pytest.mark.parametrize(("capture", "owed"), [("PENDING", ["look-{}-1", "look-{}-2"]), ("DECLINED", []), (None, [])])
async def test_an_ended_payment_is_looked_back_at_for_as_long_as_paypal_holds_its_money(
    books: Books, capture: str | None, owed: list[str]
) -> None:
    scene = Scene(PaymentStatus.EXPIRED)
    await scene.begin(books, look_due_at=NOW)

    seen = settling(scene, paypal=scene.answer(capture)) | {"source": EventSource.RECONCILER}
    await books.apply(settle_payment, **seen)
    await books.apply(owe_overdue_looks, before=LATER, now=LATER + timedelta(days=1))

    assert list(books.owed) == [key.format(scene.attempt.id) for key in owed]
