"""What a customer does, step by step, through the documents of `queries/` and on PayPal's pages."""

from collections.abc import Collection
from typing import Any

from models import tables
from tests.harness.pages import FRONT_END, Browser
from tests.harness.product import Client

RETURN_URL = f"{FRONT_END}/pagamenti"


def euros(cents: int) -> dict[str, str]:
    """Return a sum as the API writes it: ``{"amount": "36.60", "currency": "EUR"}``."""
    return {"amount": f"{cents // 100}.{cents % 100:02d}", "currency": "EUR"}


async def start(client: Client, order: tables.Order, **more: Any) -> Any:
    """ "Paga subito": type the number of the order and return the answer."""
    return await client.run("start_payment", input={"order": {"number": order.number}, "returnUrl": RETURN_URL, **more})


async def begin(client: Client, order: tables.Order, *, without_renewal_of: Collection[tables.Service] = ()) -> str:
    """Open a payment, remove the flag "Rinnovo automatico" of those services, and return the payment's id."""
    started = await start(client, order)
    payment_id: str = started["payment"]["id"]
    for service in without_renewal_of:
        await client.run("set_auto_renewal", serviceId=service.id, enabled=False, paymentId=payment_id)
    return payment_id


async def confirm(client: Client, payment_id: str, order: tables.Order, **more: Any) -> Any:
    """ "Procedi": agree to the sum of the order and return the answer."""
    agreed = {"paymentId": payment_id, "expectedAmount": euros(order.gross_cents), **more}
    return await client.run("confirm_payment", input=agreed)


async def pay_with_registered(
    client: Client,
    order: tables.Order,
    account: tables.PayPalAccount,
    *,
    without_renewal_of: Collection[tables.Service] = (),
) -> Any:
    """Pay with a registered account and return the answer to "Procedi"."""
    payment_id = await begin(client, order, without_renewal_of=without_renewal_of)
    await client.run("select_registered_account", paymentId=payment_id, accountId=account.id)
    return await confirm(client, payment_id, order)


async def go_to_paypal(
    client: Client,
    order: tables.Order,
    *,
    without_renewal_of: Collection[tables.Service] = (),
    **account: Any,
) -> tuple[str, str]:
    """Choose "Nuovo account PayPal" and press "Procedi"; return the payment's id and the address on PayPal."""
    payment_id = await begin(client, order, without_renewal_of=without_renewal_of)
    await client.run("select_new_account", paymentId=payment_id, **account)
    confirmed = await confirm(client, payment_id, order)
    return payment_id, confirmed["payment"]["nextAction"]["redirectUrl"]


async def pay_with_new(
    client: Client,
    order: tables.Order,
    *,
    payer: str = "pays",
    creates: str | None = None,
    without_renewal_of: Collection[tables.Service] = (),
    **account: Any,
) -> str:
    """Pay with "Nuovo account PayPal", approve it on PayPal's pages, and return the payment's id.

    The payer signs in as ``payer``, or presses "Crea un conto" and creates one with the address ``creates``.
    """
    payment_id, approve_url = await go_to_paypal(client, order, without_renewal_of=without_renewal_of, **account)
    browser = Browser()
    if creates:
        await browser.create_account_and_accept(approve_url, email=creates)
    else:
        await browser.sign_in_and_accept(approve_url, payer=payer)
    assert browser.url == f"{RETURN_URL}?paymentId={payment_id}"
    return payment_id
