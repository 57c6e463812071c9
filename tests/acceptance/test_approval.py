"""The payer on PayPal's pages: stays away, goes back, comes back twice, with forged addresses, or never."""

import asyncio

import httpx2
import pytest

from models import tables
from tests.acceptance.conftest import Launch
from tests.acceptance.test_news_of_payments import approve_and_close_the_tab
from tests.factories import make_order
from tests.harness.evidence import accounts, consents, correspondence, history, money_taken, reached, renewals
from tests.harness.journeys import RETURN_URL, confirm, go_to_paypal, pay_with_new
from tests.harness.pages import FRONT_END, Browser
from tests.harness.product import IMPATIENT, Product
from tests.harness.refusals import Desk, open_desk, unchanged


async def nothing_came_of_it(product: Product, desk: Desk) -> None:
    """The order can still be paid, no account was kept, no renewal switched, nobody told, no money moved."""
    found = (await desk.client.run("order", number=desk.order.number))["order"]
    assert (found["status"], found["activePayment"], found["paymentBlocks"]) == ("AWAITING_PAYMENT", None, [])
    assert await renewals(desk.client) == {desk.service.label: ("OFF", None, "2026-03-08")}
    assert [account["id"] for account in await accounts(desk.client)] == [desk.account.id]
    assert (await consents(product), await product.mails(0), await money_taken(product)) == ([], [], [])


async def address_of(product: Product, payment_id: str, *, outcome: str = "return") -> tuple[str, dict[str, str]]:
    """Return where PayPal sends the browser after a visit, and with which parameters."""
    [attempt] = [each for each in await product.rows(tables.PaymentAttempt) if each.payment_id == payment_id]
    return f"{product.url}/paypal/{outcome}", {"attempt": attempt.return_key, "token": attempt.paypal_order_id}


async def visit(address: str, parameters: dict[str, str]) -> httpx2.Response:
    """Open an address without a session, as a browser does that comes from elsewhere."""
    async with httpx2.AsyncClient() as http:
        return await http.get(address, params=parameters)


@pytest.mark.watched
async def test_an_approval_that_never_comes_expires_and_leaves_the_order_payable(launch: Launch) -> None:
    async with launch(approval_minutes=5) as product:
        desk = await open_desk(product)
        payment_id, _ = await go_to_paypal(desk.client, desk.order)

        product.clock.advance(minutes=4, seconds=59)
        looked_at = len(product.simulator.calls("/v2"))
        await product.until(lambda: len(product.simulator.calls("/v2")) >= looked_at + 2)
        still_waiting = await desk.client.payment(payment_id)
        product.clock.advance(seconds=1)
        expired = await reached(product, desk.client, payment_id, "EXPIRED")

        assert still_waiting["nextAction"]["expiresAt"] == "2025-03-08T09:35:00Z"
        assert expired["outcome"] == {"__typename": "PaymentExpired", "at": "2025-03-08T09:35:00Z"}
        assert history(expired)[-2:] == [("AWAITING_APPROVAL", "PAYPAL_REPLY"), ("EXPIRED", "RECONCILER")]
        await nothing_came_of_it(product, desk)


