"""The mail server is down or refuses, or the product is restarted: a payment succeeds, and each mail arrives once."""

import asyncio

import pytest

from models import tables
from tests.acceptance.conftest import Launch
from tests.harness.evidence import correspondence, money_taken, reached
from tests.harness.journeys import pay_with_registered
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk

SLOW_CAPTURE_SECONDS = 3


async def pay(desk: Desk) -> str:
    """Pay the order of the desk, see it paid, and return the payment's id."""
    answer = await pay_with_registered(desk.client, desk.order, desk.account)
    assert (answer["payment"]["status"], answer["order"]["status"]) == ("SUCCEEDED", "PAID")
    payment_id: str = answer["payment"]["id"]
    return payment_id


async def both_letters(product: Product, desk: Desk) -> None:
    """Both mails of the payment arrive, once each, at the holder's address."""
    assert await correspondence(product, 2) == [
        (f"Attivazione rinnovo automatico per il servizio {desk.service.label}", desk.customer.email),
        ("Conferma pagamento", desk.customer.email),
    ]


async def confirmation_status(desk: Desk, payment_id: str) -> str:
    """Return what the customer sees about the mail that confirms the payment."""
    status: str = (await desk.client.payment(payment_id))["outcome"]["confirmationEmail"]["status"]
    return status


async def test_a_payment_does_not_wait_for_the_mail_server_and_the_mails_arrive_when_it_is_back(
    product: Product,
) -> None:
    desk = await open_desk(product)
    product.mailbox.stop()

    payment_id = await pay(desk)
    await asyncio.sleep(1)  # a few tries
    while_down = await confirmation_status(desk, payment_id)
    product.mailbox.start()

    assert while_down == "QUEUED"
    await both_letters(product, desk)
    assert await confirmation_status(desk, payment_id) == "SENT"


async def test_a_mail_server_that_asks_to_come_back_later_gets_each_mail_once(product: Product) -> None:
    desk = await open_desk(product)
    product.mailbox.refusal = "451 Try again later"

    payment_id = await pay(desk)
    await product.until(lambda: product.mailbox.refused >= 4)
    meanwhile = await confirmation_status(desk, payment_id)
    product.mailbox.refusal = None

    assert meanwhile == "QUEUED"
    await both_letters(product, desk)


async def test_a_mail_that_bounces_is_shown_and_not_tried_again(product: Product) -> None:
    desk = await open_desk(product)
    product.mailbox.refusal = "550 No such mailbox"

    payment_id = await pay(desk)
    await product.mails(0)
    await asyncio.sleep(1)  # longer than a pause between two tries
    product.mailbox.refusal = None

    payment = await desk.client.payment(payment_id)
    assert payment["outcome"]["confirmationEmail"] == {
        "to": desk.customer.email,
        "status": "BOUNCED",
        "at": "2025-03-08T09:30:00Z",
    }
    assert (payment["order"]["status"], product.mailbox.refused) == ("PAID", 2)
    assert await product.mails(0) == []


async def test_a_restart_between_the_payment_and_its_mails_sends_each_once(launch: Launch) -> None:
    async with launch() as product:
        desk = await open_desk(product)
        product.mailbox.stop()
        payment_id = await pay(desk)
    product.mailbox.start()

    async with launch() as restarted:
        await both_letters(restarted, desk)
        client = await restarted.signed_in(desk.customer)
        payment = await client.payment(payment_id)

    assert payment["outcome"]["confirmationEmail"]["status"] == "SENT"
    assert [email.status for email in await sent(payment_id, launch)] == ["SENT", "SENT"]


async def sent(payment_id: str, launch: Launch) -> list[tables.Email]:
    """Return the mails of the payment, as they are after one more restart."""
    async with launch() as product:
        return [email for email in await product.rows(tables.Email) if email.payment_id == payment_id]


async def test_a_restart_while_a_mail_is_being_handed_over_loses_none(launch: Launch) -> None:
    async with launch() as product:
        desk = await open_desk(product)
        product.mailbox.delay_seconds = 2
        await pay(desk)
        await product.until(lambda: product.mailbox.offered >= 2)
    product.mailbox.delay_seconds = 0

    async with launch() as restarted:
        await restarted.until(restarted.nothing_owed)

    assert sorted({str(message["Subject"]) for message in product.mailbox.messages}) == [
        f"Attivazione rinnovo automatico per il servizio {desk.service.label}",
        "Conferma pagamento",
    ]
    assert len({str(message["Message-ID"]) for message in product.mailbox.messages}) == 2


@pytest.mark.watched
async def test_a_restart_while_a_slow_paypal_is_charging_takes_the_money_once(launch: Launch) -> None:
    async with launch(confirm_patience_seconds=0.3) as product:
        desk = await open_desk(product)
        product.simulator.fail("slow", pattern="*/capture", seconds=SLOW_CAPTURE_SECONDS)
        answer = await pay_with_registered(desk.client, desk.order, desk.account)

    async with launch() as restarted:
        client = await restarted.signed_in(desk.customer)
        payment = await reached(restarted, client, answer["payment"]["id"], "SUCCEEDED")
        await both_letters(restarted, desk)
        request_ids = {call["request_id"] for call in await asyncio.to_thread(restarted.simulator.captures)}
        money = await money_taken(restarted)

    assert (answer["payment"]["status"], payment["order"]["status"]) == ("PROCESSING", "PAID")
    assert (money, len(request_ids)) == ([("COMPLETED", "36.60")], 1)
