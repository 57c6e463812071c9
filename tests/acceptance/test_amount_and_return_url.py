"""The customer pays what was shown or nothing, and the browser returns to an allowed front end or nowhere."""

from typing import Any

import pytest

from models import tables
from models.enums import PaymentStatus
from tests.harness.journeys import begin, confirm, pay_with_registered
from tests.harness.pages import FRONT_END, Browser
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk, payment_in, unchanged

BAD_DECIMAL = 'A Decimal is written as a string of digits, such as "36.60", never as a number.'
BAD_CURRENCY = 'A CurrencyCode is three capital letters, such as "EUR".'
BAD_AMOUNT = 'An amount has at most two decimals and no sign, such as "36.60".'
BAD_URL = 'A URL is an absolute web address, such as "https://example.com/orders".'


def euro(amount: object, currency: object = "EUR") -> dict[str, object]:
    return {"amount": amount, "currency": currency}


async def ready(product: Product) -> tuple[Desk, tables.Payment]:
    """Prepare a payment of 36.60 euros for which only "Procedi" is missing."""
    desk = await open_desk(product)
    return desk, await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION)


async def agreed(desk: Desk, payment: tables.Payment, amount: object) -> dict[str, Any]:
    """ "Procedi" with any sum; return the whole answer."""
    return await desk.client.send("confirm_payment", input={"paymentId": payment.id, "expectedAmount": amount})


async def test_a_sum_that_is_not_the_price_is_refused_with_both(product: Product) -> None:
    desk, payment = await ready(product)
    sums = [euro("36.59"), euro("36.61"), euro("36.60", "USD"), euro("0.00"), euro("3660.00"), euro("99999999999.99")]

    async with unchanged(product):
        answers = [await agreed(desk, payment, amount) for amount in sums]

    assert [answer["data"]["confirmPayment"] for answer in answers] == [
        {
            "__typename": "AmountChangedError",
            "expected": amount,
            "actual": euro("36.60"),
            "code": "AMOUNT_CHANGED",
            "message": "L'importo è cambiato: verifica e conferma di nuovo. Nulla è stato addebitato.",
            "retryable": False,
        }
        for amount in sums
    ]


@pytest.mark.parametrize("amount", ["36.6", "36.60"])
async def test_the_same_sum_written_shorter_is_the_same_sum(product: Product, amount: str) -> None:
    desk, payment = await ready(product)

    answer = await agreed(desk, payment, euro(amount))

    assert answer["data"]["confirmPayment"]["payment"]["status"] == "SUCCEEDED"
    [capture] = product.simulator.captures()
    assert capture["status"] == 201
    assert (await product.row(payment)).amount_cents == 3660


async def test_a_malformed_sum_is_refused_in_words_that_help(product: Product) -> None:
    desk, payment = await ready(product)
    malformed: dict[str, list[dict[str, object]]] = {
        BAD_DECIMAL: [
            euro(amount) for amount in ("36,60", "1e2", "+36.60", " 36.60", "36.60 EUR", "", "NaN", "Infinity", "٣٦")
        ]
        + [euro(amount) for amount in (36.6, 36, True, [36.6], {"cents": 3660}, "9" * 400)],
        BAD_AMOUNT: [euro("-1"), euro("-36.60"), euro("36.605"), euro("36.600")],
        BAD_CURRENCY: [euro("36.60", currency) for currency in ("eur", "EURO", "", "€", 978)],
    }

    async with unchanged(product):
        for words, amounts in malformed.items():
            for amount in amounts:
                answer = await agreed(desk, payment, amount)
                [error] = answer["errors"]
                assert (error["extensions"], answer.get("data")) == (
                    {"code": "BAD_USER_INPUT"},
                    {"confirmPayment": None} if words == BAD_AMOUNT else None,
                ), amount
                assert error["message"].endswith(words), amount


async def test_a_price_that_changed_after_the_payment_began_is_asked_again(product: Product) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)
    await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)
    await product.change(desk.order, net_cents=3300, vat_cents=726, gross_cents=4026)

    async with unchanged(product):
        refused = await confirm(desk.client, payment_id, desk.order)
        shown = await desk.client.payment(payment_id)

    assert (refused["__typename"], refused["expected"], refused["actual"]) == (
        "AmountChangedError",
        euro("36.60"),
        euro("40.26"),
    )
    assert (shown["amount"], shown["nextAction"]["amount"]) == (euro("40.26"), euro("40.26"))
    agreed_again = await desk.client.run(
        "confirm_payment", input={"paymentId": payment_id, "expectedAmount": shown["nextAction"]["amount"]}
    )
    assert agreed_again["payment"]["status"] == "SUCCEEDED"
    assert (await product.rows(tables.Payment))[0].amount_cents == 4026


