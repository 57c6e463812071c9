"""A customer registers a PayPal account without a purchase, step by step."""

from dataclasses import dataclass
from typing import Any

from models import tables
from tests.factories import make_customer, make_price, make_service
from tests.harness.evidence import accounts
from tests.harness.journeys import RETURN_URL
from tests.harness.pages import Browser
from tests.harness.product import Client, Product


def wish(*services: tables.Service, nickname: str | None = None, default: bool = False, **more: Any) -> dict[str, Any]:
    """Return the input of ``registerPayPalAccount``; renewal of the services shall go on with the account."""
    account = {"nickname": nickname, "makeDefault": default}
    return {"account": account, "returnUrl": RETURN_URL, "enableRenewalFor": [each.id for each in services], **more}


@dataclass(frozen=True, kw_only=True)
class Newcomer:
    """A customer with a PEC until 8 March 2026, and no account yet."""

    product: Product
    client: Client
    customer: tables.Customer
    service: tables.Service

    async def ask(self, *services: tables.Service, **more: Any) -> Any:
        """Ask for the registration and return the answer."""
        return await self.client.run("register_paypal_account", input=wish(*services, **more))

    async def begin(self, *services: tables.Service, **more: Any) -> tuple[str, str]:
        """Begin a registration; return the account's id and PayPal's address."""
        answer = await self.ask(*services, **more)
        assert answer["__typename"] == "RegisterPayPalAccountPayload", answer
        return answer["account"]["id"], answer["approve"]["redirectUrl"]

    async def register(self, *services: tables.Service, payer: str = "pays", **more: Any) -> str:
        """Register an account with all that its owner does on PayPal's pages; return its id as the return names it."""
        account_id, approve_url = await self.begin(*services, **more)
        [setup] = [row for row in await self.product.rows(tables.AccountSetup) if row.account_id == account_id]
        browser = Browser()
        await browser.sign_in_and_accept(approve_url, payer=payer)
        assert browser.url.startswith(f"{RETURN_URL}?accountId=acc_")
        return (await self.end_of(setup)).account_id

    async def accounts(self, *statuses: str) -> list[dict[str, Any]]:
        """Return the accounts in these states as the customer sees them; all by default."""
        viewer = await self.client.run("paypal_accounts", status=list(statuses) or None)
        found: list[dict[str, Any]] = viewer["payPalAccounts"]
        return found

    async def active(self) -> list[dict[str, Any]]:
        return await accounts(self.client)

    async def setup(self) -> tables.AccountSetup:
        """Return the only registration, as it is stored."""
        found: tables.AccountSetup
        [found] = await self.product.rows(tables.AccountSetup)
        return found

    async def ended(self) -> tables.AccountSetup:
        """Wait until the only registration has ended."""
        return await self.end_of(await self.setup())

    async def end_of(self, setup: tables.AccountSetup) -> tables.AccountSetup:
        """Wait until a registration has ended."""

        async def has_ended() -> bool:
            return (await self.product.row(setup)).ended_at is not None

        await self.product.until(has_ended)
        found: tables.AccountSetup = await self.product.row(setup)
        return found


async def newcomer(product: Product, **service: Any) -> Newcomer:
    """Store a customer who has no account."""
    customer = make_customer()
    pec = make_service(customer, **service)
    await product.save(customer, pec, make_price())
    return Newcomer(product=product, client=await product.signed_in(customer), customer=customer, service=pec)


def vault_calls(product: Product) -> list[tuple[str, str, int]]:
    """Return the calls about the vault: method, kind of token, and the status of the answer."""
    calls = product.simulator.calls("/v3/vault")
    return [(call["method"], call["path"].split("/")[3], call["status"]) for call in calls]
