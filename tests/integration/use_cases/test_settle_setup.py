"""What PayPal says about a registration without a purchase is applied once, whoever has heard it and how often."""

from datetime import timedelta
from typing import Any

import pytest

from gateways.paypal.errors import PayPalFailure
from models import enums, tables
from models.enums import AutoRenewalStatus, EmailKind, Job, PayPalAccountStatus, ProviderFailureKind, SetupOutcome
from tests.factories import NOW, make_account, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH
from tests.integration.use_cases.setup_scene import LATER, OPENED, SetupScene, account_of, kept, recording
from use_cases.account_setups import owe_overdue_setup_looks, read_setup
from use_cases.handle_webhook import ReceivedEvent, follow_kept_account
from use_cases.settle_setup import await_setup_longer, complete_setup, give_up_setup, record_setup_token
from use_cases.visit_account_setup import take_refusal, welcome_owner


async def twice(books: Books, operation: Any, **values: Any) -> None:
    """Carry the step out as after a crash: again, a minute later, to no effect."""
    await books.apply(operation, **values)
    once, owed = await books.snapshot(), dict(books.owed)
    await books.apply(operation, **values | {"now": LATER})
    assert (await books.snapshot(), books.owed) == (once, owed)


async def kinds(books: Books) -> list[EmailKind]:
    return sorted(email.kind for email in await books.rows(tables.Email))


async def test_the_page_is_kept_once_and_looked_at_later(books: Books) -> None:
    scene = SetupScene()
    setup = await scene.begin(books, opened=False)

    await twice(books, record_setup_token, **recording(setup))

    opened = await books.row(setup)
    assert (opened.setup_token, opened.approve_url, opened.paypal_customer_id) == (
        "SETUP-1",
        "https://paypal.example/agreements/approve",
        "PP1",
    )
    assert books.owed[f"setup-look-{setup.id}-2"] == (Job.REGISTER_ACCOUNT, timedelta(seconds=20))


@pytest.mark.parametrize("opened", [None, OPENED.model_copy(update={"approve_url": None})])
async def test_without_a_page_the_registration_has_failed(books: Books, opened: Any) -> None:
    setup = await SetupScene().begin(books, opened=False)
    failure = PayPalFailure(kind=ProviderFailureKind.UNAVAILABLE) if opened is None else None

    await twice(books, record_setup_token, **recording(setup, opened=opened, failure=failure))

    ended = await books.row(setup)
    assert (ended.outcome, ended.ended_at) == (SetupOutcome.FAILED, NOW)
    assert (await account_of(books, setup)).status is PayPalAccountStatus.REMOVED


async def test_the_account_the_renewal_the_consents_and_the_mails_come_together_and_once(books: Books) -> None:
    scene = SetupScene()
    setup = await scene.begin(books, nickname="Ufficio")

    await twice(books, complete_setup, setup_id=setup.id, token=kept(), now=NOW)

    ended, service = await books.row(setup), await books.row(scene.service)
    account = await account_of(books, setup)
    assert (ended.outcome, ended.account_id) == (SetupOutcome.REGISTERED, account.id)
    assert (account.status, account.payment_token, account.payer_id) == ("ACTIVE", "token-kept", "PAYER-NEW")
    assert (account.masked_email, account.nickname, account.is_default) == ("p•••@payer.example", "Ufficio", False)
    assert (service.auto_renewal, service.renewal_account_id) == (AutoRenewalStatus.ON, account.id)
    given = [(row.kind, row.granted, row.account_id) for row in await books.rows(tables.Consent)]
    assert sorted(given) == [("ACCOUNT_REGISTRATION", True, account.id), ("AUTO_RENEWAL", True, account.id)]
    assert await kinds(books) == [EmailKind.ACCOUNT_REGISTERED, EmailKind.RENEWAL_ACTIVATED]
    [registered] = [row for row in await books.rows(tables.Email) if row.kind is EmailKind.ACCOUNT_REGISTERED]
    assert (registered.facts["renewed"], registered.facts["left_out"]) == ([scene.service.label], [])


