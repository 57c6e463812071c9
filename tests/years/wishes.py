"""What customers do beside paying: turn flags, answer mails, renew by hand, buy anew; and what payers do."""

from datetime import date
from functools import partial
from random import Random
from typing import TYPE_CHECKING

from models import enums, tables
from models.enums import OrderKind, Product, ServiceStatus
from models.money import Money
from policies.price_guard import PriceGuard
from policies.renewal_calendar import rome_day
from policies.renewal_terms import TERMS as OFFERS
from tests.factories import Line, make_order, make_service
from tests.years.agenda import days_on, some_time
from tests.years.diary import Turn
from tests.years.paying import pay
from tests.years.people import BEHAVIOURS, Contract, Person, Wallet
from use_cases.cancel_order import cancel_order
from use_cases.set_auto_renewal import RenewalSetting, set_auto_renewal

if TYPE_CHECKING:
    from tests.years.simulation import Simulation

PACK_CENTS = 24_40  # a pack of time stamps


async def turn_flag(
    sim: "Simulation", person: Person, service_id: str, *, key: str, enabled: bool | None = None
) -> None:
    """Set the flag of a service from the customer area; ``enabled`` None: as the customer likes it today."""
    dice = sim.dice("flag", service_id, key)
    is_on = sim.books.row("services", service_id)["auto_renewal"] not in {"OFF", "PENDING"}
    wanted = dice.random() < (0.5 if is_on else 0.85) if enabled is None else enabled
    accounts = sim.usable_accounts(person)
    account = dice.choice(accounts) if wanted and accounts else None
    guard = draw_guard(sim, dice, service_id) if wanted else None
    answer = await sim.ask(
        set_auto_renewal,
        customer=person.row,
        service_id=service_id,
        enabled=wanted,
        account_id=account,
        payment_id=None,
        guard=guard,
    )
    if isinstance(answer, RenewalSetting) and answer.effect is enums.RenewalEffect.IMMEDIATE:
        at, maximum = sim.world.committed_at, guard.maximum.cents if guard and guard.maximum else None
        turn = Turn(service_id=service_id, enabled=wanted, account_id=account, at=at, maximum=maximum)
        sim.diary.turns.append(turn)


