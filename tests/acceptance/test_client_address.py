"""Whose failures are counted: an address is what the connection says, or what a proxy says that is trusted."""

from collections.abc import Sequence

from tests.acceptance.conftest import Launch
from tests.acceptance.test_guessing import CHEAP, LOGIN, PASSWORD, STRANGER, enrolled
from tests.harness.product import Product, document, told

REFUSED, SIGNED_IN = "InvalidCredentialsError", "SignInPayload"
MANY_IPV4 = [f"203.0.113.{host}" for host in range(30)]
ONE_HOUSE = [f"2001:db8:0:1::{host:x}" for host in range(30)]


async def attempt(product: Product, forwarded_for: str, username: str = STRANGER, password: str = PASSWORD) -> str:
    client = product.anonymous(**{"X-Forwarded-For": forwarded_for})
    response = await client.post(document("sign_in"), username=username, password=password)
    answer: str = told(response)["data"]["signIn"]["__typename"]
    return answer


async def fail(product: Product, addresses: Sequence[str]) -> None:
    """Fail once from each address, with as many logins."""
    for number, address in enumerate(addresses):
        await attempt(product, address, f"{number}@saldo.example", "wrong")


async def test_an_invented_address_is_not_believed(product: Product) -> None:
    await enrolled(product, CHEAP)

    await fail(product, MANY_IPV4)

    assert await attempt(product, "203.0.113.77", LOGIN) == REFUSED


async def test_behind_a_trusted_proxy_each_customer_has_an_address_of_its_own(launch: Launch) -> None:
    async with launch(trusted_proxies=("127.0.0.1",)) as product:
        await enrolled(product, CHEAP)

        await fail(product, ["203.0.113.1"] * 30)

        assert await attempt(product, "203.0.113.1", LOGIN) == REFUSED
        assert await attempt(product, "203.0.113.2, 203.0.113.1", LOGIN) == REFUSED  # the proxy adds the last one
        assert await attempt(product, "203.0.113.2", LOGIN) == SIGNED_IN


async def test_a_proxy_behind_another_is_passed_over(launch: Launch) -> None:
    async with launch(trusted_proxies=("127.0.0.0/8", "10.1.0.0/16")) as product:
        await enrolled(product, CHEAP)

        await fail(product, ["203.0.113.1, 10.1.2.3"] * 30)

        assert await attempt(product, "203.0.113.1, 10.1.2.4", LOGIN) == REFUSED
        assert await attempt(product, "203.0.113.2, 10.1.2.3", LOGIN) == SIGNED_IN


async def test_the_addresses_of_one_ipv6_network_are_one(launch: Launch) -> None:
    async with launch(trusted_proxies=("127.0.0.1",)) as product:
        await enrolled(product, CHEAP)

        await fail(product, ONE_HOUSE)

        assert await attempt(product, "2001:db8:0:1:ffff:ffff:ffff:ffff", LOGIN) == REFUSED
        assert await attempt(product, "2001:db8:0:2::1", LOGIN) == SIGNED_IN