async def test_a_service_that_may_not_renew_any_more_is_left_out(books: Books) -> None:
    scene = SetupScene()
    setup = await scene.begin(books)
    async with books.database.write() as session:
        service = await session.get_one(tables.Service, scene.service.id)
        service.status = enums.ServiceStatus.SUSPENDED

    await twice(books, complete_setup, setup_id=setup.id, token=kept(), now=NOW)

    assert (await books.row(scene.service)).auto_renewal is AutoRenewalStatus.OFF
    [email] = await books.rows(tables.Email)
    assert (email.facts["renewed"], email.facts["left_out"]) == ([], [scene.service.label])


@pytest.mark.parametrize(
    ("known", "token"),
    [
        ({"payment_token": "token-kept"}, "token-kept"),
        ({"payer_id": "PAYER-NEW"}, "token-of-another-agreement"),
        ({"payer_id": "PAYER-NEW", "status": PayPalAccountStatus.REVOKED}, "token-of-another-agreement"),
        (
            {"payer_id": "PAYER-NEW", "status": PayPalAccountStatus.REMOVED, "payment_token": None},
            "token-of-another-agreement",
        ),
    ],
    ids=["the same token", "the same payer", "an account that was lost", "an account that was removed"],
)
async def test_the_same_paypal_account_is_taken_up_again(books: Books, known: dict[str, Any], token: str) -> None:
    scene = SetupScene()
    setup = await scene.begin(books, nickname="Ufficio")
    former = make_account(scene.customer, **known)
    await store(books.database, former)

    await twice(books, complete_setup, setup_id=setup.id, token=kept(token), now=NOW)

    account, waited = await books.row(former), (await books.row(setup)).account_id
    assert (account.status, account.payment_token, account.nickname) == ("ACTIVE", token, "Ufficio")
    assert waited == former.id
    assert (await books.row(scene.service)).renewal_account_id == former.id
    statuses = [row.status for row in await books.rows(tables.PayPalAccount)]
    assert statuses.count(PayPalAccountStatus.ACTIVE) == 2


async def test_an_account_still_to_be_forgotten_at_paypal_is_not_taken_up_under_another_token(books: Books) -> None:
    scene = SetupScene()
    setup = await scene.begin(books)
    leaving = make_account(scene.customer, payer_id="PAYER-NEW", status=PayPalAccountStatus.REMOVED)
    await store(books.database, leaving)

    await books.apply(complete_setup, setup_id=setup.id, token=kept(), now=NOW)

    assert (await books.row(leaving)).status is PayPalAccountStatus.REMOVED
    assert (await books.row(setup)).account_id != leaving.id


async def test_a_renewal_that_is_on_with_the_account_is_not_announced_again(books: Books) -> None:
    scene = SetupScene()
    setup = await scene.begin(books)
    former = make_account(scene.customer, payment_token="token-kept")
    await store(books.database, former)
    async with books.database.write() as session:
        service = await session.get_one(tables.Service, scene.service.id)
        service.auto_renewal, service.renewal_account_id = AutoRenewalStatus.ON, former.id

    await books.apply(complete_setup, setup_id=setup.id, token=kept(), now=NOW)

    assert await kinds(books) == [EmailKind.ACCOUNT_REGISTERED]


async def test_an_account_kept_after_the_end_is_forgotten_at_paypal(books: Books) -> None:
    setup = await SetupScene().begin(books)
    await books.apply(give_up_setup, setup_id=setup.id, outcome=SetupOutcome.EXPIRED, now=NOW)
    books.owed.clear()

    await twice(books, complete_setup, setup_id=setup.id, token=kept(), now=NOW)

    account = await account_of(books, setup)
    assert (account.status, account.payment_token) == (PayPalAccountStatus.REMOVED, "token-kept")
    assert [job for job, _ in books.owed.values()] == [Job.FORGET_ACCOUNT]
    assert (await books.rows(tables.Consent), await kinds(books)) == ([], [])


