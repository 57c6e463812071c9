"""The order is paid, but PayPal keeps the new account only later, never, or has kept it before."""

import asyncio

import pytest

from models import tables
from tests.acceptance.conftest import Launch
from tests.factories import make_order
from tests.harness.evidence import accounts, consents, correspondence, money_taken, reached, renewals
from tests.harness.journeys import pay_with_new
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk

CONFIRMED = "Conferma pagamento"
PAID_UNTIL = "2027-03-08"


async def statuses(desk: Desk) -> list[str]:
    """Return the statuses of the accounts registered at PayPal by paying, whatever they are."""
    every = ["ACTIVE", "PENDING_APPROVAL", "REVOKED", "REMOVED"]
    found = (await desk.client.run("paypal_accounts", status=every))["payPalAccounts"]
    return [account["status"] for account in found if account["id"] != desk.account.id]


async def subjects(product: Product, count: int) -> list[str]:
    """Wait for that many mails and return their subjects."""
    return [subject for subject, _ in await correspondence(product, count)]


def activated(desk: Desk) -> str:
    """Return the subject that announces the renewal of the desk's service."""
    return f"Attivazione rinnovo automatico per il servizio {desk.service.label}"


def not_activated(desk: Desk) -> str:
    """Return the subject that regrets it."""
    return f"Rinnovo automatico non attivato per l'ordine {desk.order.number}"


async def test_an_account_that_paypal_does_not_keep_pays_the_order_but_cannot_renew(product: Product) -> None:
    desk = await open_desk(product)

    payment_id = await pay_with_new(desk.client, desk.order, payer="not-vaulted")

    told = await subjects(product, 2)
    payment = await desk.client.payment(payment_id)
    assert (payment["status"], payment["order"]["status"], payment["account"]) == ("SUCCEEDED", "PAID", None)
    assert payment["outcome"]["account"]["maskedEmail"] == "n•••@payer.example"
    assert (await money_taken(product), await statuses(desk)) == ([("COMPLETED", "36.60")], [])
    assert await renewals(desk.client) == {desk.service.label: ("OFF", None, PAID_UNTIL)}
    assert await consents(product) == [("AUTO_RENEWAL", True, desk.service.id, None)]
    assert told == [CONFIRMED, not_activated(desk)]
    assert desk.service.label in product.mailbox.text(not_activated(desk))


async def test_nobody_is_disappointed_who_did_not_want_renewal(product: Product) -> None:
    desk = await open_desk(product)

    await pay_with_new(desk.client, desk.order, payer="not-vaulted", without_renewal_of=[desk.service])

    assert await subjects(product, 1) == [CONFIRMED]
    assert await renewals(desk.client) == {desk.service.label: ("OFF", None, PAID_UNTIL)}


@pytest.mark.watched
async def test_an_account_that_paypal_keeps_later_renews_as_soon_as_it_can_be_charged(launch: Launch) -> None:
    async with launch(registration_looks=100) as product:
        desk = await open_desk(product)
        payment_id = await pay_with_new(desk.client, desk.order, payer="vault-late")
        told_at_first = await subjects(product, 1)
        [waiting] = [row for row in await product.rows(tables.PayPalAccount) if row.id != desk.account.id]
        meanwhile = (await statuses(desk), await renewals(desk.client), await consents(product))

        await vault(product)
        told = await subjects(product, 2)

        assert (await desk.client.payment(payment_id))["order"]["status"] == "PAID"
        assert (told_at_first, told) == ([CONFIRMED], [activated(desk), CONFIRMED])
        assert meanwhile == (
            ["PENDING_APPROVAL"],
            {desk.service.label: ("PENDING", waiting.id, PAID_UNTIL)},
            [("AUTO_RENEWAL", True, desk.service.id, waiting.id)],
        )
        assert await renewals(desk.client) == {desk.service.label: ("ON", waiting.id, PAID_UNTIL)}
        assert await statuses(desk) == ["ACTIVE"]
        assert (await product.row(waiting)).payment_token is not None
        assert ("ACCOUNT_REGISTRATION", True, None, waiting.id) in await consents(product)


