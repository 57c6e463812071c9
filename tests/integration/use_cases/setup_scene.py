"""A registration without a purchase in the middle of its life, stored with everything around it."""

from datetime import timedelta
from typing import Any

from gateways.paypal.messages import PaymentToken
from gateways.paypal.setup_tokens import SetupToken
from models import tables
from tests.factories import NOW, make_account, make_customer, make_service, store
from tests.integration.use_cases.books import Books
from tests.integration.use_cases.scene import WATCH
from use_cases.register_paypal_account import AccountWish, register_paypal_account
from use_cases.select_account import NewAccount
from use_cases.settle_setup import record_setup_token

RETURN_URL = "https://area.example/conti"
LATER = NOW + timedelta(minutes=1)
OPENED = SetupToken.model_validate(
    {
        "id": "SETUP-1",
        "status": "PAYER_ACTION_REQUIRED",
        "customer": {"id": "PP1"},
        "links": [{"rel": "approve", "href": "https://paypal.example/agreements/approve", "method": "GET"}],
    }
)


def kept(token: str = "token-kept", *, payer_id: str = "PAYER-NEW") -> PaymentToken:
    """Return what PayPal says of an account that it has kept."""
    wallet = {"payer_id": payer_id, "email_address": "paola@payer.example"}
    return PaymentToken.model_validate({"id": token, "customer": {"id": "PP1"}, "payment_source": {"paypal": wallet}})


class SetupScene:
    """Mario, with one account and a PEC, registers another account on which the PEC shall renew."""

    def __init__(self, **service: Any) -> None:
        self.customer = make_customer()
        self.account = make_account(self.customer, is_default=True)
        self.service = make_service(self.customer, **service)

    async def begin(self, books: Books, *, opened: bool = True, **wish: Any) -> tables.AccountSetup:
        """Begin the registration; unless told otherwise, PayPal has opened its page."""
        await store(books.database, self.customer, self.account, self.service)
        setup = await self.ask(books, **wish)
        if opened:
            await books.apply(record_setup_token, **recording(setup))
        return setup

    async def ask(self, books: Books, *, now: Any = NOW, **wish: Any) -> tables.AccountSetup:
        """Ask for the registration."""
        return await books.apply(register_paypal_account, **self.asking(now=now, **wish))

    def asking(self, *, now: Any = NOW, nickname: str | None = None, make_default: bool = False, **wish: Any) -> Any:
        wished = AccountWish(
            account=NewAccount(nickname=nickname, make_default=make_default),
            **{"return_url": RETURN_URL, "renewals": (self.service.id,)} | wish,
        )
        return {
            "customer": self.customer,
            "wish": wished,
            "allowed_origins": {"https://area.example"},
            "watch_after": WATCH.worker_lost_after,
            "now": now,
        }


async def account_of(books: Books, setup: tables.AccountSetup) -> tables.PayPalAccount:
    """Return the account of a registration, both as they are now."""
    async with books.database.read() as session:
        now = await session.get_one(tables.AccountSetup, setup.id)
        return await session.get_one(tables.PayPalAccount, now.account_id)


def recording(setup: tables.AccountSetup, **changes: Any) -> dict[str, Any]:
    return {"setup_id": setup.id, "opened": OPENED, "failure": None, "watch": WATCH, "now": NOW} | changes
