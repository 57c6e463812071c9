"""Whoever drives a registration, the browser, PayPal's news, our own look, a later life: it comes about once."""

import asyncio

import pytest

from models.enums import Job
from tests.acceptance.conftest import Launch
from tests.acceptance.test_news_of_payments import EXPIRY
from tests.harness.between import Answer, between
from tests.harness.evidence import consents, renewals
from tests.harness.news import all_handled, at_rest
from tests.harness.pages import Browser
from tests.harness.product import Product
from tests.harness.registering import Newcomer, newcomer, vault_calls
from tests.harness.simulator import Simulator

REGISTERED = "Nuovo account PayPal registrato"
PAYER = "pays@payer.example"


async def registered_once(mario: Newcomer, account_id: str) -> None:
    product = mario.product
    assert (await mario.ended()).outcome == "REGISTERED"
    assert [(each["id"], each["status"]) for each in await mario.accounts()] == [(account_id, "ACTIVE")]
    assert await renewals(mario.client) == {mario.service.label: ("ON", account_id, "2026-03-08")}
    assert await consents(product) == [
        ("ACCOUNT_REGISTRATION", True, None, account_id),
        ("AUTO_RENEWAL", True, mario.service.id, account_id),
    ]
    activated = f"Attivazione rinnovo automatico per il servizio {mario.service.label}"
    assert sorted(await product.mails(2)) == [activated, REGISTERED]


async def owe(product: Product, job: Job, *arguments: str) -> None:
    """Owe a job as some driver would."""
    async with product.app_database.write() as session:
        await session.later(job, f"somebody-{job.lower()}", *arguments)


async def setup_token(mario: Newcomer) -> str:
    token = (await mario.setup()).setup_token
    assert token is not None
    return token


@pytest.mark.watched
async def test_an_owner_who_closes_the_tab_after_the_approval_is_registered_by_our_own_look(product: Product) -> None:
    mario = await newcomer(product)
    account_id, _ = await mario.begin(mario.service)

    await asyncio.to_thread(product.simulator.approve, await setup_token(mario), payer_email=PAYER)

    await registered_once(mario, account_id)


async def test_many_returns_at_once_register_once(product: Product) -> None:
    mario = await newcomer(product)
    account_id, approve_url = await mario.begin(mario.service)
    browser = Browser(shop=product.url)
    await browser.sign_in_and_accept(approve_url, payer="pays")

    await asyncio.gather(*(browser.http.get(browser.url) for _ in range(5)))

    await product.until(lambda: at_rest(product))
    await registered_once(mario, account_id)


async def test_news_of_the_account_registers_it_when_our_own_call_was_never_answered(inform: Launch) -> None:
    async with inform() as product:
        mario = await newcomer(product, expires_on=EXPIRY)
        account_id, _ = await mario.begin(mario.service)
        setup = await mario.setup()
        product.simulator.webhook_mode(hold=True)
        product.simulator.fail("lost_answer", pattern="/v3/vault/payment-tokens", times=3)
        await asyncio.to_thread(product.simulator.approve, setup.setup_token or "", payer_email=PAYER)
        await owe(product, Job.REGISTER_ACCOUNT, setup.id)
        await product.until(lambda: len(vault_calls(product)) == 5)
        await product.until(lambda: at_rest(product))
        meanwhile = await mario.active()

        product.simulator.flush()
        await all_handled(product, events=1)

        assert meanwhile == []
        assert (await mario.ended()).outcome == "REGISTERED"
        assert [each["id"] for each in await mario.active()] == [account_id]
        assert len(await product.mails(2)) == 2


@pytest.mark.parametrize("times", [1, 3], ids=["a call", "all its repetitions"])
@pytest.mark.watched
async def test_the_lost_answer_of_a_call_that_kept_the_account_registers_it_once(product: Product, times: int) -> None:
    mario = await newcomer(product)
    account_id, approve_url = await mario.begin(mario.service)
    product.simulator.fail("lost_answer", pattern="/v3/vault/payment-tokens", times=times)

    await Browser().sign_in_and_accept(approve_url, payer="pays")

    await registered_once(mario, account_id)
    keeping = [call for call in product.simulator.calls("/v3/vault/payment-tokens") if call["method"] == "POST"]
    assert len(keeping) > times  # more than once more, when the browser and our own look meet
    assert len({call["request_id"] for call in keeping}) == 1


@pytest.mark.watched
async def test_an_account_kept_under_a_request_id_that_paypal_forgot_is_found_in_its_list(
    launch: Launch, simulator: Simulator
) -> None:
    async with between(simulator) as gateway, launch(paypal_base_url=gateway.url) as product:
        mario = await newcomer(product)
        account_id, _ = await mario.begin(mario.service)
        used = Answer(422, {"name": "UNPROCESSABLE_ENTITY", "details": [{"issue": "SETUP_TOKEN_ALREADY_TOKENIZED"}]})
        gateway.change("POST", "/v3/vault/payment-tokens", dict.clear, status=500, times=3)
        gateway.instead("POST", "/v3/vault/payment-tokens", used)

        await asyncio.to_thread(simulator.approve, await setup_token(mario), payer_email=PAYER)

        await registered_once(mario, account_id)


async def test_a_process_that_dies_between_approval_and_registration_registers_in_its_next_life(
    launch: Launch, simulator: Simulator
) -> None:
    async with launch() as product:
        mario = await newcomer(product)
        account_id, _ = await mario.begin(mario.service)
        await asyncio.to_thread(simulator.approve, await setup_token(mario), payer_email=PAYER)
        customer, service = mario.customer, mario.service

    async with launch() as product:
        product.clock.advance(days=1, hours=1)  # the look that was put off is overdue by now
        client = await product.signed_in(customer)
        await owe(product, Job.RECONCILE)
        reborn = Newcomer(product=product, client=client, customer=customer, service=service)

        await registered_once(reborn, account_id)
