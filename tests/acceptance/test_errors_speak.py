"""Refusals speak the reader's language; a defect of ours is told to nobody but the log."""

from collections.abc import Mapping
from typing import Any

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from models.enums import OrderStatus, PaymentStatus, PayPalAccountStatus, UserErrorCode
from models.enums import Product as Sold
from tests.factories import make_account, make_customer, make_order, make_service
from tests.harness.journeys import RETURN_URL, confirm, euros, start
from tests.harness.logs import Log
from tests.harness.product import Client, Product, document, told
from tests.harness.refusals import Desk, open_desk, payment_in, unchanged

SPOKEN: Mapping[str, Mapping[str, str]] = {
    "it": {
        "NOT_FOUND": "Non hai nessun ordine con questo numero: controlla di averlo scritto bene.",
        "INVALID_INPUT": "Il nome scelto per il conto supera i 60 caratteri.",
        "INVALID_CREDENTIALS": "Nome utente o password errati.",
        "ORDER_NOT_PAYABLE": "Questo ordine non può essere pagato.",
        "ORDER_NOT_CANCELABLE": "Questo ordine non può essere annullato.",
        "PAYMENT_STATE": "Il pagamento è in una fase che non consente questa operazione.",
        "AUTO_RENEWAL_NOT_ALLOWED": "Il rinnovo automatico di questo servizio non può essere modificato.",
        "ACCOUNT_NOT_USABLE": "Questo conto PayPal non può essere utilizzato: scegline un altro.",
        "ACCOUNT_IN_USE": "Alcuni servizi si rinnovano su questo conto PayPal: scegli un altro conto per loro, o "
        "disattiva il rinnovo.",
        "AMOUNT_CHANGED": "L'importo è cambiato: verifica e conferma di nuovo. Nulla è stato addebitato.",
        "IDEMPOTENCY_CONFLICT": "Questa chiave è già stata usata per una richiesta diversa.",
        "PROVIDER_UNAVAILABLE": "PayPal non è raggiungibile: riprova tra poco. Nulla è stato addebitato.",
    },
    "en": {
        "NOT_FOUND": "You have no order with this number: check that you typed it right.",
        "INVALID_INPUT": "The name chosen for the account exceeds 60 characters.",
        "INVALID_CREDENTIALS": "The username or the password is wrong.",
        "ORDER_NOT_PAYABLE": "This order cannot be paid.",
        "ORDER_NOT_CANCELABLE": "This order cannot be canceled.",
        "PAYMENT_STATE": "The payment is at a step that does not allow this.",
        "AUTO_RENEWAL_NOT_ALLOWED": "Automatic renewal of this service cannot be changed.",
        "ACCOUNT_NOT_USABLE": "This PayPal account cannot be used: choose another one.",
        "ACCOUNT_IN_USE": "Services renew on this PayPal account: choose another account for them, or switch "
        "their renewal off.",
        "AMOUNT_CHANGED": "The sum has changed: check it and confirm again. Nothing was charged.",
        "IDEMPOTENCY_CONFLICT": "This key was already used for a different request.",
        "PROVIDER_UNAVAILABLE": "PayPal cannot be reached: try again shortly. Nothing was charged.",
    },
}
MASKED = "Qualcosa non ha funzionato da parte nostra. Riprova; se succede ancora, indicaci il codice della richiesta."
MASKED_ENGLISH = "Something went wrong on our side. Try again; if it happens again, tell us the id of the request."
SECRETS = ("Traceback", "File ", ".py", "sqlalchemy", "sqlite", "SELECT", "LookupError", "NONSENSE", "/work", "enum")


async def provoke_all(product: Product, desk: Desk, client: Client) -> list[dict[str, Any]]:
    """Meet a refusal of every kind."""
    paid, *lines = make_order(desk.customer, status=OrderStatus.PAID)
    revoked = make_account(desk.customer, status=PayPalAccountStatus.REVOKED)
    firma = make_service(desk.customer, product=Sold.FIRMA_DIGITALE)
    in_use = make_account(desk.customer)
    renewing = make_service(desk.customer, renews_on=in_use)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION)
    await product.save(paid, *lines, revoked, firma, in_use, renewing)
    await start(client, desk.order, idempotencyKey="key")
    ended = {"paymentId": payment.id}
    answers = [
        await client.run("start_payment", input={"order": {"number": "SAL9999999"}, "returnUrl": RETURN_URL}),
        await client.run("select_new_account", paymentId=payment.id, nickname="a" * 61),
        await client.run("sign_in", username="nobody", password="nothing"),
        await start(client, paid),
        await client.run("cancel_order", orderId=paid.id),
        await client.run("set_auto_renewal", serviceId=firma.id, enabled=True, accountId=desk.account.id),
        await client.run("select_registered_account", paymentId=payment.id, accountId=revoked.id),
        await client.run("remove_paypal_account", accountId=in_use.id),
        await client.run("confirm_payment", input={"paymentId": payment.id, "expectedAmount": euros(1)}),
        await start(client, paid, idempotencyKey="key"),
    ]
    product.simulator.fail("html_503", pattern="/v2/checkout/orders", times=50)
    answers.append(await confirm(client, payment.id, desk.order))
    product.simulator.recover()
    await client.run("cancel_payment", **ended)
    return [*answers, await client.run("select_new_account", **ended)]


