"""The Python client `gql` pays an order, after checking every document against the contract it has asked for."""

from gql import Client, gql
from gql.transport.aiohttp import AIOHTTPTransport

from app.graphql.context import COOKIE
from app.graphql.endpoint import CLIENT_HEADER
from tests.harness.product import Product, document
from tests.harness.refusals import open_desk

RETURN_URL = "https://front.example/orders"


async def test_the_whole_conversation_with_a_registered_account(product: Product) -> None:
    desk = await open_desk(product)
    transport = AIOHTTPTransport(
        url=f"{product.url}/graphql",
        headers={CLIENT_HEADER: "gql"},
        cookies={COOKIE: desk.client.http.cookies[COOKIE]},
    )

    async with Client(transport=transport, fetch_schema_from_transport=True) as client:

        async def run(name: str, **variables: object) -> dict[str, object]:
            request = gql(document(name))
            request.variable_values = variables
            [answer] = (await client.execute(request)).values()
            found: dict[str, object] = answer
            return found

        started = await run("start_payment", input={"order": {"number": desk.order.number}, "returnUrl": RETURN_URL})
        payment = started["payment"]
        assert isinstance(payment, dict)
        await run("select_registered_account", paymentId=payment["id"], accountId=desk.account.id)
        await run("set_auto_renewal", paymentId=payment["id"], serviceId=desk.service.id, enabled=True)
        amount = {"amount": payment["amount"]["amount"], "currency": "EUR"}
        confirmed = await run("confirm_payment", input={"paymentId": payment["id"], "expectedAmount": amount})
        ended = await run("payment", id=payment["id"])

    assert confirmed["__typename"] == "ConfirmPaymentPayload"
    assert ended["status"] == "SUCCEEDED"
    assert await product.mails(2) == [
        f"Attivazione rinnovo automatico per il servizio {desk.service.label}",
        "Conferma pagamento",
    ]
