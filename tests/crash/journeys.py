"""The ways from "Procedi" to the mails, and back to the money."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from tests.crash.visits import ASKED, GIVEN_BACK, NOTHING_OWED, OPENED, PAID, REGISTERED, Visit

ALWAYS = 1000
REFUNDED = "PAYMENT.CAPTURE.REFUNDED"


async def pay_with_registered(visit: Visit) -> None:
    await visit.confirm()


async def pay_with_an_answer_lost(visit: Visit) -> None:
    """PayPal takes the money and its answer never arrives: only a look tells."""
    visit.simulator.fail("lost_answer", pattern="*/capture", times=ALWAYS)
    await visit.confirm()
    await visit.until(PAID, job="ADVANCE_PAYMENT")


async def pay_with_new(visit: Visit) -> None:
    """The browser is closed when the return does not load: nobody but the product itself can finish the payment."""
    await visit.confirm()
    address = await visit.approve("pays")
    await visit.come_back(address or "", reloading=False)


async def pay_with_account_kept_late(visit: Visit) -> None:
    """PayPal keeps the account only after it has been paid with it."""
    await visit.confirm()
    address = await visit.approve("vault-late")
    await visit.come_back(address or "", reloading=False)
    await visit.until(PAID)
    [(order_id, _)] = visit.books.rows(OPENED, payment=visit.payment_id)
    visit.simulator.finish_vault(order_id)
    await visit.until(REGISTERED, job="FINISH_REGISTRATION")


async def pay_after_a_decline(visit: Visit) -> None:
    """The bank declines, the payer approves once more; only the return tells that approval from the first one."""
    await visit.confirm()
    for declined in (False, True):
        address = await visit.approve("declined-once", declined=declined)
        if address is not None:
            await visit.come_back(address, reloading=True)


async def pay_and_stay_away(visit: Visit) -> None:
    """The browser never comes back: PayPal's news of the approval alone makes the product take the money."""
    visit.subscribe("*")
    await visit.confirm()
    await visit.until(ASKED, declined=False)
    [(order_id, _)] = visit.books.rows(OPENED, payment=visit.payment_id)
    visit.simulator.approve(order_id, payer_email="pays@payer.example")


async def pay_and_get_it_back(visit: Visit) -> None:
    """An operator gives the money back, and PayPal tells of it, too."""
    await visit.confirm()
    await visit.until(PAID)
    await visit.until(NOTHING_OWED)
    visit.subscribe(REFUNDED)
    await visit.give_back()
    await visit.until(GIVEN_BACK)


@dataclass(frozen=True, kw_only=True)
class Journey:
    """A way to pay, and what it consists of for the product."""

    name: str
    go: Callable[[Visit], Awaitable[None]]
    streams: tuple[str, ...]  # its requests and jobs; others may come up
    spared: tuple[str, ...] = ()  # those in which another journey kills the process already, or none need to
    registered: bool = False  # whether the account is
    captures: int = 1  # different ones that the payer's approvals lead to
    refunded: bool = False
    done: str = PAID  # what the books say of the payment when all is over
    dead_for: timedelta = timedelta(minutes=10)  # each time: every look that was put off has become due


SWEEPS = tuple(f"reconcile {n}" for n in range(1, 6))  # at the start of each life, for work that was lost
CONFIRMING = ("POST confirmPayment 1", "confirm 1")
RETURNING = ("GET return 1", "return 1")
RETURNING_AGAIN = ("GET return 2", "return 2")
TOLD = ("POST webhook 1", "event 1")
MAILS = ("email 1", "email 2")
NEWS_OF_WHAT_IS_KNOWN = tuple(f"{name} {n}" for name in ("POST webhook", "event", "webhook") for n in range(2, 7))

JOURNEYS = (
    Journey(
        name="registered account",
        go=pay_with_registered,
        streams=(SWEEPS[0], *CONFIRMING, *MAILS),
        spared=SWEEPS[1:],
        registered=True,
        dead_for=timedelta(0),  # the work that was interrupted must do, nothing else is due
    ),
    Journey(
        name="answer lost",
        go=pay_with_an_answer_lost,
        streams=(*CONFIRMING, "look 1", "look 2", *MAILS),
        spared=(*SWEEPS, *CONFIRMING, "look 1", *MAILS),  # it is overtaken, and does nothing
        registered=True,
    ),
    Journey(
        name="new account",
        go=pay_with_new,
        streams=(*CONFIRMING, *RETURNING, *MAILS),
        spared=(*SWEEPS, *MAILS),
    ),
    Journey(
        name="account kept late",
        go=pay_with_account_kept_late,
        streams=(*CONFIRMING, *RETURNING, "registration 1", *MAILS),
        spared=(*SWEEPS, *CONFIRMING, *RETURNING, *MAILS),
    ),
    Journey(
        name="declined once",
        go=pay_after_a_decline,
        streams=(*CONFIRMING, *RETURNING, *RETURNING_AGAIN, *MAILS),
        spared=(*SWEEPS, *CONFIRMING, *MAILS),
        captures=2,
    ),
    Journey(
        name="told by PayPal",
        go=pay_and_stay_away,
        streams=(*CONFIRMING, *TOLD, "webhook 1", *MAILS),
        spared=(*SWEEPS, *CONFIRMING, *MAILS, *NEWS_OF_WHAT_IS_KNOWN),
    ),
    Journey(
        name="given back",
        go=pay_and_get_it_back,
        streams=(*CONFIRMING, *MAILS, "refund 1", *TOLD, "email 3"),
        spared=(*SWEEPS, *CONFIRMING, *MAILS, "email 3"),
        registered=True,
        refunded=True,
    ),
)