@pytest.mark.parametrize(
    ("locale", "accepts", "spoken"),
    [
        pytest.param("it", None, "it", id="an Italian customer, nothing asked"),
        pytest.param("en", None, "en", id="an English customer, nothing asked"),
        pytest.param("it", "en-GB,en;q=0.9,it;q=0.8", "en", id="English asked for"),
        pytest.param("en", "it-IT", "it", id="Italian asked for"),
        pytest.param("en", "de-DE,fr;q=0.5", "en", id="neither asked for"),
        pytest.param("it", "en;q=0, *;q=0.1", "it", id="English refused"),
    ],
)
async def test_every_refusal_speaks_the_readers_language(
    product: Product, locale: str, accepts: str | None, spoken: str
) -> None:
    customer = make_customer(locale=locale)
    await product.save(customer)
    desk = await open_desk(product, customer=customer)
    client = await product.signed_in(desk.customer, **({"accept-language": accepts} if accepts else {}))

    answers = await provoke_all(product, desk, client)

    assert {answer["code"]: answer["message"] for answer in answers} == SPOKEN[spoken]
    assert SPOKEN[spoken].keys() == set(UserErrorCode)


async def test_the_reasons_and_the_labels_speak_the_readers_language_too(product: Product) -> None:
    desk = await open_desk(product, order={"status": OrderStatus.CANCELED})
    english = await product.signed_in(desk.customer, **{"accept-language": "en"})

    shown = [(await client.run("order", number=desk.order.number))["order"] for client in (desk.client, english)]

    assert [(order["statusLabel"], [block["message"] for block in order["paymentBlocks"]]) for order in shown] == [
        ("Annullato", ["L'ordine è stato annullato."]),
        ("Canceled", ["The order was canceled."]),
    ]


async def corrupt(product: Product, statement: str, **values: str) -> None:
    """Write into the database what the product never would."""
    async with product.database.write() as session:
        await session.execute(text(statement), values)


async def test_a_defect_is_masked_and_logged(product: Product) -> None:
    desk = await open_desk(product)
    await corrupt(product, "UPDATE orders SET status = 'NONSENSE' WHERE id = :id", id=desk.order.id)

    with capture_logs() as logs:
        async with unchanged(product):
            asked = await desk.client.post(document("order"), number=desk.order.number)
            acted = await desk.client.post(
                document("start_payment"), input={"order": {"number": desk.order.number}, "returnUrl": RETURN_URL}
            )

    failed = [entry for entry in logs if entry["event"] == "graphql.field_failed"]
    for response, path, data in [
        (asked, ["viewer", "order"], {"viewer": {"id": desk.customer.id, "order": None}}),
        (acted, ["startPayment"], {"startPayment": None}),
    ]:
        [error] = told(response)["errors"]
        assert (response.status_code, response.json()["data"]) == (200, data)
        assert (error["message"], error["path"], error["extensions"]) == (
            MASKED,
            path,
            {"code": "INTERNAL_SERVER_ERROR"},
        )
        assert not [secret for secret in SECRETS if secret.lower() in response.text.lower()]
    assert [(entry["path"], entry["log_level"]) for entry in failed] == [
        (["viewer", "order"], "error"),
        (["startPayment"], "error"),
    ]
    assert all("NONSENSE" in str(entry["exc_info"]) for entry in failed)


@pytest.mark.parametrize(
    ("accepts", "spoken"), [({}, MASKED), ({"accept-language": "en"}, MASKED_ENGLISH)], ids=["nothing", "English"]
)
async def test_a_defect_before_the_operation_is_masked_and_logged_as_well(
    product: Product, accepts: dict[str, str], spoken: str
) -> None:
    desk = await open_desk(product)
    client = await product.signed_in(desk.customer, **accepts)
    await corrupt(product, "UPDATE customers SET kind = 'NONSENSE' WHERE id = :id", id=desk.customer.id)

    with capture_logs() as logs:
        async with unchanged(product):
            response = await client.post(document("services"))

    assert (response.status_code, response.headers["content-type"]) == (500, "application/json; charset=utf-8")
    request_id = response.headers["x-request-id"]
    assert response.json() == {
        "errors": [{"message": spoken, "extensions": {"code": "INTERNAL_SERVER_ERROR", "requestId": request_id}}]
    }
    assert not [secret for secret in SECRETS if secret.lower() in response.text.lower()]
    [failed] = [entry for entry in logs if entry["event"] == "graphql.request_failed"]
    assert (failed["log_level"], "NONSENSE" in str(failed["exc_info"])) == ("error", True)


async def test_what_a_client_wrote_wrong_is_told_to_it_and_not_to_the_log(product: Product, log: Log) -> None:
    stranger, before = product.anonymous(), len(log.text)

    mistyped = await stranger.post(document("sign_in"), username="mario", password=987654321)
    broken = await stranger.post("mutation SignIn { signIn(username: ")
    unknown = await stranger.post("mutation SignIn { signOff { ok } }")

    assert [bool(told(each)["errors"]) for each in (mistyped, broken, unknown)] == [True] * 3
    logged = log.text[before:]
    assert [word for word in ("987654321", "SignIn", "mario") if word in logged] == []