async def test_an_account_kept_after_the_end_that_is_in_use_stays(books: Books) -> None:
    scene = SetupScene()
    setup = await scene.begin(books)
    await books.apply(give_up_setup, setup_id=setup.id, outcome=SetupOutcome.REPLACED, now=NOW)
    before = await books.snapshot()

    await books.apply(complete_setup, setup_id=setup.id, token=kept(scene.account.payment_token or ""), now=NOW)

    assert await books.snapshot() == before


async def test_while_the_owner_may_still_approve_there_is_another_look(books: Books) -> None:
    setup = await SetupScene().begin(books)
    waiting = {"setup_id": setup.id, "renew_key": True, "watch": WATCH}

    await books.apply(await_setup_longer, **waiting, now=NOW)

    assert (await books.row(setup)).keep_request_id == f"{setup.id}-keep-3"
    assert books.owed[f"setup-look-{setup.id}-3"] == (Job.REGISTER_ACCOUNT, timedelta(seconds=80))


async def test_after_three_days_it_is_over(books: Books) -> None:
    setup = await SetupScene().begin(books)
    waiting = {"setup_id": setup.id, "renew_key": False, "watch": WATCH}

    for _ in range(2):
        await books.apply(await_setup_longer, **waiting, now=setup.approval_expires_at)

    assert (await books.row(setup)).outcome is SetupOutcome.EXPIRED
    assert await books.apply(read_setup, setup_id=setup.id) is None


async def test_a_refusal_ends_it_once_and_a_visit_afterwards_owes_nothing(books: Books) -> None:
    setup = await SetupScene().begin(books)
    visiting = {"return_key": setup.return_key, "setup_token": "SETUP-1"}

    await twice(books, take_refusal, **visiting, now=NOW)
    owed = dict(books.owed)
    await books.apply(welcome_owner, **visiting, now=NOW)

    assert (await books.row(setup)).outcome is SetupOutcome.REFUSED
    assert books.owed == owed


async def test_a_refusal_after_the_end_changes_nothing(books: Books) -> None:
    setup = await SetupScene().begin(books)
    await books.apply(complete_setup, setup_id=setup.id, token=kept(), now=NOW)
    before = await books.snapshot()

    await books.apply(take_refusal, return_key=setup.return_key, setup_token=None, now=LATER)

    assert await books.snapshot() == before


@pytest.mark.parametrize(("minutes", "overdue"), [(10, 1), (0, 0)])
async def test_the_sweep_owes_a_look_that_was_lost(books: Books, minutes: int, overdue: int) -> None:
    setup = await SetupScene().begin(books)
    before = NOW + timedelta(minutes=minutes)

    counts = [await books.apply(owe_overdue_setup_looks, before=before, now=before) for _ in range(2)]

    assert counts == [overdue, 0]
    assert (f"setup-look-{setup.id}-3" in books.owed) is bool(overdue)


@pytest.mark.parametrize(("paypal_customer", "looks"), [("PP1", 1), ("ELSE", 0), (None, 0)])
async def test_news_of_a_kept_account_leads_to_the_registration_of_its_customer(
    books: Books, paypal_customer: str | None, looks: int
) -> None:
    setup = await SetupScene().begin(books)
    news: dict[str, Any] = {"id": "WH-1", "event_type": "VAULT.PAYMENT-TOKEN.CREATED", "resource_id": "token-kept"}
    times: dict[str, Any] = {"transmission_id": "t-1", "transmitted_at": NOW, "received_at": NOW}
    await store(books.database, tables.WebhookEvent(**news, **times))
    token = kept().model_copy(update={"customer_id": paypal_customer})

    for now in (NOW, LATER):
        event = ReceivedEvent(**news, order_id=None)
        await books.apply(follow_kept_account, event=event, token=token, now=now)

    assert [key for key in books.owed if key.startswith("webhook-")] == [f"webhook-WH-1-{setup.id}"] * looks
