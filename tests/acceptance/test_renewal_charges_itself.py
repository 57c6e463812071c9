"""A renewal charges itself: from the flag kept with a payment to the new expiry, the customer never there."""

import asyncio
from datetime import date, time, timedelta

import pytest

from models import tables
from models.enums import Product as Sold
from tests.acceptance.renewing import CHARGE, EXPIRY, NOTICE, RENEWED, WARNING, renewing
from tests.factories import make_account, make_customer, make_order, make_price, make_service
from tests.harness.calendar import automatic_payments, comes, make_round, pass_days
from tests.harness.evidence import history, money_taken
from tests.harness.journeys import pay_with_registered
from tests.harness.product import Product

ONE_DAY = timedelta(days=1)


async def test_from_the_flag_kept_with_a_payment_to_the_new_expiry(product: Product) -> None:
    mario = make_customer()
    pec = make_service(mario)
    order, *lines = make_order(mario, renews=pec)
    await product.save(mario, pec, order, *lines, make_price())
    account = await product.register(make_account(mario))
    await pay_with_registered(await product.signed_in(mario), order, account)
    await product.mails(2)

    for day in (date(2026, 12, 8), date(2027, 2, 6), date(2027, 3, 1)):
        await comes(product, day)

    assert [str(message["Subject"]) for message in product.mailbox.messages][2:] == [
        f"Servizio in scadenza: {pec.label}, 8 marzo 2027",
        f"Rinnovo automatico del servizio {pec.label}, addebito: 1º marzo 2027",
        "Conferma pagamento",
    ]
    [charge] = await automatic_payments(product)
    assert (charge.status, charge.amount_cents, charge.account_id) == ("SUCCEEDED", 36_60, account.id)
    assert await money_taken(product) == [("COMPLETED", "36.60")] * 2
    renewed = await product.row(pec)
    assert (renewed.expires_on, renewed.term_years, renewed.status) == (date(2028, 3, 8), 1, "ACTIVE")
    assert (renewed.auto_renewal, renewed.renewal_account_id) == ("ON", account.id)


async def test_day_after_day_each_thing_happens_once(product: Product) -> None:
    scene = await renewing(product)

    for day in (WARNING, NOTICE, CHARGE):
        await pass_days(product, since=day - ONE_DAY, until=day + ONE_DAY)
    await comes(product, EXPIRY + ONE_DAY)

    assert scene.letters() == ["warning", "notice", "paid"]
    assert await scene.charges() == ["SUCCEEDED"]
    assert await scene.flag() == ("ON", scene.account.id, "2027-03-08")


async def test_the_charge_is_the_merchants_and_its_payer_is_sent_nowhere(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    await comes(product, CHARGE)

    [capture] = await asyncio.to_thread(product.simulator.captures)

    assert capture["request_body"] == {
        "payment_source": {
            "paypal": {
                "vault_id": scene.account.payment_token,
                "stored_credential": {
                    "payment_initiator": "MERCHANT",
                    "usage": "SUBSEQUENT",
                    "usage_pattern": "SUBSCRIPTION_PREPAID",
                },
            }
        }
    }
    [charge] = await automatic_payments(product)
    payment = await (await scene.client()).payment(charge.id)
    assert payment["initiator"] == "AUTOMATIC_RENEWAL"
    assert history(payment) == [
        ("AWAITING_CONFIRMATION", "SCHEDULER"),
        ("PROCESSING", "SCHEDULER"),
        ("SUCCEEDED", "SCHEDULER"),
    ]


@pytest.mark.parametrize(
    ("sold", "years", "net_cents", "amount"),
    [
        (Sold.PEC, 5, 150_00, "183.00"),
        (Sold.SPID, 2, 9_80, "11.96"),
        (Sold.FATTURAZIONE_PA, 10, 299_00, "364.78"),
        (Sold.CONSERVAZIONE, 1, 49_00, "59.78"),
    ],
)
async def test_every_product_repeats_its_term(
    product: Product, sold: Sold, years: int, net_cents: int, amount: str
) -> None:
    scene = await renewing(product, product=sold, term_years=years)
    [price] = await product.rows(tables.Price)
    await product.change(price, net_cents=net_cents)

    for day in (NOTICE, CHARGE):
        await comes(product, day)

    assert await money_taken(product) == [("COMPLETED", amount)]
    assert await scene.flag() == ("ON", scene.account.id, f"{2026 + years}-03-08")


async def test_switched_off_one_minute_before_the_last_moment_nothing_is_charged(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    [notice] = await product.rows(tables.RenewalNotice)
    product.clock.now = notice.stoppable_until
    product.clock.advance(minutes=-1)
    off = await (await scene.client()).run("set_auto_renewal", serviceId=scene.service.id, enabled=False)

    await pass_days(product, since=CHARGE, until=EXPIRY)

    assert off["effect"] == "IMMEDIATE"
    assert (await scene.charges(), await money_taken(product)) == ([], [])
    assert (await scene.seen())["orders"]["nodes"] == []
    assert scene.letters() == ["notice", "deactivated"]


async def test_switched_off_one_minute_after_it_the_charge_has_been_made_and_stands(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    await comes(product, CHARGE, at=time(0))  # the calendar makes its round at that very moment
    product.clock.advance(minutes=1)

    off = await (await scene.client()).run("set_auto_renewal", serviceId=scene.service.id, enabled=False)
    await pass_days(product, since=CHARGE, until=EXPIRY)

    assert off["effect"] == "IMMEDIATE"
    assert await scene.charges() == ["SUCCEEDED"]
    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert await scene.flag() == ("OFF", None, "2027-03-08")


async def test_switched_off_after_it_a_charge_that_has_not_begun_is_not_made_all_the_same(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    [notice] = await product.rows(tables.RenewalNotice)
    product.clock.now = notice.stoppable_until
    product.clock.advance(minutes=1)

    off = await (await scene.client()).run("set_auto_renewal", serviceId=scene.service.id, enabled=False)
    await pass_days(product, since=CHARGE, until=EXPIRY)

    assert off["effect"] == "IMMEDIATE"
    assert (await scene.charges(), await money_taken(product)) == ([], [])


async def test_the_account_is_that_of_this_service_whatever_happens_to_another(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    await product.change(scene.other_account, status="REMOVED", is_default=False)

    await comes(product, CHARGE)

    [payment] = await automatic_payments(product)
    assert (payment.status, payment.account_id) == ("SUCCEEDED", scene.account.id)


async def test_a_signature_is_never_charged(product: Product) -> None:
    scene = await renewing(product, product=Sold.FIRMA_DIGITALE, term_years=3)

    for day in (NOTICE, CHARGE, EXPIRY, EXPIRY + ONE_DAY):
        await comes(product, day)

    assert (await scene.charges(), await money_taken(product)) == ([], [])
    assert "notice" not in scene.letters()
    assert (await product.row(scene.service)).status == "CANCELED"


async def test_two_rounds_at_the_same_time_charge_once(product: Product) -> None:
    scene = await renewing(product)
    await scene.announced()
    product.clock.now = product.clock.now.replace(year=CHARGE.year, month=CHARGE.month, day=CHARGE.day)

    await asyncio.gather(*(make_round(product) for _ in range(3)))

    assert await scene.charges() == ["SUCCEEDED"]
    assert await money_taken(product) == [("COMPLETED", "36.60")]
    assert (await product.row(scene.service)).expires_on == RENEWED
