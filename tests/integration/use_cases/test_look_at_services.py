"""The calendar's round: by index, page by page, and twice is once."""

from datetime import date, timedelta

import pytest

from models import enums, tables
from models.enums import AutoRenewalStatus, EmailKind, Job, Product, RenewalObstacle, ServiceStatus
from tests.factories import make_account, make_customer, make_order, make_payment, make_price, make_service, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.renewal_scene import CHARGE_DAY, EXPIRY, NOTICE_DAY, RenewalScene, morning
from tests.statements import count_statements, plan_of
from use_cases import look_at_services
from use_cases.look_at_services import Place

ONE_DAY = timedelta(days=1)
WARNING_DAY = date(2026, 4, 1)


async def make_round(books: Books, day: date) -> int:
    """Let the calendar make its round on that day, and return how many pages it took."""
    place: Place | None = None
    for pages in range(1, 100):
        place = await books.apply(look_at_services.look_at_services, after=place, now=morning(day))
        if place is None:
            return pages
    raise AssertionError("the round has no end")


async def owed_charges(books: Books) -> int:
    return [job for job, _ in books.owed.values()].count(Job.CHARGE_RENEWAL)


@pytest.mark.parametrize("day", [WARNING_DAY, NOTICE_DAY, CHARGE_DAY, EXPIRY, EXPIRY + ONE_DAY, date(2026, 9, 29)])
async def test_a_second_round_on_the_same_day_finds_nothing(books: Books, day: date) -> None:
    scene = RenewalScene(status=ServiceStatus.ACTIVE)
    await scene.begin(books, noticed=day > NOTICE_DAY)
    await make_round(books, day)
    once = await books.snapshot()

    await make_round(books, day)

    assert await books.snapshot() == once


async def test_the_first_warning_is_owed_once_and_says_that_the_service_renews_itself(books: Books) -> None:
    scene = RenewalScene(status=ServiceStatus.ACTIVE)
    await scene.begin(books, noticed=False)

    for day in range(3):
        await make_round(books, WARNING_DAY - ONE_DAY + timedelta(days=day))

    [email] = await scene.mails(books, EmailKind.EXPIRY_WARNING)
    assert email.created_at == morning(WARNING_DAY)
    assert (email.facts["charge_on"], email.facts["account"]) == ("2026-06-23", scene.account.masked_email)
    service = await books.row(scene.service)
    assert (service.status, service.look_on) == (ServiceStatus.EXPIRING, NOTICE_DAY)


async def test_the_notice_fixes_the_price_and_is_the_record(books: Books) -> None:
    scene = await RenewalScene(term_years=1).begin(books, noticed=False)

    await make_round(books, NOTICE_DAY)

    async with books.database.read() as session:
        [notice] = (await session.execute(tables.RenewalNotice.__table__.select())).all()  # type: ignore[attr-defined]
    [email] = await scene.mails(books, EmailKind.RENEWAL_NOTICE)
    assert (notice.service_id, notice.expiry, notice.charge_on) == (scene.service.id, EXPIRY, CHARGE_DAY)
    assert (notice.net_cents, notice.vat_cents, notice.gross_cents, notice.term_years) == (30_00, 6_60, 36_60, 1)
    assert (notice.account_id, notice.email_id) == (scene.account.id, email.id)
    assert (email.facts["gross"]["cents"], email.facts["charge_on"]) == (36_60, "2026-06-23")
    assert email.facts["stoppable_until"] == "2026-06-22T22:00:00Z"
    assert (await scene.progress(books)).next_attempt_on == CHARGE_DAY
    assert (await books.row(scene.service)).look_on == CHARGE_DAY
    assert await scene.mails(books, EmailKind.EXPIRY_WARNING) == []  # the notice says it all


async def test_a_notice_without_a_price_waits_for_the_price_list(books: Books) -> None:
    scene = RenewalScene()
    scene.price.term_years = 2
    await scene.begin(books, noticed=False)
    await make_round(books, NOTICE_DAY)
    waiting = await scene.progress(books)
    await store(books.database, make_price())

    await make_round(books, NOTICE_DAY + ONE_DAY)

    assert (waiting.obstacle, waiting.next_attempt_on) == (RenewalObstacle.PRICE_MISSING, CHARGE_DAY)
    assert (await scene.progress(books)).obstacle is None
    assert len(await scene.mails(books, EmailKind.RENEWAL_NOTICE)) == 1


async def test_a_charge_is_owed_once_a_day_until_it_is_settled(books: Books) -> None:
    await RenewalScene().begin(books)

    counts = []
    for day in range(-1, 3):
        await make_round(books, CHARGE_DAY + timedelta(days=day))
        counts.append(await owed_charges(books))

    assert counts == [0, 1, 2, 3]  # nobody has claimed them: each day makes up for the one before


