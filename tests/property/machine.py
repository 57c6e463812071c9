"""A payment as a state machine: what a customer, a payer and the workers do when nothing goes wrong."""

import sys
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx2
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, multiple, precondition, rule

from models import enums, tables
from models.money import Money
from schema.payment_actions import ApproveOnPayPalAction
from tests.harness.stepping import Owed
from tests.property.answers import look_at
from tests.property.audit import Audit
from tests.property.books import Row
from tests.property.reckoning import WAITS_FOR_THE_CUSTOMER, compare, settle_down
from tests.property.shop import PAYERS, Shop, tell_paypal
from tests.property.world import PUBLIC_URL, World
from use_cases.confirm_payment import confirm_payment
from use_cases.errors import AmountChanged
from use_cases.select_account import NewAccount, select_account
from use_cases.start_payment import PaymentRequest, StartedPayment, start_payment
from use_cases.visit_from_paypal import take_cancellation, welcome_back

Value = TypeVar("Value")

FRONT_END = "https://area.example"
NEW = "new"
SOME = st.integers(0, 11)  # which of several: taken modulo how many there are
ENOUGH = 100  # jobs that are due at one instant and each owe the next one


@dataclass(kw_only=True)
class Tab:
    """A page of the front end, on whatever device: it knows what it was last told."""

    name: str
    order: tables.Order
    payment_id: str
    cents: int


