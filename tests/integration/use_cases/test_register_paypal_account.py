"""A registration without a purchase is begun: what is stored before any call, and what a second wish does."""

from datetime import timedelta
from typing import Any

import pytest

from models import enums, tables
from models.enums import Job, PayPalAccountStatus, SetupOutcome
from tests.factories import NOW, make_account, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.setup_scene import LATER, SetupScene, account_of
from use_cases.errors import AutoRenewalNotAllowed, InvalidInput, NotFound, Refusal


async def refusal(books: Books, scene: SetupScene, **wish: Any) -> Refusal:
    """Return why a wish is refused, having made sure that it has changed nothing and owes nothing."""
    before = await books.snapshot()
    with pytest.raises(Refusal) as refused:
        await scene.ask(books, **wish)
    assert (await books.snapshot(), books.owed) == (before, {})
    return refused.value


async def stored(books: Books, scene: SetupScene) -> SetupScene:
    await store(books.database, scene.customer, scene.account, scene.service)
    return scene


async def test_the_request_ids_and_the_work_are_stored_with_the_account_that_waits(books: Books) -> None:
    scene = await stored(books, SetupScene())

    setup = await scene.ask(books, nickname=" Ufficio ")

    assert (setup.create_request_id, setup.keep_request_id) == (f"{setup.id}-create", f"{setup.id}-keep-1")
    assert (setup.approval_expires_at, setup.looks) == (NOW + timedelta(days=3), 1)
    account = await account_of(books, setup)
    assert (account.id, account.status, account.nickname) == (setup.account_id, "PENDING_APPROVAL", "Ufficio")
    assert [row.service_id for row in await books.rows(tables.SetupRenewal)] == [scene.service.id]
    assert books.owed == {
        f"setup-{setup.id}": (Job.REGISTER_ACCOUNT, None),
        f"setup-look-{setup.id}-1": (Job.REGISTER_ACCOUNT, timedelta(minutes=5)),
    }
    assert books.told[f"setup-look-{setup.id}-1"] == (setup.id, 1)


async def test_the_same_wish_again_is_the_same_registration(books: Books) -> None:
    scene = await stored(books, SetupScene())
    first = await scene.ask(books)
    once = await books.snapshot()

    again = await scene.ask(books, now=LATER)

    assert again.id == first.id
    assert await books.snapshot() == once


@pytest.mark.parametrize(
    "other", [{"nickname": "Casa"}, {"make_default": True}, {"renewals": ()}, {"return_url": "https://area.example/"}]
)
async def test_another_wish_replaces_the_one_before(books: Books, other: dict[str, Any]) -> None:
    scene = await stored(books, SetupScene())
    first = await scene.ask(books)

    second = await scene.ask(books, now=LATER, **other)

    former = await books.row(first)
    assert (second.id != first.id, former.outcome, former.ended_at) == (True, SetupOutcome.REPLACED, LATER)
    statuses = sorted(account.status for account in await books.rows(tables.PayPalAccount))
    assert statuses == ["ACTIVE", PayPalAccountStatus.PENDING_APPROVAL, PayPalAccountStatus.REMOVED]


async def test_one_that_is_nearly_over_is_not_handed_back(books: Books) -> None:
    scene = await stored(books, SetupScene())
    first = await scene.ask(books)

    again = await scene.ask(books, now=first.approval_expires_at - timedelta(minutes=59))

    assert again.id != first.id


async def test_a_service_of_somebody_else_is_not_found_whatever_else_is_wrong(books: Books) -> None:
    scene = await stored(books, SetupScene(product=enums.Product.FIRMA_DIGITALE))
    stranger = await stored(books, SetupScene())

    refused = await refusal(books, scene, renewals=(scene.service.id, stranger.service.id))

    assert isinstance(refused, NotFound)
    assert refused.path == ("input", "enableRenewalFor")


async def test_a_service_without_automatic_renewal_is_refused_with_the_reason(books: Books) -> None:
    scene = await stored(books, SetupScene(product=enums.Product.FIRMA_DIGITALE))

    refused = await refusal(books, scene)

    assert isinstance(refused, AutoRenewalNotAllowed)
    assert [block.code for block in refused.decision.blocks] == ["PRODUCT_EXCLUDED"]


async def test_the_account_to_be_registered_need_not_be_there_yet(books: Books) -> None:
    scene = SetupScene()
    scene.account.status, scene.account.is_default = PayPalAccountStatus.REVOKED, False
    await stored(books, scene)

    assert (await scene.ask(books)).outcome is None


@pytest.mark.parametrize(("accounts", "allowed"), [(18, True), (19, False)])
async def test_there_is_room_for_twenty_accounts(books: Books, accounts: int, allowed: bool) -> None:
    scene = await stored(books, SetupScene())
    more = [make_account(scene.customer) for _ in range(accounts)]
    gone = [make_account(scene.customer, status=status) for status in (PayPalAccountStatus.REVOKED, "REMOVED")]
    await store(books.database, *more, *gone)

    if allowed:
        await scene.ask(books)
        await scene.ask(books, nickname="another wish: the first one makes room")
    else:
        refused = await refusal(books, scene)
        assert isinstance(refused, InvalidInput)
        assert (refused.path, refused.reason) == (("input", "account"), "too_many_accounts")


async def test_wishes_without_end_are_refused_until_the_next_day(books: Books) -> None:
    scene = await stored(books, SetupScene())
    for number in range(20):
        await scene.ask(books, nickname=f"wish {number}")
    owed = dict(books.owed)
    before = await books.snapshot()

    with pytest.raises(InvalidInput) as refused:
        await scene.ask(books, nickname="one too many")
    same = await scene.ask(books, nickname="wish 19")
    unchanged = await books.snapshot() == before

    assert (refused.value.path, refused.value.reason) == (("input", "account"), "too_many_registrations")
    assert (unchanged, books.owed, same.outcome) == (True, owed, None)
    assert (await scene.ask(books, nickname="tomorrow", now=NOW + timedelta(days=1))).id != same.id