def draw_guard(sim: "Simulation", dice: Random, service_id: str) -> PriceGuard | None:
    """Draw the most that may be charged, if the customer sets it: about what it costs today."""
    contract = sim.contract(service_id)
    today = rome_day(sim.world.clock())
    net = sim.prices.net_on(today, product=contract.product, term_years=contract.term_years)
    if net is None or dice.random() > 0.25:
        return None
    return PriceGuard(maximum=Money(net * dice.choice((110, 122, 123, 126, 135)) // 100))


async def behave(sim: "Simulation", wallet: Wallet, *, key: str) -> None:
    """Let the payer of an account behave otherwise from now on."""
    behaviour = sim.dice("payer", wallet.id, key).choice(BEHAVIOURS)
    await sim.world.desk.ask("POST", "/payers", {"email": wallet.payer, "behaviour": behaviour})


async def withdraw(sim: "Simulation", wallet: Wallet) -> None:
    """Let the payer withdraw at PayPal: the account is dead, and nobody tells us."""
    await sim.world.desk.ask("DELETE", f"/payment-tokens/{wallet.token}")
    sim.diary.withdrawn[wallet.id] = sim.world.clock()


async def give_up(sim: "Simulation", person: Person, order_id: str) -> None:
    """Press "Annulla" on an order."""
    await sim.ask(cancel_order, customer_id=person.id, order_id=order_id)


async def renew_by_hand(
    sim: "Simulation", person: Person, contract: Contract, *, key: str, insists: bool = False
) -> None:
    """Order a renewal from the shop and mostly pay it; while renewal is on, that is for those only who insist."""
    dice = sim.dice("by hand", contract.id, key)
    row = sim.books.row("services", contract.id)
    usable = row["status"] in {"ACTIVE", "EXPIRING", "EXPIRED"} and row["expires_on"] is not None
    renews_itself = row["auto_renewal"] != "OFF" and OFFERS[contract.product].offered and not insists
    if not usable or renews_itself or sim.books.order_at(contract.id, row["expires_on"]):
        return
    today = rome_day(sim.world.clock())
    net = sim.prices.net_on(today, product=contract.product, term_years=contract.term_years)
    if net is None:
        return
    order, *lines = make_order(
        person.row,
        lines=[Line(service=await sim.service(contract.id), net_cents=net, term_years=contract.term_years)],
        kind=OrderKind.RENEWAL,
        renews_service_id=contract.id,
        renews_expiry=date.fromisoformat(row["expires_on"]),
        created_at=sim.world.clock(),
    )
    await sim.world.store(order, *lines)
    if dice.random() < 0.9:
        await pay(sim, person, order.id)
    elif dice.random() < 0.5:
        await give_up(sim, person, order.id)


async def settle_left_order(sim: "Simulation", person: Person, service_id: str, expiry: str) -> None:
    """Answer the mail that a renewal was not charged: pay its order, give it up, or leave it."""
    dice = sim.dice("left", service_id, expiry)
    order = sim.books.order_at(service_id, expiry)
    will = dice.random()
    if order is None or order["status"] != "AWAITING_PAYMENT":
        return
    if will < 0.75:
        await pay(sim, person, order["id"])
    elif will < 0.87:
        await give_up(sim, person, order["id"])


async def buy(sim: "Simulation", person: Person, former: Contract) -> None:
    """Order anew what has lapsed."""
    dice = sim.dice("buy", former.id)
    if sim.books.row("services", former.id)["status"] != "CANCELED" or dice.random() < 0.15:
        return
    today = rome_day(sim.world.clock())
    net = sim.prices.net_on(today, product=former.product, term_years=former.term_years)
    if net is None:
        return
    contract = Contract(
        id=f"{former.id}n",
        customer_id=person.id,
        product=former.product,
        term_years=former.term_years,
        began_on=today,
        expires_on=None,
    )
    person.contracts.append(contract)
    service = make_service(
        person.row,
        id=contract.id,
        product=contract.product,
        label=contract.id,
        status=ServiceStatus.PENDING_ACTIVATION,
        activated_on=None,
        expires_on=None,
        term_years=contract.term_years,
        created_at=sim.world.clock(),
    )
    line = Line(service=service, net_cents=net, term_years=contract.term_years)
    await order_and_pay(sim, person, service, line)


async def buy_pack(sim: "Simulation", person: Person, contract: Contract, *, turn: int) -> None:
    """Buy a pack of time stamps: they have no term and are never renewed."""
    line = Line(service=await sim.service(contract.id), net_cents=PACK_CENTS, term_years=None)
    await order_and_pay(sim, person, None, line)


async def order_and_pay(sim: "Simulation", person: Person, service: tables.Service | None, line: Line) -> None:
    order, *lines = make_order(person.row, lines=[line], created_at=sim.world.clock())
    await sim.world.store(*([service] if service else []), order, *lines)
    await pay(sim, person, order.id)


def answer_mail(sim: "Simulation", person: Person, kind: str, about: str, *, on: date) -> None:
    """Plan what the customer does about a mail, on one of the next days."""
    service_id, _, expiry = about.partition(":")
    dice = sim.dice("mail", kind, about if kind != "ACCOUNT_LOST" else f"{person.id} {on}")
    will, key = dice.random(), f"{kind} {about}"

    def plan(days: int, act: str, what: object) -> None:
        sim.agenda.plan(some_time(dice, days_on(on, days)), f"{person.id} {act} {key}", what)  # type: ignore[arg-type]

    match kind:
        case "RENEWAL_NOTICE":
            turn = partial(turn_flag, sim, person, service_id)
            if will < 0.2:
                plan(dice.randint(1, 28), "turns off", partial(turn, key=key, enabled=False))
            if 0.1 < will < 0.25:
                plan(dice.randint(1, 28), "turns on", partial(turn, key=f"{key} on", enabled=True))
            if will > 0.96:
                contract = sim.contract(service_id)
                plan(
                    dice.randint(1, 29), "insists", partial(renew_by_hand, sim, person, contract, key=key, insists=True)
                )
        case "RENEWAL_FAILED":
            plan(dice.randint(1, 40), "settles", partial(settle_left_order, sim, person, service_id, expiry))
        case "EXPIRY_WARNING":
            contract = sim.contract(service_id)
            if will < 0.85:
                days = dice.randint(1, 120)
                plan(days, "renews by hand", partial(renew_by_hand, sim, person, contract, key=key))
            plan(
                sim.days_to_end(contract, expiry, on=on) + dice.randint(2, 30),
                "buys",
                partial(buy, sim, person, contract),
            )
        case "ACCOUNT_LOST":
            for contract in person.contracts:
                if dice.random() < 0.5 and contract.product not in {Product.MARCA_TEMPORALE}:
                    act = partial(turn_flag, sim, person, contract.id, key=f"lost {on}", enabled=True)
                    plan(dice.randint(1, 20), f"replaces {contract.id}", act)
