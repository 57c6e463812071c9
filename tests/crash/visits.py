"""What a customer, PayPal and an operator do while the product lives and dies, knowing nothing of it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

import httpx2

from models.database import Database
from tests.crash.keeper import Books
from tests.factories import NOW
from tests.harness.journeys import euros
from tests.harness.news import WEBHOOK_ID
from tests.harness.pages import Browser
from tests.harness.simulator import Simulator
from use_cases.refund_payment import refund_payment
from workflows.outbox import owing_from_outside

LOOK_SECONDS = 0.005
IDLE_LOOKS = 10
REDELIVERY_SECONDS = 60.0  # after which PayPal sends again what was not taken
STREAM = "x-stream"
CONFIRM = """mutation Confirm($input: ConfirmPaymentInput!) {
  confirmPayment(input: $input) { __typename ... on ConfirmPaymentPayload { payment { id status } } }
}"""
NOTE = "Ci scusiamo per il disguido."

IDLE = "SELECT NOT EXISTS (SELECT 1 FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED'))"
NOTHING_OWED = f"{IDLE} AND NOT EXISTS (SELECT 1 FROM emails WHERE status = 'QUEUED')"
STATUS = "SELECT status FROM payments WHERE id = :payment"
PAID = "SELECT status = 'SUCCEEDED' FROM payments WHERE id = :payment"
OPENED = "SELECT paypal_order_id, approve_url FROM payment_attempts WHERE payment_id = :payment"
ASKED = """
    SELECT payments.status = 'SUCCEEDED' OR payments.status = 'AWAITING_APPROVAL' AND declined = :declined
       AND NOT EXISTS (SELECT 1 FROM workflow_status WHERE status IN ('PENDING', 'ENQUEUED'))
    FROM payments JOIN payment_attempts ON payment_id = payments.id WHERE payments.id = :payment"""
REGISTERED = """
    SELECT paypal_accounts.status = 'ACTIVE' FROM payments JOIN paypal_accounts ON paypal_accounts.id = account_id
    WHERE payments.id = :payment"""
GIVEN_BACK = "SELECT status = 'COMPLETED' FROM refunds WHERE payment_id = :payment"


@dataclass(kw_only=True)
class Visit:
    """One payment under way, and a test that looks into the books to know when to go on."""

    http: httpx2.AsyncClient  # with the customer's session
    url: str
    books: Books
    simulator: Simulator
    payment_id: str
    restarted: Callable[[], bool] = lambda: False
    reloads: int = 0  # of the page that PayPal leads back to; each may count as one more approval after a decline

    async def confirm(self) -> None:
        """Press "Procedi" until it is answered: a client that got no answer sends the same again."""
        agreed = {"paymentId": self.payment_id, "expectedAmount": euros(3660), "idempotencyKey": "procedi"}
        request = {"query": CONFIRM, "variables": {"input": agreed}}
        while True:
            try:
                response = await self.http.post("/graphql", json=request, headers={STREAM: "POST confirmPayment"})
            except httpx2.TransportError:
                continue
            answer = response.json()
            assert answer["data"]["confirmPayment"]["__typename"] == "ConfirmPaymentPayload", answer
            return

    async def approve(self, payer: str, *, declined: bool = False) -> str | None:
        """Accept on PayPal's pages, once asked to; return the address that they lead back to, None if paid already."""
        await self.until(ASKED, declined=declined)
        if self.books.value(STATUS, payment=self.payment_id) == "SUCCEEDED":
            return None
        [(_, page)] = self.books.rows(OPENED, payment=self.payment_id)
        async with httpx2.AsyncClient(verify=False) as http:
            browser = Browser(http, shop=self.url)
            await browser.sign_in_and_accept(page, payer=payer)
        return browser.url

    async def come_back(self, address: str, *, reloading: bool) -> None:
        """Open the address that PayPal leads back to; one that does not load is tried again only when ``reloading``."""
        while True:
            try:
                response = await self.http.get(address, headers={STREAM: "GET return"})
            except httpx2.TransportError:
                if not reloading:
                    return
                self.reloads += 1
                continue
            assert response.status_code == 303, response.text
            return

    def subscribe(self, *event_types: str) -> None:
        """Let PayPal tell the product of such events from now on."""
        self.simulator.subscribe(f"{self.url}/webhooks/paypal", webhook_id=WEBHOOK_ID, event_types=event_types)

    async def give_back(self) -> None:
        """Have an operator give all of it back, as `python -m app.refund` does beside the running product."""
        database = Database(self.books.url)
        try:
            async with owing_from_outside(database), database.write() as session:
                await refund_payment(session, payment_id=self.payment_id, cents=None, note=NOTE, now=NOW)
        finally:
            await database.close()

    async def until(self, statement: str, *, job: str | None = None, **values: object) -> None:
        """Look into the books until they say so of the payment.

        Meanwhile work for that ``job`` falls due; and any work and all news, once a product that died is idle.
        """
        idle = 0
        while not self.books.value(statement, payment=self.payment_id, **values):
            idle = idle + 1 if self.restarted() and self.books.value(IDLE) else 0
            if job is not None:
                self.books.let_fall_due(job)
            if idle > IDLE_LOOKS:
                self.books.let_fall_due()
                self.simulator.advance(REDELIVERY_SECONDS)
                idle = 0
            await asyncio.sleep(LOOK_SECONDS)

    async def until_the_end(self) -> None:
        """Wait until PayPal has told all it has to tell, and nothing is owed to anybody."""
        while any(delivery["status"] == "WAITING" for delivery in self.simulator.deliveries()):
            if self.restarted():
                self.simulator.advance(REDELIVERY_SECONDS)
            await asyncio.sleep(5 * LOOK_SECONDS)
        await self.until(NOTHING_OWED)