async def test_a_service_that_is_not_renewed_expires_and_ends(books: Books) -> None:
    scene = await RenewalScene(auto_renewal=AutoRenewalStatus.OFF, renewal_account_id=None).begin(books, noticed=False)
    await make_round(books, EXPIRY)
    last_day = (await books.row(scene.service)).status
    await make_round(books, EXPIRY + ONE_DAY)
    after = (await books.row(scene.service)).status
    await make_round(books, date(2026, 9, 28))
    last_of_grace = (await books.row(scene.service)).status

    await make_round(books, date(2026, 9, 29))

    service = await books.row(scene.service)
    assert (last_day, after, last_of_grace) == ("EXPIRING", "EXPIRED", "EXPIRED")
    assert (service.status, service.look_on) == (ServiceStatus.CANCELED, None)


async def test_an_identity_is_revoked_at_its_expiry_and_a_renewal_nobody_charged_is_told_of(books: Books) -> None:
    scene = await RenewalScene(product=Product.SPID).begin(books)

    await make_round(books, EXPIRY + ONE_DAY)

    service = await books.row(scene.service)
    assert (service.status, service.auto_renewal, service.renewal_account_id) == ("CANCELED", "OFF", None)
    [email] = await scene.mails(books, EmailKind.RENEWAL_FAILED)
    assert (email.facts["obstacle"], email.facts["order_number"]) == ("TOO_LATE", None)
    assert len((await books.snapshot())["orders"]) == 0


async def test_a_service_whose_payment_is_under_way_does_not_end(books: Books) -> None:
    scene = RenewalScene(status=ServiceStatus.EXPIRED, auto_renewal=AutoRenewalStatus.OFF, renewal_account_id=None)
    await scene.begin(books, noticed=False)
    order, *lines = make_order(scene.customer, renews=scene.service)
    payment = make_payment(order, status=enums.PaymentStatus.PENDING)
    await store(books.database, order, *lines, payment)

    await make_round(books, date(2026, 9, 29))

    service = await books.row(scene.service)
    assert (service.status, service.look_on) == (ServiceStatus.EXPIRED, date(2026, 9, 30))


async def test_a_signature_expires_but_is_never_announced_nor_charged(books: Books) -> None:
    mario = make_customer()
    account = make_account(mario)
    signature = make_service(mario, product=Product.FIRMA_DIGITALE, renews_on=account, expires_on=EXPIRY, term_years=3)
    await store(books.database, mario, account, signature, make_price(product=Product.FIRMA_DIGITALE, term_years=3))

    for days in range(95, -3, -1):
        await make_round(books, EXPIRY - timedelta(days=days))

    after = await books.snapshot()
    assert [len(after[name]) for name in ("renewal_notices", "renewals", "orders", "payments")] == [0, 0, 0, 0]
    assert await owed_charges(books) == 0
    assert (await books.row(signature)).status is ServiceStatus.CANCELED


async def many(books: Books, count: int) -> None:
    """Store so many services of one customer that will be due for their notice."""
    mario = make_customer()
    account = make_account(mario)
    services = [
        make_service(mario, renews_on=account, expires_on=EXPIRY, status=ServiceStatus.EXPIRING) for _ in range(count)
    ]
    await store(books.database, mario, account, *services)


async def test_a_round_interrupted_between_two_pages_is_finished_by_the_next(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_at_services, "PAGE_SIZE", 4)
    await store(books.database, make_price())
    await many(books, 10)
    first = await books.apply(look_at_services.look_at_services, after=None, now=morning(NOTICE_DAY))
    after_one_page = len((await books.snapshot())["renewal_notices"])

    pages = await make_round(books, NOTICE_DAY)

    assert first is not None
    assert (after_one_page, pages) == (4, 2)
    found = await books.snapshot()
    assert (len(found["renewal_notices"]), len(found["emails"])) == (10, 10)


async def test_a_page_asks_the_same_statements_however_long_it_is(books: Books) -> None:
    counts = []
    for more in (3, 30):
        await many(books, more)
        with count_statements(books.database) as statements:
            await make_round(books, NOTICE_DAY - 70 * ONE_DAY)  # the first look at each: nothing is due yet
        counts.append([statement.split()[0] for statement in statements].count("SELECT"))

    assert counts[0] == counts[1]


async def test_a_page_reads_by_index_alone_and_scans_neither_services_nor_what_belongs_to_them(
    books: Books, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(look_at_services, "PAGE_SIZE", 2)
    await store(books.database, make_price())
    await many(books, 5)
    with count_statements(books.database) as statements:
        await make_round(books, NOTICE_DAY)

    plans = {statement: await plan_of(books.database, statement) for statement in statements}

    selections = [plan for statement, plan in plans.items() if "LIMIT" in statement]
    assert selections == [
        ["SEARCH services USING INDEX ix_services_look_on (look_on<?)"],
        ["SEARCH services USING INDEX ix_services_look_on ((look_on,id)>(?,?) AND look_on<?)"],
    ]
    scanned = {step.split()[1] for plan in plans.values() for step in plan if step.startswith("SCAN")}
    assert scanned == {"prices"}  # the whole list