async def vault(product: Product) -> None:
    """Let PayPal finish keeping the account."""
    attempt, *_ = await product.rows(tables.PaymentAttempt)
    await asyncio.to_thread(product.simulator.ask, "POST", f"/orders/{attempt.paypal_order_id}/vault")


@pytest.mark.watched
async def test_an_account_that_never_arrives_is_given_up_and_the_customer_told(product: Product) -> None:
    desk = await open_desk(product)

    payment_id = await pay_with_new(desk.client, desk.order, payer="vault-late")

    told = await subjects(product, 2)
    assert (await desk.client.payment(payment_id))["order"]["status"] == "PAID"
    assert (told, await statuses(desk)) == ([CONFIRMED, not_activated(desk)], ["REMOVED"])
    assert await renewals(desk.client) == {desk.service.label: ("OFF", None, PAID_UNTIL)}
    assert [account["id"] for account in await accounts(desk.client)] == [desk.account.id]


@pytest.mark.watched
async def test_a_renewal_switched_off_while_paypal_was_keeping_the_account_stays_off(launch: Launch) -> None:
    async with launch(registration_looks=100) as product:
        desk = await open_desk(product)
        await pay_with_new(desk.client, desk.order, payer="vault-late")

        await desk.client.run("set_auto_renewal", serviceId=desk.service.id, enabled=False)
        await vault(product)
        await product.until(lambda: statuses_are(desk, ["ACTIVE"]))

        assert await renewals(desk.client) == {desk.service.label: ("OFF", None, PAID_UNTIL)}
        assert await subjects(product, 1) == [CONFIRMED]


async def statuses_are(desk: Desk, expected: list[str]) -> bool:
    return sorted(await statuses(desk)) == expected


@pytest.mark.parametrize(("payer", "kept"), [("pays", ["ACTIVE"]), ("vault-late", ["ACTIVE", "REMOVED"])])
@pytest.mark.watched
async def test_the_same_paypal_account_registered_again_by_the_same_customer_stays_one(
    launch: Launch, payer: str, kept: list[str]
) -> None:
    async with launch(registration_looks=100) as product:
        desk = await open_desk(product)
        second, *lines = make_order(desk.customer)
        await product.save(second, *lines)

        paid = [
            await pay_with_new(desk.client, desk.order, payer=payer),
            await pay_with_new(desk.client, second, payer=payer),
        ]
        if payer == "vault-late":
            await vault(product)

        for payment_id in paid:
            await reached(product, desk.client, payment_id, "SUCCEEDED")
        await product.until(lambda: statuses_are(desk, kept))
        [registered] = [
            row for row in await product.rows(tables.PayPalAccount) if row.payment_token and row.id not in known(desk)
        ]
        assert {row.account_id for row in await product.rows(tables.Payment)} == {registered.id}
        assert await money_taken(product) == [("COMPLETED", "36.60")] * 2


async def test_the_same_paypal_account_registered_by_another_customer_is_another_one(product: Product) -> None:
    mine, theirs = await open_desk(product), await open_desk(product)

    await pay_with_new(mine.client, mine.order)
    await pay_with_new(theirs.client, theirs.order)

    registered = [row for row in await product.rows(tables.PayPalAccount) if row.id not in known(mine, theirs)]
    assert {row.customer_id for row in registered} == {mine.customer.id, theirs.customer.id}
    assert len({row.payment_token for row in registered}) == len({row.paypal_customer_id for row in registered}) == 2
    assert [len(await accounts(desk.client)) for desk in (mine, theirs)] == [2, 2]
    assert len(await correspondence(product, 4)) == 4


def known(*desks: Desk) -> set[str]:
    """Return the accounts that were registered before."""
    return {desk.account.id for desk in desks}
