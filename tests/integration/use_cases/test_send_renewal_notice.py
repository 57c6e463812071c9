"""The notice: sent ahead of the charge, at once when renewal goes on late, and never twice."""

from datetime import date, timedelta
from typing import Any

import pytest

from models import enums, tables
from models.enums import AutoRenewalStatus, EmailKind
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.renewal_scene import CHARGE_DAY, NOTICE_DAY, RenewalScene, morning
from use_cases.renewal_prices import price_list
from use_cases.send_renewal_notice import send_renewal_notice
from use_cases.set_auto_renewal import set_auto_renewal

ONE_DAY = timedelta(days=1)


async def announce(session: Any, *, service_id: str, now: Any) -> None:
    service = await session.get_one(tables.Service, service_id)
    await send_renewal_notice(session, service, listed=await price_list(session), now=now)


async def switch_on(books: Books, scene: RenewalScene, day: date) -> None:
    await books.apply(
        set_auto_renewal,
        customer=scene.customer,
        service_id=scene.service.id,
        enabled=True,
        account_id=scene.account.id,
        payment_id=None,
        guard=None,
        now=morning(day),
    )


async def test_announcing_twice_tells_once(books: Books) -> None:
    scene = await RenewalScene().begin(books, noticed=False)
    await books.apply(announce, service_id=scene.service.id, now=morning(NOTICE_DAY))
    once = await books.snapshot()

    await books.apply(announce, service_id=scene.service.id, now=morning(NOTICE_DAY + ONE_DAY))

    assert await books.snapshot() == once
    assert [len(once[name]) for name in ("renewal_notices", "renewals", "emails")] == [1, 1, 1]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (NOTICE_DAY - ONE_DAY, False),  # the calendar will
        (NOTICE_DAY, True),
        (NOTICE_DAY + ONE_DAY, True),
        (CHARGE_DAY - ONE_DAY, True),
    ],
)
async def test_switched_on_with_fewer_than_thirty_days_left_the_notice_goes_out_at_once(
    books: Books, day: date, told: bool
) -> None:
    scene = await RenewalScene(auto_renewal=AutoRenewalStatus.OFF, renewal_account_id=None).begin(books, noticed=False)

    await switch_on(books, scene, day)

    notices = await scene.mails(books, EmailKind.RENEWAL_NOTICE)
    assert [email.created_at for email in notices] == [morning(day)] * told
    assert len(await scene.mails(books, EmailKind.RENEWAL_ACTIVATED)) == 1
    assert (await books.row(scene.service)).look_on == day


async def test_switched_off_and_on_again_the_notice_stands(books: Books) -> None:
    scene = await RenewalScene(auto_renewal=AutoRenewalStatus.OFF, renewal_account_id=None).begin(books)

    await switch_on(books, scene, CHARGE_DAY - ONE_DAY)

    assert len(await scene.mails(books, EmailKind.RENEWAL_NOTICE)) == 1
    async with books.database.read() as session:
        [notice] = (await session.execute(tables.RenewalNotice.__table__.select())).all()  # type: ignore[attr-defined]
    assert notice.id == scene.notice.id


@pytest.mark.parametrize(("years", "announced"), [(1, 1), (5, 5), (6, 5)])
async def test_the_term_of_the_previous_order_is_repeated_within_the_limits_on_sale(
    books: Books, years: int, announced: int
) -> None:
    scene = RenewalScene(term_years=years)
    scene.price.term_years = announced
    await scene.begin(books, noticed=False)

    await books.apply(announce, service_id=scene.service.id, now=morning(NOTICE_DAY))

    [email] = await scene.mails(books, EmailKind.RENEWAL_NOTICE)
    assert (email.facts["term_years"], email.facts["new_expiry"]) == (announced, f"{2026 + announced}-06-30")


async def test_a_variant_has_a_price_of_its_own(books: Books) -> None:
    scene = RenewalScene(variant="premium")
    scene.price.variant, scene.price.net_cents = "premium", 90_00
    await scene.begin(books, noticed=False)

    await books.apply(announce, service_id=scene.service.id, now=morning(NOTICE_DAY))

    [email] = await scene.mails(books, EmailKind.RENEWAL_NOTICE)
    assert email.facts["gross"] == {"cents": 109_80, "currency": "EUR"}


@pytest.mark.parametrize(("kind", "consumer"), [("CONSUMER", True), ("BUSINESS", False)])
async def test_the_consumer_code_is_for_consumers(books: Books, kind: str, consumer: bool) -> None:
    scene = RenewalScene()
    scene.customer.kind = enums.CustomerKind(kind)
    await scene.begin(books, noticed=False)

    await books.apply(announce, service_id=scene.service.id, now=morning(NOTICE_DAY))

    [email] = await scene.mails(books, EmailKind.RENEWAL_NOTICE)
    assert email.facts["consumer"] is consumer
