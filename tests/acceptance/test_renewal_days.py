"""The days of a renewal as the customer sees them: leap days, the hour that clocks are put to, every term on sale."""

from datetime import date, datetime, timedelta

import pytest

from models import tables
from models.enums import Product as Sold
from policies.renewal_terms import TERMS
from tests.acceptance.renewing import renewing
from tests.factories import make_account, make_customer, make_price, make_service
from tests.harness.calendar import automatic_payments, comes, make_round
from tests.harness.evidence import money_taken
from tests.harness.journeys import pay_with_registered
from tests.harness.product import Product

ONE_DAY = timedelta(days=1)
NOTICE, CHARGE = date(2026, 2, 6), date(2026, 3, 1)
ON_SALE = [(sold, years) for sold, terms in TERMS.items() if terms.offered for years in terms.years]


@pytest.mark.parametrize(
    ("expiry", "years", "notice_on", "charge_on", "stoppable_until", "new_expiry"),
    [
        pytest.param(
            *("2028-02-29", 1, "2028-01-30", "2028-02-22", "2028-02-21T23:00:00Z", "2029-02-28"), id="on a leap day"
        ),
        pytest.param(
            *("2028-02-29", 4, "2028-01-30", "2028-02-22", "2028-02-21T23:00:00Z", "2032-02-29"),
            id="from one leap day to the next",
        ),
        pytest.param(
            *("2028-03-07", 1, "2028-02-06", "2028-02-29", "2028-02-28T23:00:00Z", "2029-03-07"),
            id="charged on a leap day",
        ),
        pytest.param(
            *("2026-04-05", 1, "2026-03-06", "2026-03-29", "2026-03-28T23:00:00Z", "2027-04-05"),
            id="charged on the day that has twenty-three hours",
        ),
        pytest.param(
            *("2026-04-04", 1, "2026-03-05", "2026-03-28", "2026-03-27T23:00:00Z", "2027-04-04"), id="the day before it"
        ),
        pytest.param(
            *("2026-11-01", 1, "2026-10-02", "2026-10-25", "2026-10-24T22:00:00Z", "2027-11-01"),
            id="charged on the day that has twenty-five hours",
        ),
        pytest.param(
            *("2026-11-02", 1, "2026-10-03", "2026-10-26", "2026-10-25T23:00:00Z", "2027-11-02"), id="the day after it"
        ),
    ],
)
async def test_the_charge_comes_at_the_announced_midnight_in_rome_and_not_a_minute_before(
    product: Product,
    expiry: str,
    years: int,
    notice_on: str,
    charge_on: str,
    stoppable_until: str,
    new_expiry: str,
) -> None:
    scene = await renewing(product, expires_on=date.fromisoformat(expiry), term_years=years)
    await comes(product, date.fromisoformat(notice_on) - ONE_DAY)
    too_early = scene.letters()
    await comes(product, date.fromisoformat(notice_on))
    [coming] = await scene.upcoming()
    midnight = datetime.fromisoformat(stoppable_until)

    product.clock.now = midnight - timedelta(minutes=1)
    await make_round(product)
    before = await scene.charges()
    product.clock.now = midnight
    await make_round(product)

    assert (too_early, scene.letters()) == (["warning"], ["warning", "notice", "paid"])
    assert (coming["chargeOn"], coming["stoppableUntil"]) == (charge_on, stoppable_until)
    assert coming["newExpiry"] == new_expiry
    assert (before, await scene.charges()) == ([], ["SUCCEEDED"])
    assert await scene.flag() == ("ON", scene.account.id, new_expiry)


@pytest.mark.watched
async def test_every_term_on_sale_of_every_product_is_repeated(product: Product) -> None:
    mario = make_customer()
    account = make_account(mario)
    services = [make_service(mario, renews_on=account, product=sold, term_years=years) for sold, years in ON_SALE]
    prices = [make_price(product=sold, term_years=years, net_cents=10_00 * years) for sold, years in ON_SALE]
    await product.save(mario)
    await product.register(account)
    await product.save(*services, *prices)

    for day in (NOTICE, CHARGE):
        await comes(product, day)

    renewed = {row.id: (row.product, row.expires_on, row.term_years) for row in await product.rows(tables.Service)}
    assert renewed == {
        service.id: (sold, date(2026 + years, 3, 8), years)
        for service, (sold, years) in zip(services, ON_SALE, strict=True)
    }
    assert sorted(await money_taken(product)) == sorted(
        ("COMPLETED", f"{122 * years // 10}.{122 * years % 10}0") for _, years in ON_SALE
    )
    assert {payment.status for payment in await automatic_payments(product)} == {"SUCCEEDED"}
    assert len(ON_SALE) == 5 + 2 + 10 + 10


async def test_an_identity_is_gone_the_day_after_its_expiry_and_cannot_be_paid_any_more(product: Product) -> None:
    scene = await renewing(product, product=Sold.SPID, payer="needs-action", term_years=1)
    for day in (NOTICE, CHARGE, date(2026, 3, 8)):
        await comes(product, day)
    on_its_last_day, payable = await scene.seen(), await scene.order()

    await comes(product, date(2026, 3, 9))
    gone, order = await scene.seen(), await scene.order()
    client = await scene.client()
    started = await client.run(
        "start_payment", input={"order": {"id": order["id"]}, "returnUrl": "https://front.example/back"}
    )

    assert (on_its_last_day["status"], payable["paymentBlocks"]) == ("EXPIRING", [])
    assert (gone["status"], gone["autoRenewal"]["status"]) == ("CANCELED", "OFF")
    assert [block["code"] for block in order["paymentBlocks"]] == ["SERVICE_GONE"]
    assert started["__typename"] == "OrderNotPayableError"
    assert scene.letters() == ["notice", "failed"]
    assert await money_taken(product) == []


async def test_a_mailbox_in_its_grace_is_renewed_from_its_old_expiry(product: Product) -> None:
    scene = await renewing(product, payer="needs-action")
    for day in (NOTICE, CHARGE, date(2026, 3, 9), date(2026, 6, 6)):
        await comes(product, day)
    in_grace = await scene.seen()

    await pay_with_registered(await scene.client(), await scene.order_row(), scene.other_account)

    assert in_grace["status"] == "EXPIRED"
    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")
    assert (await scene.seen())["status"] == "ACTIVE"