class Payments(RuleBasedStateMachine):
    """A customer pays, a payer approves, workers work, and time passes."""

    tabs: Bundle[Tab] = Bundle("tabs")
    links: Bundle[str] = Bundle("links")  # PayPal's pages that the front end was told to go to
    addresses: Bundle[str] = Bundle("addresses")  # where PayPal has sent the browser

    world: World  # of the class: it outlives the examples
    shop: Shop
    audit: Audit

    def __init__(self) -> None:
        super().__init__()
        self.began = False
        self.opened = 0
        self.stalled: set[str] = set()  # jobs whose worker hangs

    # What the rules are made of.

    @property
    def customer(self) -> tables.Customer:
        return self.shop.customer

    def act(self, operation: Any, **values: Any) -> Any:
        """Call a use case and return its answer, also a refusal; no two requests come at the same instant."""
        self.world.clock.advance(milliseconds=1)
        answer = self.world.run(self.world.attempt(operation, **values, now=self.world.clock()))
        if isinstance(answer, Exception):
            note(f"    refused: {type(answer).__name__} {answer}")
        return answer

    async def observe(self) -> None:
        for payment_id in self.audit.check():
            await look_at(self.world, payment_id)

    def watch(self, call: str, request: httpx2.Request) -> None:
        taken = (
            {capture["order_id"] for capture in self.world.paypal.records("capture")} if call == "capture" else set()
        )
        self.audit.check_call(call, request, taken=taken)

    def order(self, which: int) -> tables.Order:
        return self.shop.orders[which % len(self.shop.orders)]

    def account(self, which: int) -> str:
        """Return one of the customer's accounts, or the word for a new one."""
        known = [row["id"] for row in self.audit.books.rows("paypal_accounts", customer_id=self.customer.id)]
        return str([NEW, *known][which % (len(known) + 1)])

    def begun(self) -> list[Row]:
        """Return the orders that somebody has begun to pay and nobody has confirmed."""
        begun = {row["order_id"] for row in self.audit.books.rows("payments", status=WAITS_FOR_THE_CUSTOMER)}
        return self.audit.books.rows("orders", customer_id=self.customer.id, id=begun)

    def asked(self) -> list[str]:
        """Return PayPal's pages for the payments that wait for an approval at this moment."""
        waiting = {row["id"] for row in self.audit.books.rows("payments", status="AWAITING_APPROVAL")}
        attempts = self.audit.books.rows("payment_attempts", payment_id=waiting)
        return [attempt["approve_url"] for attempt in attempts if attempt["approve_url"]]

    def due(self) -> list[Owed]:
        """Return the jobs that the workers can go on with."""
        return [owed for owed in self.world.engine.due() if owed.key not in self.stalled]

    def one_due(self, which: int) -> Owed:
        due = self.due()
        return due[which % len(due)]

    def visit(self, address: str) -> None:
        """Let the browser go where PayPal has sent it."""
        if not address.startswith(PUBLIC_URL):
            return
        claims = dict(parse_qsl(urlsplit(address).query))
        operation = welcome_back if urlsplit(address).path == "/paypal/return" else take_cancellation
        self.act(operation, return_key=claims["attempt"], order_token=claims["token"])

    # What may happen.

    @initialize(
        target=tabs,
        payers=st.tuples(st.sampled_from(PAYERS), st.sampled_from(PAYERS)),
        unique_invoice_ids=st.booleans(),
        begun=st.sampled_from(("nothing", "confirmed", "worked off")),
        account=SOME,
    )
    def day_begins(self, payers: tuple[str, str], unique_invoice_ids: bool, begun: str, account: int) -> Any:
        """Open the shop; most stories begin with a payment that has been confirmed, or also carried out."""
        self.world.engine.observe = None
        self.world.run(self.world.begin(unique_invoice_ids=unique_invoice_ids))
        self.world.run(tell_paypal(self.world, self.shop, payers=payers))
        self.audit.begin(stranger_id=self.shop.stranger.id)
        self.world.engine.observe = self.observe
        self.world.paypal.wire.watch = self.watch
        self.began = True
        if begun == "nothing":
            return multiple()
        tab = self.hurries(0, account)
        if begun == "worked off":
            self.works_it_all_off()
        return tab

    @rule(target=tabs, which=SOME, keyed=st.booleans())
    def opens(self, which: int, keyed: bool = False) -> Any:
        """ "Paga subito" in a new tab."""
        order = self.order(which)
        request = PaymentRequest(
            order_number=order.number,
            method=enums.PaymentMethod.PAYPAL,
            return_url=f"{FRONT_END}/pagamenti",
            idempotency_key=f"open-{order.number}" if keyed else None,
        )
        self.world.run(self.world.ask_about(customer_id=self.customer.id, order_id=order.id))
        answer = self.act(
            start_payment,
            customer_id=self.customer.id,
            request=request,
            allowed_origins=(FRONT_END,),
            renewal_default=True,
            payments_open=True,
        )
        if not isinstance(answer, StartedPayment):
            return multiple()
        self.opened += 1
        return Tab(
            name=f"tab {self.opened}",
            order=order,
            payment_id=answer.payment.id,
            cents=answer.payment.amount_cents,
        )

    @rule(tab=tabs, which=SOME, make_default=st.booleans())
    def selects(self, tab: Tab, which: int, make_default: bool = False) -> None:
        """Choose a registered account or "Nuovo account PayPal"."""
        account = self.account(which)
        choice = NewAccount(make_default=make_default) if account == NEW else account
        self.act(select_account, customer_id=self.customer.id, payment_id=tab.payment_id, choice=choice)

    @rule(tab=tabs, keyed=st.booleans())
    def confirms(self, tab: Tab, keyed: bool = False) -> None:
        """ "Procedi"; a tab that is told of another price shows that from then on."""
        self.world.run(self.world.ask_about(customer_id=self.customer.id, payment_id=tab.payment_id))
        answer = self.act(
            confirm_payment,
            customer_id=self.customer.id,
            payment_id=tab.payment_id,
            expected=Money(tab.cents),
            idempotency_key=tab.name if keyed else None,
            payments_open=True,
            watch_after=self.world.runtime.watch.worker_lost_after,
        )
        if isinstance(answer, AmountChanged):
            tab.cents = answer.actual.cents

    @rule(target=tabs, order=SOME, account=SOME)
    def hurries(self, order: int, account: int) -> Any:
        """Open, select and confirm without looking left or right."""
        tab = self.opens(order)
        if isinstance(tab, Tab):
            self.selects(tab, account)
            self.confirms(tab)
        return tab

    @rule(tab=tabs, target=links)
    def looks(self, tab: Tab) -> Any:
        """Ask how the payment stands; a link to PayPal is followed later, perhaps much later."""
        payment, action = self.world.run(look_at(self.world, tab.payment_id))
        note(f"    {payment.status}")
        return str(action.redirect_url) if isinstance(action, ApproveOnPayPalAction) else multiple()

    @rule(link=links, payer=st.sampled_from(PAYERS), comes_back=st.booleans(), target=addresses)
    def approves(self, link: str, payer: str, comes_back: bool) -> Any:
        """ "Accetta e continua"; the browser comes back at once, later, or never."""
        address = self.world.run(self.world.paypal.approve(link, payer=payer))
        if comes_back:
            self.visit(address)
        return address

    @precondition(lambda self: self.asked())
    @rule(which=SOME, payer=st.sampled_from(PAYERS), comes_back=st.booleans(), target=addresses)
    def follows_and_approves(self, which: int, payer: str, comes_back: bool) -> Any:
        """Go to PayPal as soon as the front end says so, and approve."""
        return self.approves(self.asked()[which % len(self.asked())], payer, comes_back)

    @precondition(lambda self: bool(self.due()))
    @rule(which=SOME)
    def works(self, which: int) -> None:
        """A worker does the next step of one job."""
        owed = self.one_due(which)
        note(f"    {owed.key}: {self.world.run(self.world.engine.step(owed))}")

    @precondition(lambda self: bool(self.due()))
    @rule()
    def works_it_all_off(self) -> None:
        """The workers do all that is due."""
        for _ in range(ENOUGH):
            if due := self.due():
                self.world.run(self.world.engine.finish(due[0]))
        assert not self.due(), "work without end at one instant"

    @precondition(lambda self: bool(self.due()))
    @rule(which=SOME)
    def works_to_the_end(self, which: int) -> None:
        """A worker does one job."""
        owed = self.one_due(which)
        note(f"    {owed.key}")
        self.world.run(self.world.engine.finish(owed))

    @precondition(lambda self: self.world.engine.owed())
    @rule(seconds=st.sampled_from((1, 30, 6 * 60)))
    def time_passes(self, seconds: int) -> None:
        self.world.clock.advance(seconds=seconds)

    def teardown(self) -> None:
        if sys.exc_info()[0] is None and self.began:  # the example itself has found nothing
            self.world.run(settle_down(self.world))
            compare(self.world, self.audit)
