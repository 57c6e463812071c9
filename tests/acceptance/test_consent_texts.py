"""What is kept of a choice is the sentence that was shown beside it, word for word."""

from typing import Any

import pytest

from models import tables
from models.enums import Product as Sold
from tests.factories import make_account, make_customer, make_order, make_service
from tests.harness.journeys import begin, confirm, euros, pay_with_new
from tests.harness.product import Client, Product
from tests.harness.registering import newcomer

OUTSIDE = """query Outside($id: ID!, $limit: MoneyInput) {
  viewer { service(id: $id) { autoRenewal { consentText(maximumPrice: $limit) { text version } } } }
}"""
BESIDE = """query Beside($id: ID!) {
  node(id: $id) { ... on Payment { renewalChoices { consentText { text version } } } }
}"""
REGISTRATION = """query Registration($paying: Boolean!) {
  viewer { registrationConsentText(withPayment: $paying) { text version } }
}"""


async def ask(client: Client, query: str, **variables: Any) -> Any:
    answer = (await client.post(query, **variables)).json()
    assert "errors" not in answer, answer
    return answer["data"]


async def recorded(product: Product, kind: str) -> list[dict[str, str]]:
    """Return the sentences of the consents of a kind, as they were kept, in the order of the alphabet."""
    rows = sorted(await product.rows(tables.Consent), key=lambda row: row.text)
    return [{"text": row.text, "version": row.text_version} for row in rows if row.kind == kind]


@pytest.mark.parametrize(("locale", "word"), [("it", "Rinnovo automatico"), ("en", "Automatic renewal")])
async def test_beside_a_payment_and_in_the_language_of_the_mails(product: Product, locale: str, word: str) -> None:
    customer = make_customer(locale=locale)
    service, account = make_service(customer), make_account(customer)
    order, *lines = make_order(customer, renews=service)
    await product.save(customer, service, order, *lines)
    await product.register(account)
    client = await product.signed_in(customer, **{"accept-language": "it" if locale == "en" else "en"})
    payment_id = await begin(client, order)
    limit = {"serviceId": service.id, "enabled": True, "paymentId": payment_id, "maximumPrice": euros(40_00)}
    await client.run("set_auto_renewal", **limit)

    [shown] = (await ask(client, BESIDE, id=payment_id))["node"]["renewalChoices"]
    await client.run("select_registered_account", paymentId=payment_id, accountId=account.id)
    await confirm(client, payment_id, order)

    assert shown["consentText"]["text"].startswith(f"{word} ")
    assert "40" in shown["consentText"]["text"]
    assert await recorded(product, "AUTO_RENEWAL") == [shown["consentText"]]


@pytest.mark.parametrize("limit", [None, euros(40_00)])
async def test_in_the_customer_area_with_a_limit_and_without(product: Product, limit: dict[str, str] | None) -> None:
    mario = await newcomer(product)
    account = await product.register(make_account(mario.customer))

    shown = (await ask(mario.client, OUTSIDE, id=mario.service.id, limit=limit))["viewer"]["service"]["autoRenewal"]
    choice = {"serviceId": mario.service.id, "enabled": True, "accountId": account.id, "maximumPrice": limit}
    await mario.client.run("set_auto_renewal", **choice)

    assert await recorded(product, "AUTO_RENEWAL") == [shown["consentText"]]


async def test_before_an_account_is_registered_by_paying_and_without_a_purchase(product: Product) -> None:
    mario = await newcomer(product)
    order, *lines = make_order(mario.customer)
    await product.save(order, *lines)

    shown = [
        (await ask(mario.client, REGISTRATION, paying=paying))["viewer"]["registrationConsentText"]
        for paying in (True, False)
    ]
    await pay_with_new(mario.client, order)
    await product.until(product.nothing_owed)
    await mario.register()

    assert shown[0] != shown[1]
    assert await recorded(product, "ACCOUNT_REGISTRATION") == sorted(shown, key=lambda each: each["text"])


async def test_what_never_renews_itself_has_nothing_to_agree_to(product: Product) -> None:
    customer = make_customer()
    signature = make_service(customer, product=Sold.FIRMA_DIGITALE)
    await product.save(customer, signature)
    client = await product.signed_in(customer)

    answer = await ask(client, OUTSIDE, id=signature.id)

    assert answer["viewer"]["service"]["autoRenewal"]["consentText"] is None
