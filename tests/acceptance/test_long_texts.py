"""Texts of any length: what is stored has a limit that is told, and what is only looked up is not found."""

import pytest

from models import tables
from models.enums import PaymentStatus
from tests.acceptance.test_refused_choices import invalid, not_found
from tests.factories import make_customer
from tests.harness.journeys import RETURN_URL, confirm, start
from tests.harness.product import Product
from tests.harness.refusals import open_desk, payment_in, unchanged
from use_cases.sign_in import Passwords

LONGEST_KEY, HUGE = 255, 200_000
KEY_TOO_LONG = invalid("input", "idempotencyKey", message="La chiave di idempotenza supera i 255 caratteri.")


@pytest.mark.parametrize("letter", ["k", "\u00e8", "\U0001f511"])
async def test_an_idempotency_key_has_at_most_255_characters(product: Product, letter: str) -> None:
    desk = await open_desk(product)
    longest, too_long = letter * LONGEST_KEY, letter * (LONGEST_KEY + 1)

    async with unchanged(product):
        refused = await start(desk.client, desk.order, idempotencyKey=too_long)
    accepted = [await start(desk.client, desk.order, idempotencyKey=longest) for _ in range(2)]

    assert refused == KEY_TOO_LONG
    assert [each["resumed"] for each in accepted] == [False, False]
    assert [each.key for each in await product.rows(tables.IdempotencyKey)] == [longest]


@pytest.mark.parametrize("length", [LONGEST_KEY + 1, HUGE])
async def test_nothing_is_confirmed_under_a_key_that_is_too_long(product: Product, length: int) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION)

    async with unchanged(product):
        refused = await confirm(desk.client, payment.id, desk.order, idempotencyKey="k" * length)
    confirmed = await confirm(desk.client, payment.id, desk.order, idempotencyKey="k" * LONGEST_KEY)

    assert refused == KEY_TOO_LONG
    assert confirmed["payment"]["status"] == "SUCCEEDED"


async def test_a_text_that_is_only_looked_up_is_unknown_at_any_length(product: Product) -> None:
    customer = make_customer(password_hash=Passwords().hash("Tre cavalli bianchi"))
    desk, huge = await open_desk(product), "9" * HUGE
    await product.save(customer)

    async with unchanged(product):
        by_number = await desk.client.run("start_payment", input={"order": {"number": huge}, "returnUrl": RETURN_URL})
        removed = await desk.client.run("remove_paypal_account", accountId=huge)
        logins = [
            await product.anonymous().run("sign_in", username=huge, password="wrong"),
            await product.anonymous().run("sign_in", username=customer.username, password=huge),
        ]

    assert (by_number["__typename"], by_number["path"]) == ("NotFoundError", ["input", "order", "number"])
    assert removed == not_found("accountId")
    assert [each["__typename"] for each in logins] == ["InvalidCredentialsError"] * 2
