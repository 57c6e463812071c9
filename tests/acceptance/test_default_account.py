"""The customer says which registered PayPal account is suggested first."""

import asyncio

import pytest

from models import tables
from models.enums import PayPalAccountStatus
from tests.acceptance.test_refused_choices import not_found
from tests.factories import make_account, make_customer
from tests.harness.evidence import renewals
from tests.harness.journeys import start
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk, unchanged


async def desk_with_two(product: Product) -> tuple[Desk, tables.PayPalAccount]:
    """Open a desk whose account is the default, and store another one."""
    desk = await open_desk(product)
    await product.change(desk.account, is_default=True)
    return desk, await product.register(make_account(desk.customer))


async def defaults(product: Product) -> list[str]:
    return [each.id for each in await product.rows(tables.PayPalAccount) if each.is_default]


async def test_the_account_is_suggested_first_and_asking_twice_is_harmless(product: Product) -> None:
    desk, other = await desk_with_two(product)

    answers = [await desk.client.run("make_default_paypal_account", accountId=other.id) for _ in range(2)]
    started = await start(desk.client, desk.order)

    listed = [
        {"id": other.id, "maskedEmail": "m•••@example.com", "isDefault": True},
        {"id": desk.account.id, "maskedEmail": "m•••@example.com", "isDefault": False},
    ]
    answer = {
        "__typename": "MakeDefaultPayPalAccountPayload",
        "account": {"id": other.id, "isDefault": True},
        "customer": {"id": desk.customer.id, "payPalAccounts": listed},
    }
    assert answers == [answer, answer]
    assert started["payment"]["nextAction"]["suggested"] == {"id": other.id}
    assert await defaults(product) == [other.id]
    assert product.simulator.calls() == []
    assert await product.mails(0) == []


async def test_what_renews_on_the_former_default_stays_there(product: Product) -> None:
    desk, other = await desk_with_two(product)
    await product.change(desk.service, auto_renewal="ON", renewal_account_id=desk.account.id)
    before = await renewals(desk.client)

    await desk.client.run("make_default_paypal_account", accountId=other.id)

    assert await renewals(desk.client) == before
    assert await product.rows(tables.Consent) == []


async def test_of_two_asked_for_at_once_one_is_the_default(product: Product) -> None:
    desk, other = await desk_with_two(product)

    answers = await asyncio.gather(
        *(desk.client.run("make_default_paypal_account", accountId=each.id) for each in (desk.account, other) * 5)
    )

    assert {each["__typename"] for each in answers} == {"MakeDefaultPayPalAccountPayload"}
    [default] = await defaults(product)
    assert default in {desk.account.id, other.id}


@pytest.mark.parametrize(
    "values",
    [
        {"status": PayPalAccountStatus.REVOKED},
        {"status": PayPalAccountStatus.PENDING_APPROVAL},
        {"status": PayPalAccountStatus.REMOVED, "payment_token": None},
    ],
    ids=lambda values: values["status"],
)
async def test_an_account_that_cannot_be_charged_is_refused(product: Product, values: dict[str, object]) -> None:
    desk, _ = await desk_with_two(product)
    unusable = make_account(desk.customer, **values)
    await product.save(unusable)

    async with unchanged(product):
        answer = await desk.client.run("make_default_paypal_account", accountId=unusable.id)

    assert (answer["__typename"], answer["code"]) == ("AccountNotUsableError", "ACCOUNT_NOT_USABLE")
    assert answer["unusable"] == {"id": unusable.id, "status": values["status"]}


async def test_a_foreign_account_is_answered_like_an_unknown_one(product: Product) -> None:
    desk, _ = await desk_with_two(product)
    stranger = make_customer()
    foreign = make_account(stranger)
    await product.save(stranger, foreign)

    async with unchanged(product):
        answers = [
            await desk.client.run("make_default_paypal_account", accountId=each) for each in (foreign.id, "acc_1", "")
        ]

    assert answers == [not_found("accountId")] * 3
