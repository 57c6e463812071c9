"""How often one may fail to sign in, one after the other or all at once."""

import asyncio
import threading
from dataclasses import dataclass, field

import pytest
from argon2 import PasswordHasher

from tests.acceptance.conftest import Launch
from tests.factories import make_customer
from tests.harness.product import Product, document, told
from tests.harness.refusals import unchanged
from use_cases.sign_in import HASHES_AT_ONCE, Passwords

LOGIN, PASSWORD = "123456@saldo.example", "Tre cavalli bianchi"
STRANGER = "654321@saldo.example"
CHEAP = PasswordHasher(time_cost=1, memory_cost=1024)


@dataclass
class Hashing:
    """Counts the passwords that are looked at, and how many of them at the same time."""

    looked_at: int = 0
    under_way: int = 0
    most: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def begin(self) -> None:
        with self.lock:
            self.looked_at += 1
            self.under_way += 1
            self.most = max(self.most, self.under_way)

    def end(self) -> None:
        with self.lock:
            self.under_way -= 1


@pytest.fixture
def hashing(monkeypatch: pytest.MonkeyPatch) -> Hashing:
    counted, genuine = Hashing(), PasswordHasher.verify

    def counting(hasher: PasswordHasher, stored: str, password: str) -> bool:
        counted.begin()
        try:
            return genuine(hasher, stored, password)
        finally:
            counted.end()

    monkeypatch.setattr(PasswordHasher, "verify", counting)
    return counted


async def enrolled(product: Product, hasher: PasswordHasher = CHEAP) -> None:
    await product.save(make_customer(username=LOGIN, password_hash=Passwords(hasher).hash(PASSWORD)))


async def attempt(product: Product, password: str = PASSWORD, username: str = LOGIN) -> dict[str, object]:
    response = await product.anonymous().post(document("sign_in"), username=username, password=password)
    found: dict[str, object] = told(response)["data"]["signIn"]
    return found


async def test_after_five_failures_a_login_waits_whatever_the_password(product: Product) -> None:
    await enrolled(product)

    failures = [await attempt(product, "wrong") for _ in range(5)]
    async with unchanged(product):
        right = await attempt(product)
    unknown = [await attempt(product, "wrong", "654321@saldo.example") for _ in range(5)]
    product.clock.advance(seconds=30)
    again = await attempt(product)

    told_to_wait = {**failures[0], "retryable": False}
    assert [each == told_to_wait for each in failures[:4]] == [True] * 4
    assert failures == unknown  # which logins exist is not told
    assert right["__typename"] == "InvalidCredentialsError"
    assert again["__typename"] == "SignInPayload"


async def test_the_wait_is_told_in_seconds(product: Product) -> None:
    customer = make_customer()
    await product.save(customer)
    client = await product.signed_in(customer)  # who may send a text of its own
    text = """mutation ($u: String!, $p: String!) {
      signIn(username: $u, password: $p) { ... on InvalidCredentialsError { retryAfterSeconds } } }"""

    waits = [told(await client.post(text, u=LOGIN, p="wrong"))["data"]["signIn"] for _ in range(7)]

    assert [each["retryAfterSeconds"] for each in waits] == [None, None, None, None, 30, 30, 30]


async def test_an_address_that_fails_with_many_logins_waits_too(product: Product) -> None:
    await enrolled(product)

    for number in range(30):
        await attempt(product, "wrong", f"{number}@saldo.example")
    right = await attempt(product)
    product.clock.advance(seconds=30)
    again = await attempt(product)

    assert (right["__typename"], again["__typename"]) == ("InvalidCredentialsError", "SignInPayload")


@pytest.mark.parametrize("username", [LOGIN, STRANGER])
async def test_of_guesses_sent_all_at_once_five_are_looked_at(
    product: Product, hashing: Hashing, username: str
) -> None:
    await enrolled(product, PasswordHasher())

    async with unchanged(product):
        answers = await asyncio.gather(
            *(attempt(product, "wrong", username) for _ in range(19)), attempt(product, PASSWORD, username)
        )
    product.clock.advance(seconds=29)
    early = await attempt(product)
    product.clock.advance(seconds=1)
    later = await attempt(product)

    assert [each["__typename"] for each in answers] == ["InvalidCredentialsError"] * 20
    assert early["__typename"] == ("InvalidCredentialsError" if username == LOGIN else "SignInPayload")
    assert later["__typename"] == "SignInPayload"
    assert hashing.looked_at == (6 if username == LOGIN else 7)


async def test_of_guesses_at_many_logins_sent_all_at_once_an_address_has_thirty(
    launch: Launch, hashing: Hashing
) -> None:
    async with launch(requests_at_once=50) as product:
        answers = await asyncio.gather(*(attempt(product, "wrong", f"{number}@saldo.example") for number in range(40)))

    assert [each["__typename"] for each in answers] == ["InvalidCredentialsError"] * 40
    assert (hashing.looked_at, hashing.most) == (30, HASHES_AT_ONCE)


async def test_signing_in_is_no_failure_of_its_address(product: Product) -> None:
    await enrolled(product)
    for number in range(29):
        await attempt(product, "wrong", f"{number}@saldo.example")

    before = [await attempt(product) for _ in range(3)]
    await attempt(product, "wrong", STRANGER)
    waiting = await attempt(product)
    product.clock.advance(seconds=30)
    after = [await attempt(product) for _ in range(3)]

    assert [each["__typename"] for each in before] == ["SignInPayload"] * 3
    assert waiting["__typename"] == "InvalidCredentialsError"
    assert [each["__typename"] for each in after] == ["SignInPayload"] * 3
