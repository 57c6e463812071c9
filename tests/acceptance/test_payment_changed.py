"""Following a payment live: every change is shown, whoever made it, until the payment or the session ends."""

import asyncio
import sys
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Any

import pytest

from models import tables
from models.enums import PaymentStatus
from tests.acceptance.conftest import Launch
from tests.factories import new_id
from tests.harness.evidence import history
from tests.harness.journeys import begin, confirm, go_to_paypal, pay_with_new, pay_with_registered
from tests.harness.log_files import keep
from tests.harness.pages import Browser
from tests.harness.product import Product, document
from tests.harness.refusals import open_desk, payment_in
from tests.harness.simulator import ROOT
from tests.harness.streams import following, streaming

NOBODY = {"message": "Accedi per continuare.", "extensions": {"code": "UNAUTHENTICATED"}}
SLOW_CAPTURE: Any = {"pattern": "*/capture", "seconds": 1}


def plain(error: dict[str, Any]) -> dict[str, Any]:
    """Return an error without its place in the document."""
    return {key: value for key, value in error.items() if key not in {"locations", "path"}}


async def run_second_process(*arguments: str) -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "tests.harness.second_process"),
        *arguments,
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    output, _ = await process.communicate()
    await keep("second-process", output)
    assert process.returncode == 0


async def test_a_payer_with_a_new_account_is_followed_from_the_approval_to_the_end(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)
    product.simulator.fail("slow", **SLOW_CAPTURE)

    async with following(desk.client, payment_id) as stream:
        waiting = await stream.payment()
        accepting = asyncio.create_task(Browser().sign_in_and_accept(approve_url, payer="pays"))
        statuses = await stream.until_complete()
        await accepting

    assert waiting["nextAction"] == {
        "__typename": "ApproveOnPayPalAction",
        "redirectUrl": approve_url,
        "expiresAt": "2025-03-08T12:30:00Z",
    }
    assert statuses == ["AWAITING_APPROVAL", "PROCESSING", "SUCCEEDED"]
    assert stream.seen[1]["nextAction"]["reason"] == "PROCESSING"
    assert (stream.seen[2]["order"]["status"], stream.seen[2]["nextAction"]) == ("PAID", None)
    assert stream.seen[2]["outcome"]["__typename"] == "PaymentSucceeded"
    assert stream.seen[2]["account"] is not None
    assert history(stream.seen[2]) == history(await desk.client.payment(payment_id))


async def test_a_registered_account_is_followed_from_procedi_to_the_end(product: Product) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)

    async with following(desk.client, payment_id) as stream:
        first = await stream.payment()
        await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)
        chosen = await stream.payment()
        product.simulator.fail("slow", **SLOW_CAPTURE)
        confirming = asyncio.create_task(confirm(desk.client, payment_id, desk.order))
        statuses = await stream.until_complete()
        await confirming

    assert [account["id"] for account in first["nextAction"]["accounts"]] == [desk.account.id]
    assert chosen["account"]["id"] == desk.account.id
    assert statuses == ["AWAITING_ACCOUNT", "AWAITING_CONFIRMATION", "PROCESSING", "SUCCEEDED"]


async def test_another_account_chosen_elsewhere_is_a_change(product: Product) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION)

    async with following(desk.client, payment.id) as stream:
        before = await stream.payment()
        await desk.client.run("select_new_account", paymentId=payment.id)
        after = await stream.payment()

    assert (before["account"]["id"], after["account"]) == (desk.account.id, None)


async def test_a_payment_that_has_ended_is_shown_once(product: Product) -> None:
    desk = await open_desk(product)
    paid = await pay_with_registered(desk.client, desk.order, desk.account)

    async with following(desk.client, paid["payment"]["id"]) as stream:
        assert await stream.until_complete() == ["SUCCEEDED"]


