"""A service whose automatic renewal is on, and how it stands in the course of its calendar."""

import asyncio
from dataclasses import dataclass
from datetime import date
from typing import Any

from models import tables
from models.enums import Product as Sold
from tests.factories import make_account, make_customer, make_price, make_service
from tests.harness.calendar import automatic_payments, comes
from tests.harness.product import Client, Product

WARNING, NOTICE, CHARGE = date(2025, 12, 8), date(2026, 2, 6), date(2026, 3, 1)
SECOND, THIRD, LAST, EXPIRY = date(2026, 3, 3), date(2026, 3, 5), date(2026, 3, 7), date(2026, 3, 8)
RENEWED = date(2027, 3, 8)


@dataclass
class Renewing:
    """A customer with one service that renews on the second of two accounts."""

    product: Product
    customer: tables.Customer
    other_account: tables.PayPalAccount
    account: tables.PayPalAccount
    service: tables.Service

    async def client(self) -> Client:
        """Return a front end of the customer; after a day, it is another session."""
        return await self.product.signed_in(self.customer)

    async def behave(self, payer: str) -> None:
        """Let the payer of the account behave otherwise from now on."""
        email = f"{self.first_behaviour}+{self.account.id}@payer.example"
        body = {"email": email, "behaviour": payer}
        await asyncio.to_thread(self.product.simulator.ask, "POST", "/payers", body)

    first_behaviour: str = "pays"

    async def announced(self) -> None:
        """Let the day of the notice come."""
        await comes(self.product, NOTICE)

    async def seen(self) -> Any:
        """Return the service as its owner sees it."""
        viewer = await (await self.client()).run("services")
        return next(each for each in viewer["services"]["nodes"] if each["id"] == self.service.id)

    async def flag(self) -> tuple[str, str | None, str]:
        """Return the status of the renewal, the account it charges and the expiry, as their owner sees them."""
        service = await self.seen()
        renewal = service["autoRenewal"]
        return renewal["status"], (renewal["account"] or {}).get("id"), service["expiresOn"]

    async def upcoming(self) -> list[Any]:
        """Return the charges that are coming, as their owner sees them."""
        viewer = await (await self.client()).run("upcoming_renewals")
        return [service["autoRenewal"]["nextCharge"] for service in viewer["upcomingRenewals"]["nodes"]]

    async def charges(self) -> list[str]:
        """Return the statuses of the automatic payments, oldest first."""
        return [payment.status.value for payment in await automatic_payments(self.product)]

    async def order(self) -> Any:
        """Return the only order of the service, as its owner sees it."""
        [order] = (await self.seen())["orders"]["nodes"]
        return order

    async def is_renewed(self) -> bool:
        """Tell whether the service has its new expiry."""
        return bool((await self.product.row(self.service)).expires_on != self.service.expires_on)

    async def order_row(self) -> tables.Order:
        """Return the only order, as it is stored."""
        [order] = await self.product.rows(tables.Order)
        return order  # type: ignore[no-any-return]

    def letters(self) -> list[str]:
        """Return the mails so far by what they are, in their order."""
        names = {
            "Servizio in scadenza": "warning",
            "Rinnovo automatico del servizio": "notice",
            "Rinnovo automatico non riuscito": "failed",
            "Il prezzo supera il tuo limite": "above",
            "Conferma pagamento": "paid",
            "Attivazione rinnovo automatico": "activated",
            "Disattivazione rinnovo automatico": "deactivated",
        }
        return [
            next((name for start, name in names.items() if subject.startswith(start)), subject)
            for subject in (str(message["Subject"]) for message in self.product.mailbox.messages)
        ]


async def renewing(running: Product, /, *, payer: str = "pays", priced: bool = True, **service: Any) -> Renewing:
    """Store a PEC that expires on 8 March 2026 and renews itself, its payer behaving so, and what it costs."""
    mario = make_customer()
    other, account = make_account(mario, is_default=True), make_account(mario)
    pec = make_service(mario, renews_on=account, **service)
    await running.save(mario)
    await running.register(other)
    await running.register(account, payer=payer)
    await running.save(pec)
    if priced:
        await running.save(make_price(product=service.get("product", Sold.PEC), term_years=pec.term_years))
    return Renewing(running, mario, other, account, pec, first_behaviour=payer)
