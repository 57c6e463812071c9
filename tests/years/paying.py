"""Customers who pay an order themselves: open, keep or remove the flags, choose an account, "Procedi", approve."""

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, parse_qsl, urlsplit

from models import enums, tables
from models.money import Money
from policies.renewal_calendar import rome_day
from tests.years.agenda import days_on, some_time
from tests.years.diary import NEW, Turn
from tests.years.people import NEWCOMERS, Person
from tests.years.world import FRONT_END, PUBLIC_URL
from use_cases.cancel_payment import cancel_payment
from use_cases.confirm_payment import Confirmation, confirm_payment
from use_cases.select_account import NewAccount, select_account
from use_cases.set_auto_renewal import RenewalSetting, set_auto_renewal
from use_cases.start_payment import PaymentRequest, StartedPayment, start_payment
from use_cases.visit_from_paypal import take_cancellation, welcome_back

if TYPE_CHECKING:
    from tests.years.simulation import Simulation

PATIENCE = timedelta(minutes=10)  # between two looks of a customer at the payment
LOOKS = 5
AGAIN = 3  # how often an order is tried to be paid at most


async def pay(sim: "Simulation", person: Person, order_id: str, *, turn: int = 1) -> None:
    """Pay the order, if it can be paid: with a registered account, or with a new one."""
    dice = sim.dice("pay", person.id, sim.name_of(order_id), turn)
    request = PaymentRequest(order_id=order_id, method=enums.PaymentMethod.PAYPAL, return_url=f"{FRONT_END}/pagamenti")
    started = await sim.ask(
        start_payment,
        customer_id=person.id,
        request=request,
        allowed_origins=(FRONT_END,),
        renewal_default=True,
        payments_open=True,
    )
    if not isinstance(started, StartedPayment) or started.resumed:
        return
    payment, accounts = started.payment, sim.usable_accounts(person)
    account = dice.choice(accounts) if accounts and dice.random() < 0.85 else NEW
    choice = NewAccount() if account == NEW else account
    await sim.ask(select_account, customer_id=person.id, payment_id=payment.id, choice=choice)
    staged = [
        turned
        for service_id in sim.services_on(order_id)
        if (turned := await stage(sim, person, payment, service_id, account=account, keep=dice.random() < 0.8))
    ]
    if await confirm(sim, person, payment):
        sim.diary.turns += staged
        await follow(sim, person, payment, turn=turn, looks=1)


async def confirm(sim: "Simulation", person: Person, payment: tables.Payment) -> bool:
    """Press "Procedi", and tell whether it was accepted."""
    answer = await sim.ask(
        confirm_payment,
        customer_id=person.id,
        payment_id=payment.id,
        expected=Money(payment.amount_cents),
        idempotency_key=f"confirm-{payment.id}",
        payments_open=True,
        watch_after=sim.world.runtime.watch.worker_lost_after,
    )
    return isinstance(answer, Confirmation)


async def stage(
    sim: "Simulation", person: Person, payment: tables.Payment, service_id: str, *, account: str, keep: bool
) -> Turn | None:
    """Keep or remove the flag beside the payment, where there is one."""
    answer = await sim.ask(
        set_auto_renewal,
        customer=person.row,
        service_id=service_id,
        enabled=keep,
        account_id=None,
        payment_id=payment.id,
        guard=None,
    )
    if not isinstance(answer, RenewalSetting):
        return None
    at = sim.world.committed_at
    return Turn(service_id=service_id, enabled=keep, account_id=account, at=at, payment_id=payment.id)


async def follow(sim: "Simulation", person: Person, payment: tables.Payment, *, turn: int, looks: int) -> None:
    """Look how the payment stands: go to PayPal if it asks for the payer, wait, or try again another day."""
    row = sim.books.row("payments", payment.id)
    order = sim.name_of(row["order_id"])
    dice = sim.dice("follow", person.id, order, turn)
    match row["status"]:
        case "AWAITING_APPROVAL":
            await visit_paypal(sim, person, payment, f"{order}.{turn}", registers=bool(row["registers_account"]))
        case "FAILED" | "CANCELED" | "EXPIRED" if turn < AGAIN and dice.random() < 0.7:
            day = days_on(rome_day(sim.world.clock()), dice.randint(1, 3))
            again = partial(pay, sim, person, row["order_id"], turn=turn + 1)
            sim.agenda.plan(some_time(dice, day), f"{person.id} pays {order} again", again)
            return
    if row["status"] in {"AWAITING_APPROVAL", "PROCESSING", "VERIFYING"} and looks < LOOKS:
        soon = sim.world.clock() + PATIENCE
        later = partial(follow, sim, person, payment, turn=turn, looks=looks + 1)
        sim.agenda.plan(soon, f"{person.id} looks at {order}.{turn}.{looks}", later)


async def visit_paypal(
    sim: "Simulation", person: Person, payment: tables.Payment, key: str, *, registers: bool
) -> None:
    """Be sent to PayPal: accept, turn away, or close the tab; the browser comes back, or never does.

    Sent there again for the same round of approval, the payer does the same again.
    """
    attempt = sim.books.newest_attempt(payment.id)
    dice, link = sim.dice("visit", person.id, key, attempt["approval_rounds"]), attempt["approve_url"]
    will, name = dice.random(), dice.randrange(10**9)
    if will < 0.1:
        return
    if will < 0.15:
        await sim.ask(cancel_payment, customer_id=person.id, payment_id=payment.id)
        return
    if will < 0.25:
        address = await press(sim, "cancel", link)
    else:
        behaviour = dice.choice(NEWCOMERS) if registers else "pays"
        body = {"email": f"n{person.number}.{name}@payer.example", "behaviour": behaviour}
        payer = (await sim.world.desk.ask("POST", "/payers", body))["payer_id"]
        address = await press(sim, "accept", link, payer=payer)
    if address.startswith(PUBLIC_URL) and dice.random() < 0.8:
        await come_back(sim, address)


async def press(sim: "Simulation", button: str, link: str, **form: str) -> str:
    """Press a button of PayPal's page and return where the browser is sent."""
    [token] = parse_qs(urlsplit(link).query)["token"]
    response = await sim.world.http.post(f"/payer/{button}", data={"token": token, **form})
    return str(response.headers.get("location", ""))


async def come_back(sim: "Simulation", address: str) -> None:
    claims = dict(parse_qsl(urlsplit(address).query))
    operation = welcome_back if urlsplit(address).path == "/paypal/return" else take_cancellation
    await sim.ask(operation, return_key=claims["attempt"], order_token=claims["token"])
