"""PayPal's own client against the simulator: what it cannot read, the simulator has wrong."""

from pathlib import Path
from typing import Any

import httpx2
from paypalserversdk.configuration import Configuration, Server
from paypalserversdk.http.auth.o_auth_2 import ClientCredentialsAuthCredentials
from paypalserversdk.paypal_serversdk_client import PaypalServersdkClient

from tests.harness.simulator import running_simulator
from tests.integration.simulator.driving import Json, Payer, order_body, stored, wallet


class _Elsewhere(Configuration):  # type: ignore[misc]
    """The official configuration, pointed at another address."""

    def __init__(self, address: str) -> None:
        credentials = ClientCredentialsAuthCredentials("saldo-demo", "saldo-demo-secret")
        super().__init__(client_credentials_auth_credentials=credentials)
        self._address = address

    def get_base_uri(self, server: Server = Server.DEFAULT) -> str:
        return self._address


def _request(key: str, body: Json | None = None, **more: str) -> Json:
    return {"body": body or {}, "paypal_request_id": key, "prefer": "return=representation", **more}


async def _approve(address: str, links: list[Any], rel: str) -> None:
    async with httpx2.AsyncClient(base_url=address) as http:
        browser = Payer(http)
        await browser.open(next(link.href for link in links if link.rel == rel))
        await browser.press("Paola Paga")
        await browser.press("Accetta e continua")
        assert browser.page.headers["location"].startswith("https://shop.example/return")


async def test_first_payment_stores_the_account_and_is_refunded(tmp_path: Path) -> None:
    with running_simulator(tmp_path / "simulator.db") as simulator:
        paypal = PaypalServersdkClient(config=_Elsewhere(simulator.url))
        order = paypal.orders.create_order(_request("a-create", order_body(source=wallet(vault=True)))).body
        await _approve(simulator.url, order.links, "payer-action")
        paid = paypal.orders.capture_order(_request("a-capture", id=order.id)).body
        [capture] = paid.purchase_units[0].payments.captures
        refund = paypal.payments.refund_captured_payment(_request("a-refund", capture_id=capture.id)).body
        refunded = paypal.payments.get_captured_payment({"capture_id": capture.id}).body

    assert (order.status, paid.status, capture.status) == ("PAYER_ACTION_REQUIRED", "COMPLETED", "COMPLETED")
    assert paid.payment_source.paypal.attributes.vault.status == "VAULTED"
    assert (refund.status, refund.amount.value) == ("COMPLETED", "12.30")
    assert refunded.status == "REFUNDED"


async def test_account_stored_without_purchase_is_charged_and_deleted(tmp_path: Path) -> None:
    setup_wallet = {"usage_type": "MERCHANT", **wallet()["paypal"]}
    setup_body = {
        "customer": {"merchant_customer_id": "customer-7"},
        "payment_source": {"paypal": setup_wallet},
    }
    with running_simulator(tmp_path / "simulator.db") as simulator:
        paypal = PaypalServersdkClient(config=_Elsewhere(simulator.url))
        setup = paypal.vault.create_setup_token(_request("s-create", setup_body)).body
        await _approve(simulator.url, setup.links, "approve")
        reference = {"payment_source": {"token": {"id": setup.id, "type": "SETUP_TOKEN"}}}
        token = paypal.vault.create_payment_token(_request("s-token", reference)).body
        order = paypal.orders.create_order(_request("r-create", order_body())).body
        paid = paypal.orders.capture_order(
            _request("r-capture", {"payment_source": stored(token.id)}, id=order.id)
        ).body
        read = paypal.orders.get_order({"id": order.id}).body
        listed = paypal.vault.list_customer_payment_tokens({"customer_id": token.customer.id}).body
        deleted = paypal.vault.delete_payment_token(token.id)
        left = paypal.vault.list_customer_payment_tokens({"customer_id": token.customer.id}).body

    assert (setup.status, order.status, paid.status) == ("PAYER_ACTION_REQUIRED", "CREATED", "COMPLETED")
    assert token.payment_source.paypal.email_address == "pays@payer.example"
    assert read.purchase_units[0].payments.captures[0].amount.value == "12.30"
    assert [entry.id for entry in listed.payment_tokens] == [token.id]
    assert deleted.status_code == 204
    assert left.payment_tokens == []
