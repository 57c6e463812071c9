"""A first look."""

from tests.factories import make_account, make_customer, make_order, make_service
from tests.harness.pages import FRONT_END, Browser
from tests.harness.product import Product


async def test_registered(product: Product) -> None:
    customer = make_customer()
    account = make_account(customer)
    service = make_service(customer)
    order, *lines = make_order(customer, renews=service)
    await product.save(customer, service)
    await product.register(account)
    await product.save(order, *lines)
    client = await product.signed_in(customer)

    started = await client.run("start_payment", input={"order": {"number": order.number}, "returnUrl": FRONT_END + "/x"})
    print(started)
    pid = started["payment"]["id"]
    print(await client.run("select_registered_account", paymentId=pid, accountId=account.id))
    out = await client.run("confirm_payment", input={"paymentId": pid, "expectedAmount": {"amount": "36.60", "currency": "EUR"}})
    print(out)
    print(await client.payment(pid))
    print(await product.mails(2))
    print(product.mailbox.text("Conferma"))


async def test_new(product: Product) -> None:
    customer = make_customer()
    service = make_service(customer)
    order, *lines = make_order(customer, renews=service)
    await product.save(customer, service, order, *lines)
    client = await product.signed_in(customer)

    started = await client.run("start_payment", input={"order": {"number": order.number}, "returnUrl": FRONT_END + "/x"})
    pid = started["payment"]["id"]
    print(await client.run("select_new_account", paymentId=pid))
    out = await client.run("confirm_payment", input={"paymentId": pid, "expectedAmount": {"amount": "36.60", "currency": "EUR"}})
    print(out)
    b = Browser()
    await b.sign_in_and_accept(out["payment"]["nextAction"]["redirectUrl"], payer="pays")
    print(b.url)
    print(await client.payment(pid))
    print(await product.mails(2))
