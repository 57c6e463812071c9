"""What happens at PayPal without us, and how we hear of it: decisions, refunds, late money, webhooks of all kinds."""

import json
from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.property.books import Row
from tests.property.machine import SOME, Payments
from tests.property.trouble import Crashes, Tabs, Visits
from use_cases.refund_payment import refund_payment

LIES = (
    "CHECKOUT.ORDER.APPROVED",
    "PAYMENT.CAPTURE.COMPLETED",
    "PAYMENT.CAPTURE.DENIED",
    "PAYMENT.CAPTURE.REFUNDED",
)
FORGERIES = ("expired", "foreign", "misnamed", "borrowed")  # certificates not PayPal's, or its signature of other words


class Webhooks(Payments):
    """News from PayPal that comes late, twice, in another order, or not from PayPal."""

    lies = 0

    @precondition(lambda self: self.world.paypal.told_of_something())
    @rule(which=SOME, again=st.booleans())
    def news_comes(self, which: int, again: bool) -> None:
        """One of the webhooks that PayPal has for us arrives, whichever it is; perhaps not for the first time."""
        heard = [each for each in self.world.run(self.world.paypal.hear()) if again or not each.delivered]
        if heard:
            news = heard[which % len(heard)]
            headers = self.world.run(self.world.paypal.headers_of(news))
            news.delivered = True
            note(f"    {news.event_type} {news.event_id}")
            assert self.world.run(self.world.deliver(news.body, headers)) == 200

    @precondition(lambda self: self.lies < 2 and bool(self.world.paypal.records("order")))
    @rule(which=SOME, lie=st.sampled_from(LIES), certificate=st.sampled_from(("genuine", *FORGERIES)))
    def news_lies(self, which: int, lie: str, certificate: str) -> None:
        """What PayPal never wrote; even with its signature, for that covers a checksum which can be steered."""
        orders = self.world.paypal.records("order")
        order = orders[which % len(orders)]
        self.lies += 1
        resource = {
            "id": order["id"] if lie.startswith("CHECKOUT") else order["capture_id"] or "3C679366HH908993F",
            "status": "COMPLETED",
            "amount": order["amount"],
            "custom_id": order["custom_id"],
            "supplementary_data": {"related_ids": {"order_id": order["id"]}},
        }
        body = json.dumps({"id": f"WH-LIE-{self.lies}", "event_type": lie, "resource": resource}).encode()
        known = self.audit.books.rows("webhook_events")
        headers = self.world.run(self.signed(body, certificate))
        status = self.world.run(self.world.deliver(body, headers))
        assert status == (200 if certificate == "genuine" else 400)
        assert certificate == "genuine" or self.audit.books.rows("webhook_events") == known

    async def signed(self, body: bytes, certificate: str) -> dict[str, str]:
        if certificate == "borrowed":
            return await self.world.paypal.signed(body.replace(b"WH-LIE", b"WH-TRUE"))
        return await self.world.paypal.signed(body, certificate=certificate)


class Decisions(Payments):
    """What PayPal, its payers and our operators decide, and the time they take."""

    def money(self) -> list[Row]:
        """Return the payments of which money may be with us."""
        return self.audit.books.rows("payments", status=("SUCCEEDED", "PENDING"))

    def ask(self, path: str, body: object = None, *, method: str = "POST") -> None:
        self.world.run(self.world.paypal.ask(method, path, body))

    @precondition(lambda self: bool(self.money()))
    @rule(which=SOME, cents=st.sampled_from((None, 500, 100_000)))
    def operator_refunds(self, which: int, cents: int | None) -> None:
        """Somebody of ours gives back a payment, or a part of it, or tries to give back more."""
        payment = self.money()[which % len(self.money())]
        self.act(refund_payment, payment_id=payment["id"], cents=cents, note="Ci scusiamo.")

    @precondition(lambda self: bool(self.world.paypal.refundable()))
    @rule(which=SOME, way=st.sampled_from(("all", "part", "chargeback")))
    def refunded_at_paypal(self, which: int, way: str) -> None:
        """Somebody gives money back at PayPal's own site, or the payer's bank takes it back."""
        captures = self.world.paypal.refundable()
        capture: dict[str, Any] = captures[which % len(captures)]
        part = {"amount": {"currency_code": "EUR", "value": "0.50"}} if way == "part" else {}
        self.ask(f"/captures/{capture['id']}/{'reverse' if way == 'chargeback' else 'refund'}", part)

    @precondition(lambda self: bool(self.world.paypal.uncaptured()))
    @rule(which=SOME)
    def money_comes_late(self, which: int) -> None:
        """An order is paid at PayPal after all, whatever was said of it, and nobody is told at once."""
        orders = self.world.paypal.uncaptured()
        self.ask(f"/orders/{orders[which % len(orders)]['id']}/capture", {"payer_email": "pays@payer.example"})

    @precondition(lambda self: bool(self.world.paypal.pending()))
    @rule(which=SOME, granted=st.booleans())
    def paypal_decides(self, which: int, granted: bool) -> None:
        """PayPal lets money go that it has held, to us or back to the payer, or it does not."""
        held = self.world.paypal.pending()
        self.world.run(self.world.paypal.decide(held[which % len(held)], granted=granted))

    @precondition(lambda self: bool(self.world.paypal.living_tokens()))
    @rule(which=SOME)
    def payer_revokes(self, which: int) -> None:
        """The payer cancels, at PayPal, the agreement by which an account is charged."""
        tokens = self.world.paypal.living_tokens()
        self.ask(f"/payment-tokens/{tokens[which % len(tokens)]}", method="DELETE")

    @precondition(lambda self: bool(self.world.engine.owed()))
    @rule(hours=st.sampled_from((1, 3.1, 7, 30)))
    def clock_jumps(self, hours: float) -> None:
        self.world.clock.advance(hours=hours)


class Everything(Tabs, Visits, Webhooks, Crashes, Decisions):
    """All of it at once."""


MACHINES: dict[str, type[Payments]] = {
    "tabs": Tabs,
    "visits": Visits,
    "webhooks": Webhooks,
    "crashes": Crashes,
    "decisions": Decisions,
    "everything": Everything,
}
