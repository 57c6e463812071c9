"""The customer removes a registered PayPal account: here at once, and then at PayPal."""

import asyncio
from typing import Any

from models import tables
from models.enums import PaymentStatus
from tests.acceptance.conftest import Launch
from tests.acceptance.renewing import CHARGE, NOTICE, Renewing, renewing
from tests.factories import make_account
from tests.harness.calendar import automatic_payments, comes
from tests.harness.evidence import accounts, consents, money_taken
from tests.harness.news import at_rest
from tests.harness.product import Product
from tests.harness.refusals import open_desk, payment_in, unchanged


async def removed(scene: Renewing, **variables: Any) -> Any:
    return await (await scene.client()).run("remove_paypal_account", **variables)


async def forgotten(product: Product, account: tables.PayPalAccount) -> None:
    """Wait until PayPal has forgotten the account, and we its token."""

    async def gone() -> bool:
        return (await product.row(account)).payment_token is None

    await product.until(gone)


def deletions(product: Product) -> list[tuple[str, int]]:
    calls = product.simulator.calls("/v3/vault/payment-tokens")
    return [(call["path"].rpartition("/")[2], call["status"]) for call in calls if call["method"] == "DELETE"]


async def test_the_renewals_move_and_the_next_charge_is_on_the_other_account(product: Product) -> None:
    scene = await renewing(product)

    answer = await removed(scene, accountId=scene.account.id, moveRenewalsTo=scene.other_account.id)
    await forgotten(product, scene.account)
    await product.mails(1)
    for day in (NOTICE, CHARGE):
        await comes(product, day)

    moved = {"status": "ON", "account": {"id": scene.other_account.id, "maskedEmail": "m•••@example.com"}}
    assert answer == {
        "__typename": "RemovePayPalAccountPayload",
        "removedId": scene.account.id,
        "moved": [{"id": scene.service.id, "label": scene.service.label, "autoRenewal": moved}],
        "customer": {
            "id": scene.customer.id,
            "payPalAccounts": [{"id": scene.other_account.id, "maskedEmail": "m•••@example.com", "isDefault": True}],
        },
    }
    assert deletions(product) == [(scene.account.payment_token, 204)]
    assert scene.letters() == ["activated", "notice", "paid"]
    assert await consents(product) == [("AUTO_RENEWAL", True, scene.service.id, scene.other_account.id)]
    [payment] = await automatic_payments(product)
    assert (payment.status, payment.account_id) == ("SUCCEEDED", scene.other_account.id)
    assert await money_taken(product) == [("COMPLETED", "36.60")]


async def test_it_is_refused_while_a_service_renews_on_it(product: Product) -> None:
    scene = await renewing(product)
    client = await scene.client()

    async with unchanged(product):
        answer = await client.run("remove_paypal_account", accountId=scene.account.id)

    assert answer == {
        "__typename": "AccountInUseError",
        "kept": {"id": scene.account.id, "maskedEmail": "m•••@example.com"},
        "services": [{"id": scene.service.id, "label": scene.service.label, "expiresOn": "2026-03-08"}],
        "code": "ACCOUNT_IN_USE",
        "message": "Alcuni servizi si rinnovano su questo conto PayPal: scegli un altro conto per loro, o disattiva il "
        "rinnovo.",
        "retryable": False,
    }


async def test_it_is_refused_while_it_is_charged_and_may_be_asked_again(product: Product) -> None:
    desk = await open_desk(product)
    await payment_in(product, desk, PaymentStatus.VERIFYING)

    async with unchanged(product):
        answer = await desk.client.run("remove_paypal_account", accountId=desk.account.id)

    assert (answer["__typename"], answer["account"]["id"]) == ("AccountNotUsableError", desk.account.id)
    assert answer["message"] == "È in corso un pagamento con questo conto PayPal: riprova tra poco."
    assert answer["retryable"] is True


async def test_the_default_passes_on_and_removing_twice_is_harmless(product: Product) -> None:
    desk = await open_desk(product)
    third = await product.register(make_account(desk.customer))
    await product.change(desk.account, is_default=True)

    answers = [await desk.client.run("remove_paypal_account", accountId=desk.account.id) for _ in range(2)]
    await forgotten(product, desk.account)

    assert answers[0] == answers[1]
    assert answers[0]["customer"]["payPalAccounts"] == [
        {"id": third.id, "maskedEmail": "m•••@example.com", "isDefault": True}
    ]
    assert deletions(product) == [(desk.account.payment_token, 204)]
    started = await desk.client.run(
        "start_payment", input={"order": {"number": desk.order.number}, "returnUrl": "https://front.example/"}
    )
    assert started["payment"]["nextAction"]["suggested"] == {"id": third.id}
    assert await product.mails(0) == []


async def test_while_paypal_is_away_the_account_is_gone_here_and_forgotten_there_later(launch: Launch) -> None:
    async with launch(watch_first_seconds=0.2, watch_ceiling_seconds=0.4) as product:
        desk = await open_desk(product)
        product.simulator.fail("html_503", pattern=f"/v3/vault/payment-tokens/{desk.account.payment_token}", times=4)

        await desk.client.run("remove_paypal_account", accountId=desk.account.id)
        meanwhile = await accounts(desk.client)
        await forgotten(product, desk.account)

        assert meanwhile == []
        assert [status for _, status in deletions(product)] == [503, 503, 503, 503, 204]


async def test_an_account_that_paypal_does_not_have_any_more_is_forgotten_all_the_same(product: Product) -> None:
    desk = await open_desk(product)
    await asyncio.to_thread(product.simulator.revoke, desk.account.payment_token or "")

    await desk.client.run("remove_paypal_account", accountId=desk.account.id)
    await forgotten(product, desk.account)

    assert [status for _, status in deletions(product)] == [404]


async def test_a_removal_that_a_dying_process_had_not_told_paypal_of_is_told_by_its_next_life(launch: Launch) -> None:
    async with launch() as product:
        desk = await open_desk(product)
        pattern = f"/v3/vault/payment-tokens/{desk.account.payment_token}"
        product.simulator.fail("slow", seconds=5, pattern=pattern)
        await desk.client.run("remove_paypal_account", accountId=desk.account.id)
        simulator = product.simulator
    simulator.recover()

    async with launch() as product:
        await forgotten(product, desk.account)
        await product.until(lambda: at_rest(product))

        assert (await product.row(desk.account)).status == "REMOVED"