@pytest.mark.watched
async def test_an_approval_given_in_time_is_captured_though_paypal_was_silent_when_its_time_was_over(
    launch: Launch,
) -> None:
    async with launch(approval_minutes=5) as product:
        desk = await open_desk(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        [attempt] = await product.rows(tables.PaymentAttempt)
        product.simulator.fail("down", pattern=f"/v2/checkout/orders/{attempt.paypal_order_id}", times=500)
        await approve_and_close_the_tab(approve_url)
        looks = (await product.row(attempt)).looks
        product.clock.advance(minutes=6)

        async def looked_in_vain() -> bool:
            return bool((await product.row(attempt)).looks >= looks + 3)

        await product.until(looked_in_vain)
        silent = (await desk.client.payment(payment_id))["status"]
        product.simulator.recover()

        await reached(product, desk.client, payment_id, "SUCCEEDED")
        assert silent == "AWAITING_APPROVAL"
        assert await money_taken(product) == [("COMPLETED", "36.60")]


@pytest.mark.watched
async def test_an_approval_after_the_payment_expired_takes_no_money(launch: Launch) -> None:
    async with launch(approval_minutes=5) as product:
        desk = await open_desk(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
        product.clock.advance(minutes=5)
        await reached(product, desk.client, payment_id, "EXPIRED")
        browser = Browser()

        await browser.sign_in_and_accept(approve_url, payer="pays")

        assert browser.url == f"{RETURN_URL}?paymentId={payment_id}"
        assert (await desk.client.payment(payment_id))["status"] == "EXPIRED"
        await nothing_came_of_it(product, desk)


async def test_annulla_e_torna_cancels_the_payment_and_leads_back_to_the_front_end(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    browser = Browser()

    await browser.open(approve_url)
    await browser.press("Accedi", email="pays@payer.example", password="secret")
    await browser.press("Annulla e torna")

    payment = await desk.client.payment(payment_id)
    assert browser.url == f"{RETURN_URL}?paymentId={payment_id}"
    assert payment["outcome"] == {"__typename": "PaymentCanceled", "at": "2025-03-08T09:30:00Z", "by": "CUSTOMER"}
    assert payment["history"][-1]["note"] == "Canceled on PayPal's page."
    await nothing_came_of_it(product, desk)


@pytest.mark.parametrize("outcome", ["return", "cancel"])
async def test_a_page_reloaded_after_the_end_changes_nothing(product: Product, outcome: str) -> None:
    desk = await open_desk(product)
    payment_id = await pay_with_new(desk.client, desk.order)
    await product.mails(2)

    async with unchanged(product):
        back = await visit(*await address_of(product, payment_id, outcome=outcome))

    assert (back.status_code, back.headers["location"]) == (303, f"{RETURN_URL}?paymentId={payment_id}")
    assert back.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("outcome", ["return", "cancel"])
@pytest.mark.parametrize(
    "forged",
    [
        {"token": "5O190127TN364715T"},
        {"token": ""},
        {"attempt": "guessed"},
        {"attempt": ""},
        {"attempt": "", "token": ""},
        {"attempt": "è", "token": "è"},
    ],
    ids=["token forged", "token missing", "key forged", "key missing", "both missing", "not ASCII"],
)
async def test_an_address_we_did_not_hand_out_gets_a_page_and_changes_nothing(
    launch: Launch, outcome: str, forged: dict[str, str]
) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id, _ = await go_to_paypal(desk.client, desk.order)
        address, parameters = await address_of(product, payment_id, outcome=outcome)

        async with unchanged(product):
            refused = await visit(address, {key: text for key, text in (parameters | forged).items() if text})

        assert (refused.status_code, refused.headers["content-type"]) == (404, "text/html; charset=utf-8")
        assert "Collegamento non valido" in refused.text


async def test_an_approval_serves_only_the_payment_it_was_given_for(launch: Launch) -> None:
    async with launch(**IMPATIENT) as product:
        mine, foreign = await open_desk(product), await open_desk(product)
        second, *lines = make_order(mine.customer)
        await product.save(second, *lines)
        paid_id = await pay_with_new(mine.client, mine.order)
        my_other_id, _ = await go_to_paypal(mine.client, second)
        foreign_id, _ = await go_to_paypal(foreign.client, foreign.order)
        await product.mails(2)
        _, approved = await address_of(product, paid_id)
        refused = []

        async with unchanged(product):
            for other in (my_other_id, foreign_id):
                address, parameters = await address_of(product, other)
                refused.append(await visit(address, parameters | {"token": approved["token"]}))
                refused.append(await visit(address, parameters | {"attempt": approved["attempt"]}))

        assert [answer.status_code for answer in refused] == [404] * 4
        assert await money_taken(product) == [("COMPLETED", "36.60")]


async def test_a_return_opened_by_hand_before_the_approval_changes_nothing_and_the_approval_still_pays(
    launch: Launch,
) -> None:
    async with launch(**IMPATIENT) as product:
        desk = await open_desk(product)
        payment_id, approve_url = await go_to_paypal(desk.client, desk.order)

        early = await visit(*await address_of(product, payment_id))
        before = await desk.client.payment(payment_id)
        await nobody_captured(product)
        await Browser().sign_in_and_accept(approve_url, payer="pays")

        assert (early.status_code, early.headers["location"]) == (303, f"{RETURN_URL}?paymentId={payment_id}")
        assert (before["status"], len(before["history"])) == ("AWAITING_APPROVAL", 4)
        await reached(product, desk.client, payment_id, "SUCCEEDED")
        assert await money_taken(product) == [("COMPLETED", "36.60")]


async def nobody_captured(product: Product) -> None:
    """No capture was even asked for."""
    assert await asyncio.to_thread(product.simulator.captures) == []


async def test_an_approval_after_the_payment_was_canceled_here_takes_no_money(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    canceled = await desk.client.run("cancel_payment", paymentId=payment_id)
    browser = Browser()

    await browser.sign_in_and_accept(approve_url, payer="pays")

    assert canceled["payment"]["status"] == "CANCELED"
    assert browser.url == f"{RETURN_URL}?paymentId={payment_id}"
    await nobody_captured(product)
    assert (await desk.client.payment(payment_id))["status"] == "CANCELED"
    await nothing_came_of_it(product, desk)


@pytest.mark.watched
async def test_a_payer_who_closes_the_tab_after_the_approval_has_paid_all_the_same(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    browser = Browser()

    await browser.open(approve_url)
    await browser.press("Accedi", email="pays@payer.example", password="secret")
    await browser.press("Accetta e continua", follow=False)

    paid = await reached(product, desk.client, payment_id, "SUCCEEDED")
    assert browser.url.startswith(f"{product.url}/paypal/return?")
    assert history(paid)[-2:] == [("PROCESSING", "RECONCILER"), ("SUCCEEDED", "RECONCILER")]
    assert (paid["order"]["status"], await money_taken(product)) == ("PAID", [("COMPLETED", "36.60")])
    assert len(await correspondence(product, 2)) == 2


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("/esito?lang=it&vuoto=#fine", "/esito?lang=it&vuoto=&paymentId={id}#fine"),
        ("/esito?paymentId=pay_altrui&x=a%20b", "/esito?x=a+b&paymentId={id}"),
        ("", "?paymentId={id}"),
    ],
)
async def test_the_front_ends_own_query_and_fragment_survive_the_return(
    product: Product, given: str, kept: str
) -> None:
    desk = await open_desk(product)
    started = await desk.client.run(
        "start_payment", input={"order": {"id": desk.order.id}, "returnUrl": f"{FRONT_END}{given}"}
    )
    payment_id = started["payment"]["id"]
    await desk.client.run("select_new_account", paymentId=payment_id)
    confirmed = await confirm(desk.client, payment_id, desk.order)
    browser = Browser()

    await browser.sign_in_and_accept(confirmed["payment"]["nextAction"]["redirectUrl"], payer="pays")

    assert browser.url == FRONT_END + kept.format(id=payment_id)