async def test_a_sum_repeated_wrongly_after_the_charge_is_refused_and_charges_nothing_more(product: Product) -> None:
    desk = await open_desk(product)
    paid = await pay_with_registered(desk.client, desk.order, desk.account)
    await product.mails(2)

    async with unchanged(product):
        answer = await desk.client.run(
            "confirm_payment", input={"paymentId": paid["payment"]["id"], "expectedAmount": euro("36.59")}
        )

    assert (answer["__typename"], answer["actual"]) == ("AmountChangedError", euro("36.60"))


REFUSED_URLS = [
    "https://evil.example/",
    "https://front.example.evil.example/",
    "https://evil-front.example/",
    "https://sub.front.example/",
    "https://front.example./",
    "https://front.example:8443/",
    "https://front.example:443/",
    "http://front.example/",
    "https://front.example%2eevil.example/",
    "https://evil.example/https://front.example/",
    "https://evil.example?https://front.example/",
    "https://evil.example#https://front.example/",
    "https://evil.example\\.front.example/",
    "https://front.example\\.evil.example/",
    f"{FRONT_END}/\\evil.example",
    f"{FRONT_END}/{'a' * 2000}",
]
MALFORMED_URLS = [
    "https://front.example@evil.example/",
    "https://front.example:secret@evil.example/",
    "https://evil.example\\@front.example/",
    "https://front.example\\@evil.example/",
    "https://@front.example/",
    f"{FRONT_END}/\n",
    f"{FRONT_END}\r\nSet-Cookie: a=b",
    f"{FRONT_END}/\tx",
    f" {FRONT_END}/",
    f"{FRONT_END}/a b",
    f"{FRONT_END}/pagaménto",
    "https://frönt.example/",
    "javascript:alert(1)",
    "javascript://front.example/%0aalert(1)",
    "data:text/html,hi",
    "file:///etc/passwd",
    "/pagamenti",
    "//front.example/pagamenti",
    "front.example/pagamenti",
    "https:/front.example/",
    "https:///front.example/",
    "https://[front.example/",
    "https://",
    "",
    f"{FRONT_END}/{'a' * 2048}",
    42,
]
ALLOWED_URLS = [
    FRONT_END,
    f"{FRONT_END}/area/pagamenti?lang=it&empty=#stato",
    f"{FRONT_END}/?next=https://evil.example/@x",
    f"{FRONT_END}/#@evil.example",
    f"{FRONT_END}/{'a' * 1900}",
    "HTTPS://FRONT.example/area",
]


async def start_towards(desk: Desk, return_url: object) -> dict[str, Any]:
    """ "Paga subito" with any return address; return the whole answer."""
    return await desk.client.send(
        "start_payment", input={"order": {"number": desk.order.number}, "returnUrl": return_url}
    )


@pytest.mark.parametrize("opened_before", [False, True], ids=["first", "resuming"])
async def test_a_return_address_outside_the_allowed_origins_is_refused(product: Product, opened_before: bool) -> None:
    desk = await open_desk(product)
    if opened_before:
        await begin(desk.client, desk.order)

    async with unchanged(product):
        answers = {url: await start_towards(desk, url) for url in REFUSED_URLS}

    refused = {
        "__typename": "InvalidInputError",
        "path": ["input", "returnUrl"],
        "code": "INVALID_INPUT",
        "message": "L'indirizzo di ritorno non è tra quelli ammessi.",
        "retryable": False,
    }
    assert answers == {url: {"data": {"startPayment": refused}} for url in REFUSED_URLS}


async def test_what_is_no_return_address_at_all_is_refused_in_words_that_help(product: Product) -> None:
    desk = await open_desk(product)

    async with unchanged(product):
        answers = [(url, await start_towards(desk, url)) for url in MALFORMED_URLS]

    for url, answer in answers:
        [error] = answer["errors"]
        assert (error["extensions"], answer.get("data")) == ({"code": "BAD_USER_INPUT"}, None), url
        assert error["message"].endswith(BAD_URL), url


async def test_any_path_query_and_fragment_of_an_allowed_origin_is_accepted(product: Product) -> None:
    desk, accepted = await open_desk(product), []

    for url in ALLOWED_URLS:
        answer = await start_towards(desk, url)
        assert answer["data"]["startPayment"]["__typename"] == "StartPaymentPayload", url
        accepted += [row.return_url for row in await product.rows(tables.Payment)]

    assert accepted == ALLOWED_URLS


async def test_the_browser_returns_to_the_very_address_with_the_payment_in_its_query(product: Product) -> None:
    desk, browser = await open_desk(product), Browser()
    started = await start_towards(desk, f"{FRONT_END}/area/pagamenti?lang=it&empty=#stato")
    payment_id = started["data"]["startPayment"]["payment"]["id"]
    await desk.client.run("select_new_account", paymentId=payment_id)
    confirmed = await confirm(desk.client, payment_id, desk.order)

    await browser.sign_in_and_accept(confirmed["payment"]["nextAction"]["redirectUrl"], payer="pays")

    assert browser.url == f"{FRONT_END}/area/pagamenti?lang=it&empty=&paymentId={payment_id}#stato"
