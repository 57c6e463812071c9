"""News from PayPal in our books: kept once, pointed where it belongs, and acted on once."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlmodel import select

from gateways.paypal.errors import PayPalFailure
from gateways.paypal.messages import PaymentToken
from gateways.paypal.webhooks import WebhookEvent
from models import enums, tables
from models.enums import AutoRenewalStatus, EventSource, Job, PaymentStatus, PayPalAccountStatus, ProviderFailureKind
from policies.watching import Backoff
from tests.factories import NOW, make_account, make_attempt, make_customer, make_service, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH, Scene, settling
from use_cases.claim_payment import claim_payment
from use_cases.handle_webhook import (
    ReceivedEvent,
    close_event,
    follow_kept_account,
    follow_lost_account,
    follow_order,
    put_off_event,
    read_event,
)
from use_cases.receive_webhook import receive_webhook
from use_cases.settle_payment import settle_payment

LATER = NOW + timedelta(minutes=1)
APPROVED = "CHECKOUT.ORDER.APPROVED"


def event(event_id: str = "WH-1", **values: Any) -> WebhookEvent:
    known = {"id": event_id, "event_type": APPROVED, "resource_id": "PAYPAL-ORDER", "order_id": None}
    return WebhookEvent.model_construct(**known | values)


async def receive(books: Books, news: WebhookEvent, *, transmission: str = "t-1") -> bool:
    return await books.apply(receive_webhook, event=news, transmission_id=transmission, transmitted_at=NOW, now=NOW)


async def received(books: Books, event_id: str = "WH-1", **values: Any) -> ReceivedEvent:
    """Return an event as its handler reads it, received under a transmission of its own."""
    await receive(books, event(event_id, **values), transmission=f"t-{event_id}")
    found = await books.apply(read_event, event_id=event_id)
    assert found is not None
    return found


async def events(books: Books) -> list[tables.WebhookEvent]:
    async with books.database.read() as session:
        return list((await session.exec(select(tables.WebhookEvent))).all())


async def test_an_event_is_kept_as_pointers_and_its_handling_is_owed(books: Books) -> None:
    assert await receive(books, event(resource_id=None, order_id="5O19"))

    [row] = await events(books)
    assert row.model_dump() == {
        "id": "WH-1",
        "transmission_id": "t-1",
        "event_type": APPROVED,
        "resource_id": "",
        "order_id": "5O19",
        "transmitted_at": NOW,
        "received_at": NOW,
        "handled_at": None,
    }
    assert books.owed == {"event-WH-1": (Job.HANDLE_WEBHOOK, None)}


@pytest.mark.parametrize(
    ("event_id", "transmission"),
    [("WH-1", "t-1"), ("WH-1", "t-2"), ("WH-2", "t-1")],
    ids=["the same delivery", "the same event again", "another event in the same transmission"],
)
async def test_what_has_come_before_changes_nothing(books: Books, event_id: str, transmission: str) -> None:
    await receive(books, event())
    before = await books.snapshot()

    is_new = await receive(books, event(event_id, event_type="PAYMENT.CAPTURE.COMPLETED"), transmission=transmission)

    assert is_new is False
    assert await books.snapshot() == before


async def test_of_ten_transactions_at_once_one_takes_the_event(books: Books) -> None:
    taken = await asyncio.gather(*(receive(books, event(), transmission=f"t-{number}") for number in range(10)))

    assert sorted(taken) == [*[False] * 9, True]
    assert len(await events(books)) == len(books.owed) == 1


async def test_an_event_is_not_known_if_its_transaction_fails(books: Books) -> None:
    async def receive_and_fail(session: Any, **values: Any) -> None:
        await receive_webhook(session, **values)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        await books.apply(receive_and_fail, event=event(), transmission_id="t-1", transmitted_at=NOW, now=NOW)

    assert await events(books) == []
    assert await receive(books, event())


@pytest.mark.parametrize("status", list(PaymentStatus))
async def test_an_order_leads_to_its_attempt_whatever_has_become_of_the_payment(
    books: Books, status: PaymentStatus
) -> None:
    scene = Scene(status)
    await scene.begin(books, paypal_order_id="PAYPAL-ORDER")
    news = await received(books)

    for _ in range(2):
        await books.apply(follow_order, event=news, order_id="PAYPAL-ORDER", now=LATER)

    [row] = await events(books)
    assert row.handled_at == LATER
    assert books.owed == {
        "event-WH-1": (Job.HANDLE_WEBHOOK, None),
        "webhook-WH-1": (Job.ADVANCE_PAYMENT, None),
    }
    assert await books.apply(read_event, event_id="WH-1") is None


async def test_an_order_of_an_older_attempt_leads_to_that_one(books: Books) -> None:
    scene = Scene(PaymentStatus.AWAITING_APPROVAL, registers=True)
    await scene.begin(books, paypal_order_id="OLD-ORDER")
    await store(books.database, make_attempt(scene.payment, number=2, paypal_order_id="NEW-ORDER"))
    owed: list[tuple[object, ...]] = []
    news = await received(books)
    remember = books.owe

    async def owe(session: Any, job: Any, key: str, arguments: tuple[object, ...], delay: Any) -> None:
        owed.append((key, *arguments))
        await remember(session, job, key, arguments, delay)

    books.database.connect_outbox(owe)
    await books.apply(follow_order, event=news, order_id="OLD-ORDER", now=LATER)

    assert owed == [("webhook-WH-1", scene.attempt.id, enums.EventSource.PAYPAL_WEBHOOK)]


@pytest.mark.parametrize("order_id", ["FOREIGN-ORDER", "", None])
async def test_an_order_that_is_not_ours_is_done_with(books: Books, order_id: str | None) -> None:
    news = await received(books)

    await books.apply(follow_order, event=news, order_id=order_id, now=LATER)

    assert [row.handled_at for row in await events(books)] == [LATER]
    assert list(books.owed) == ["event-WH-1"]


async def test_only_a_further_approval_makes_us_forget_a_decline(books: Books) -> None:
    scene = Scene(PaymentStatus.AWAITING_APPROVAL, registers=True)
    await scene.begin(books, paypal_order_id="PAYPAL-ORDER", declined=True, approval_rounds=1)
    declined = []

    for event_id, event_type in (
        ("WH-1", APPROVED),
        ("WH-2", "CHECKOUT.PAYMENT-APPROVAL.REVERSED"),
        ("WH-3", APPROVED),
    ):
        news = await received(books, event_id, event_type=event_type)
        await books.apply(follow_order, event=news, order_id="PAYPAL-ORDER", now=LATER)
        declined.append((await books.row(scene.attempt)).declined)

    assert declined == [True, True, False]


async def test_the_first_approval_asked_of_a_registered_account_is_news_and_the_second_after_its_decline(
    books: Books,
) -> None:
    scene = Scene(PaymentStatus.PROCESSING)
    await scene.begin(books, paypal_order_id="PAYPAL-ORDER")
    redirected = PayPalFailure(
        kind=ProviderFailureKind.PAYER_MUST_ACT,
        issue="REDIRECT_PAYER_FOR_ALTERNATE_FUNDING",
        approve_url="https://paypal.example/approve",
    )
    seen = []

    for event_id in ("WH-1", "WH-2"):
        await books.apply(settle_payment, **settling(scene, failure=redirected))
        attempt = await books.row(scene.attempt)
        seen.append((attempt.approval_rounds, attempt.declined))
        news = await received(books, event_id, event_type=APPROVED)
        await books.apply(follow_order, event=news, order_id="PAYPAL-ORDER", now=LATER)
        rounds, declined = attempt.approval_rounds, (await books.row(scene.attempt)).declined
        seen.append((rounds, declined))
        claim = {"attempt_id": attempt.id, "rounds": rounds, "taken": False, "watch": WATCH, "now": LATER}
        await books.apply(claim_payment, **claim, source=EventSource.PAYPAL_WEBHOOK)

    assert seen == [(1, False), (1, False), (2, True), (2, False)]


async def test_an_event_that_could_not_be_followed_is_owed_again_later_and_stays_open(books: Books) -> None:
    await received(books)
    backoff = Backoff(first=timedelta(seconds=20), ceiling=timedelta(hours=1))

    for tries in (0, 1, 1, 30):
        await books.apply(put_off_event, event_id="WH-1", tries=tries, backoff=backoff)

    assert [row.handled_at for row in await events(books)] == [None]
    assert books.owed == {
        "event-WH-1": (Job.HANDLE_WEBHOOK, None),
        "event-WH-1-1": (Job.HANDLE_WEBHOOK, timedelta(seconds=20)),
        "event-WH-1-2": (Job.HANDLE_WEBHOOK, timedelta(seconds=40)),
        "event-WH-1-31": (Job.HANDLE_WEBHOOK, timedelta(hours=1)),
    }


async def test_closing_twice_keeps_the_first_instant(books: Books) -> None:
    await received(books)

    for now in (NOW, LATER):
        await books.apply(close_event, event_id="WH-1", now=now)

    assert [row.handled_at for row in await events(books)] == [NOW]


class Waiting:
    """A customer whose new account PayPal is still saving, and another with nothing to do with it."""

    def __init__(self) -> None:
        self.scene = Scene(PaymentStatus.SUCCEEDED, registers=True)
        self.scene.payment.capture_id = "CAPTURE-1"
        self.pending = make_account(
            self.scene.customer,
            status=PayPalAccountStatus.PENDING_APPROVAL,
            payment_token=None,
            paypal_customer_id=None,
            payer_id="PAYER-7",
        )
        self.scene.payment.account_id = self.pending.id
        self.scene.account.paypal_customer_id = "CUSTOMER-7"
        self.stranger = make_customer()

    async def begin(self, books: Books) -> None:
        people = (self.scene.customer, self.stranger)
        await store(books.database, *people, self.pending, make_account(self.stranger))
        await self.scene.begin(books, paypal_order_id="PAYPAL-ORDER")


@pytest.mark.parametrize(
    ("order_id", "token", "looks"),
    [
        ("PAYPAL-ORDER", {}, 1),
        (None, {"customer": {"id": "CUSTOMER-7"}}, 1),
        (None, {"payment_source": {"paypal": {"payer_id": "PAYER-7"}}}, 1),
        ("FOREIGN-ORDER", {"customer": {"id": "ELSE"}, "payment_source": {"paypal": {"payer_id": "ELSE"}}}, 0),
        (None, {"customer": {"id": ""}, "payment_source": {"paypal": {"payer_id": ""}}}, 0),
        ("PAYPAL-ORDER", None, 0),
    ],
    ids=["by its order", "by its customer", "by its payer", "foreign", "nothing named", "not at PayPal any more"],
)
async def test_a_kept_account_leads_to_the_registration_that_waits_for_it(
    books: Books, order_id: str | None, token: dict[str, Any] | None, looks: int
) -> None:
    waiting = Waiting()
    await waiting.begin(books)
    news = await received(books, event_type="VAULT.PAYMENT-TOKEN.CREATED", resource_id="token-x", order_id=order_id)
    kept = PaymentToken.parse({"id": "token-x", **token}) if token is not None else None

    for _ in range(2):
        await books.apply(follow_kept_account, event=news, token=kept, now=LATER)

    expected = {f"webhook-WH-1-{waiting.pending.id}": (Job.FINISH_REGISTRATION, None)} if looks else {}
    assert books.owed == {"event-WH-1": (Job.HANDLE_WEBHOOK, None)} | expected
    assert [row.handled_at for row in await events(books)] == [LATER]


@pytest.mark.parametrize("is_gone", [True, False])
async def test_a_token_that_paypal_no_longer_has_loses_its_account_once(books: Books, is_gone: bool) -> None:
    customer, other = make_customer(), make_customer()
    lost, kept = make_account(customer, payment_token="token-x"), make_account(other)
    service, bystander = make_service(customer, renews_on=lost), make_service(other, renews_on=kept)
    await store(books.database, customer, other, lost, kept, service, bystander)
    news = await received(books, event_type="VAULT.PAYMENT-TOKEN.DELETED", resource_id="token-x")
    before = await books.row(lost)

    for now in (NOW, LATER):
        await books.apply(follow_lost_account, event=news, is_gone=is_gone, now=now)

    after = PayPalAccountStatus.REVOKED if is_gone else before.status
    assert [(await books.row(each)).status for each in (lost, kept)] == [after, PayPalAccountStatus.ACTIVE]
    assert [(await books.row(each)).auto_renewal for each in (service, bystander)] == [
        AutoRenewalStatus.ACCOUNT_LOST if is_gone else AutoRenewalStatus.ON,
        AutoRenewalStatus.ON,
    ]
    assert sum(job is Job.SEND_EMAIL for job, _ in books.owed.values()) == int(is_gone)
