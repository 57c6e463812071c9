"""What goes wrong on our side of the line: tabs that know too little, strange visits, crashes and lost answers."""

from typing import Any

from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from gateways.mail.errors import MailRefused, MailUnavailable
from tests.property.machine import NEW, SOME, Payments, Tab
from tests.property.wire import CALLS, Trouble
from tests.property.world import PUBLIC_URL
from use_cases.cancel_order import cancel_order
from use_cases.cancel_payment import cancel_payment
from use_cases.errors import NotFound, PaymentStateConflict
from use_cases.remove_paypal_account import remove_paypal_account
from use_cases.select_account import select_account
from use_cases.set_auto_renewal import set_auto_renewal
from use_cases.visit_from_paypal import welcome_back

LOST_FOR = 6  # minutes: longer than a silent worker is waited for


class Tabs(Payments):
    """Several tabs and devices, each with knowledge of its own age."""

    trespassed = False

    @rule(tab=Payments.tabs, which=SOME, enabled=st.booleans(), at_once=st.booleans(), account=SOME)
    def renews(self, tab: Tab, which: int, enabled: bool, at_once: bool, account: int) -> None:
        """Keep or remove "Rinnovo automatico" in a payment, or switch it at once outside of any."""
        chosen = self.account(account)
        self.act(
            set_auto_renewal,
            customer=self.customer,
            service_id=self.shop.services[which % len(self.shop.services)].id,
            enabled=enabled,
            account_id=chosen if at_once and chosen != NEW else None,
            payment_id=None if at_once else tab.payment_id,
            guard=None,
        )

    @rule(which=SOME, heir=SOME)
    def removes(self, which: int, heir: int) -> None:
        """Remove a registered account; what renews on it goes on with another one, if one is named."""
        account, other = self.account(which), self.account(heir)
        if account != NEW:
            choice = None if other == NEW else other
            self.act(remove_paypal_account, customer=self.customer, account_id=account, move_renewals_to=choice)

    @rule(tab=Payments.tabs, whole_order=st.booleans())
    def gives_up(self, tab: Tab, whole_order: bool) -> None:
        """ "Annulla", the payment or the order with it; PayPal is asked first."""
        self.world.run(self.world.ask_before_cancel(tab.payment_id, customer_id=self.customer.id))
        if whole_order:
            self.act(cancel_order, customer_id=self.customer.id, order_id=tab.order.id)
        else:
            self.act(cancel_payment, customer_id=self.customer.id, payment_id=tab.payment_id)

    @precondition(lambda self: not self.trespassed)
    @rule(tab=Payments.tabs)
    def trespasses(self, tab: Tab) -> None:
        """Name what belongs to somebody else."""
        self.trespassed = True
        theirs, account = self.shop.foreign_payment.id, self.shop.foreign_account.id
        answers = (
            self.act(cancel_payment, customer_id=self.customer.id, payment_id=theirs),
            self.act(cancel_order, customer_id=self.customer.id, order_id=self.shop.foreign_order.id),
            self.act(select_account, customer_id=self.shop.stranger.id, payment_id=tab.payment_id, choice=account),
        )
        assert all(isinstance(answer, NotFound) for answer in answers), answers
        answer = self.act(select_account, customer_id=self.customer.id, payment_id=tab.payment_id, choice=account)
        assert isinstance(answer, NotFound | PaymentStateConflict), answer

    @precondition(lambda self: bool(self.begun()))
    @rule(which=SOME, more=st.sampled_from((-50, 250)))
    def price_changes(self, which: int, more: int) -> None:
        """The shop reprices an order that a tab shows at its old price."""
        order = self.begun()[which % len(self.begun())]
        self.world.run(self.world.reprice(order["id"], more_cents=more))


class Visits(Payments):
    """Payers who turn back, come twice, or were never sent."""

    @rule(link=Payments.links, target=Payments.addresses)
    def turns_away(self, link: str) -> Any:
        """ "Annulla e torna"."""
        address = self.world.run(self.world.paypal.turn_away(link))
        self.visit(address)
        return address

    @rule(address=Payments.addresses, forged=st.booleans())
    def comes_back(self, address: str, forged: bool) -> None:
        """Come back from PayPal late, or once more; or with the token of another order."""
        if not forged:
            self.visit(address)
        elif address.startswith(PUBLIC_URL):
            key = address.partition("attempt=")[2].partition("&")[0]
            answer = self.act(welcome_back, return_key=key, order_token="5O190127TN364715T")
            assert isinstance(answer, NotFound), answer


class Crashes(Payments):
    """Processes that die, workers that hang, answers that are lost, and servers that are down."""

    @precondition(lambda self: bool(self.due()))
    @rule(which=SOME)
    def dies(self, which: int) -> None:
        """The process dies in a step: its work is done, or about to be committed, and no record is written."""
        owed = self.one_due(which)
        note(f"    {owed.key}: {self.world.run(self.world.engine.step(owed, dies=True))}")
        self.world.run(self.world.crash())

    @precondition(lambda self: bool(self.world.engine.running))
    @rule()
    def restarts(self) -> None:
        """The process dies between two steps."""
        self.world.run(self.world.crash())

    @precondition(lambda self: bool(self.due()))
    @rule(which=SOME, steps=st.integers(0, 2))
    def stalls(self, which: int, steps: int) -> None:
        """A worker hangs after some steps of its job, for so long that the others take it for lost."""
        owed = self.one_due(which)
        for _ in range(steps):
            if owed in self.world.engine.due():
                note(f"    {owed.key}: {self.world.run(self.world.engine.step(owed))}")
        self.stalled.add(owed.key)
        self.world.clock.advance(minutes=LOST_FOR)

    @precondition(lambda self: bool(self.stalled))
    @rule()
    def wakes(self) -> None:
        """The workers that have been hanging go on."""
        self.stalled.clear()

    @precondition(lambda self: bool(self.due()) and not self.world.paypal.troubled)
    @rule(call=st.sampled_from(tuple(CALLS)), trouble=st.sampled_from(Trouble), times=st.integers(1, 3))
    def line_fails(self, call: str, trouble: Trouble, times: int) -> None:
        """Something happens to the next calls of a kind."""
        self.world.run(self.world.paypal.fail(call, trouble, times=times))

    @precondition(lambda self: self.world.paypal.troubled)
    @rule()
    def line_recovers(self) -> None:
        """Everything arrives again, also what the client has long given up."""
        self.world.run(self.world.paypal.recover())
        self.world.run(self.world.paypal.wire.deliver_late())

    @precondition(lambda self: bool(self.due()) and not self.world.mail.failures)
    @rule(failure=st.sampled_from((MailUnavailable, MailRefused)), times=st.integers(1, 2))
    def mail_fails(self, failure: type[MailUnavailable] | type[MailRefused], times: int) -> None:
        self.world.mail.failures.extend([failure] * times)