async def test_a_change_made_by_another_process_is_seen(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, _ = await go_to_paypal(desk.client, desk.order)

    async with following(desk.client, payment_id) as stream:
        await stream.payment()
        await run_second_process(product.settings.database_url, payment_id)
        statuses = await stream.until_complete()

    assert statuses == ["AWAITING_APPROVAL", "CANCELED"]
    assert stream.seen[1]["outcome"] == {
        "__typename": "PaymentCanceled",
        "at": "2025-03-08T09:30:00Z",
        "by": "OPERATOR",
    }
    assert stream.seen[1]["history"][-1]["note"] == "By telephone."


async def test_everybody_who_follows_a_payment_sees_it_end(product: Product) -> None:
    desk = await open_desk(product)
    payment_id, approve_url = await go_to_paypal(desk.client, desk.order)

    async with AsyncExitStack() as streams:
        open_ones = [await streams.enter_async_context(following(desk.client, payment_id)) for _ in range(5)]
        await Browser().sign_in_and_accept(approve_url, payer="pays")
        ends = await asyncio.gather(*(stream.until_complete() for stream in open_ones))

    assert [statuses[-1] for statuses in ends] == ["SUCCEEDED"] * 5


async def test_nobody_follows_a_payment_without_a_session(product: Product) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_APPROVAL)

    async with following(product.anonymous(), payment.id) as stream:
        assert plain(await stream.refusal()) == NOBODY


async def test_signing_out_ends_what_that_session_follows_and_nothing_else(product: Product) -> None:
    desk = await open_desk(product)
    elsewhere = await product.signed_in(desk.customer)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_APPROVAL)

    async with following(desk.client, payment.id) as stream, following(elsewhere, payment.id) as other:
        await stream.payment()
        await other.payment()
        await desk.client.run("sign_out")
        assert plain(await stream.refusal()) == NOBODY
        await product.change(payment, account_id=None)
        assert (await other.payment())["account"] is None


@pytest.mark.parametrize("by", [{"minutes": 30}, {"hours": 12}], ids=["idle", "too old"])
async def test_a_session_that_ends_by_itself_ends_what_it_follows(product: Product, by: dict[str, float]) -> None:
    desk = await open_desk(product)
    [opened] = await product.rows(tables.Session)
    async with product.database.write() as session:
        stored = await session.get_one(tables.Session, opened.token_hash)
        stored.expires_at = product.clock() + timedelta(hours=12)
        if by.get("hours"):
            stored.last_seen_at = product.clock() + timedelta(hours=11, minutes=59)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_APPROVAL)

    async with following(desk.client, payment.id) as stream:
        await stream.payment()
        product.clock.advance(**by)
        assert plain(await stream.refusal()) == NOBODY


async def test_a_customer_follows_so_many_payments_at_once_and_others_are_not_in_the_way(launch: Launch) -> None:
    async with launch(live_per_customer=2) as product:
        mine, other = await open_desk(product), await open_desk(product)
        payment = await payment_in(product, mine, PaymentStatus.AWAITING_APPROVAL)
        theirs = await payment_in(product, other, PaymentStatus.AWAITING_APPROVAL)

        async with following(mine.client, payment.id) as first:
            await first.payment()
            async with following(mine.client, payment.id) as second:
                await second.payment()
                async with following(mine.client, payment.id) as third, following(other.client, theirs.id) as fourth:
                    refused = await third.refusal()
                    await fourth.payment()
            await product.until(lambda: len(product.feed.watches) == 1)
            async with following(mine.client, payment.id) as instead:
                await instead.payment()

        assert plain(refused) == {
            "message": "Stai seguendo troppi pagamenti insieme: chiudi prima una delle pagine aperte.",
            "extensions": {"code": "TOO_MANY_SUBSCRIPTIONS"},
        }


async def test_the_language_is_that_of_the_request(product: Product) -> None:
    desk = await open_desk(product)
    english = await product.signed_in(desk.customer, **{"accept-language": "en"})

    async with following(english, new_id("pay")) as stream:
        assert (await stream.refusal())["message"] == "Not found."


async def test_what_the_customer_owns_is_read_anew_for_every_event(product: Product) -> None:
    desk = await open_desk(product)
    payment_id = await begin(desk.client, desk.order)
    query = document("payment_changed")

    async with streaming(desk.client, query, paymentId=payment_id) as stream:
        assert len((await stream.payment())["nextAction"]["accounts"]) == 1
        await pay_with_new(desk.client, desk.order)
        statuses = await stream.until_complete()

    assert statuses[-1] == "SUCCEEDED"
    assert stream.seen[-1]["order"]["status"] == "PAID"
