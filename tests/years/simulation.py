"""Years, day by day: the round of the calendar, what people do, what becomes due; every draw follows from a seed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any, TypeVar

from models import tables
from models.enums import Job, Product
from policies.renewal_terms import TERMS as OFFERS
from tests.years import wishes
from tests.years.agenda import Agenda, days_on, hour_of, some_time
from tests.years.books import Books
from tests.years.diary import Diary, Turn
from tests.years.fate import Fate
from tests.years.people import Contract, Person, Start, draw, draw_people
from tests.years.postal import Postal
from tests.years.prices import PriceList, Publication, draw_prices
from tests.years.world import World
from use_cases.errors import Refusal
from use_cases.publish_prices import publish_prices

Result = TypeVar("Result")

FIRST_DAY, DAYS = date(2026, 1, 1), 3650
ROUND_HOUR, EVENING_HOUR = 6, 22
ROUND = "INSERT OR IGNORE INTO stepping_jobs (key, job, arguments, due_at, state) VALUES (?, ?, '[]', ?, 'OWED')"


@dataclass(frozen=True, kw_only=True, slots=True)
class Plan:
    """What a run is made of; two runs that differ in the deaths of the process alone have the same books.

    With ``outages`` nobody is there for days or weeks, so that what was due is late, or never comes.
    """

    seed: int
    customers: int
    days: int = DAYS
    deaths: bool = False
    outages: bool = False


class Simulation:
    """One run of a plan."""

    def __init__(self, plan: Plan, folder: Path, *, tell: Callable[[str], None]) -> None:
        self.plan = plan
        self.tell = tell
        fate = Fate(dice=self.dice("fate"))
        if plan.deaths:
            fate.step, fate.round, fate.night = 1 / 15, 1 / 60, 1 / 30
        self.postal = Postal(self.dice, first_day=FIRST_DAY, days=plan.days)
        self.world = World(folder, fate=fate, trouble=self.postal.trouble)
        self.world.clock.now = hour_of(FIRST_DAY, 0).astimezone(UTC)
        self.agenda, self.diary = Agenda(), Diary()
        self.people: dict[str, Person] = {}
        self.prices: PriceList = draw_prices(self.dice("prices"), first_day=FIRST_DAY, years=10)
        self.read = 0  # mails that their recipients have read
        self.seen: set[str] = set()
        self.missed: list[date] = []  # days without a round that are not made up for yet

    def dice(self, *words: object) -> Random:
        """Return the dice for one thing that is drawn."""
        return draw(self.plan.seed, *words)

    async def run(self) -> None:
        """Let all days pass."""
        await self.world.open()
        self.books = Books(*self.world.books())
        await self.begin()
        down = self.days_of_outages() if self.plan.outages else set()
        for days in range(self.plan.days):
            day = days_on(FIRST_DAY, days)
            if (day.month, day.day) == (1, 1):
                self.tell(f"{day.year}: {len(self.world.mail.posted):,} mails so far")
            if day in down:
                self.missed.append(day)
            else:
                await self.live(day)
        self.ended_at = self.world.clock()  # no round comes any more
        await self.world.come_to(self.ended_at + timedelta(days=1))

    async def close(self) -> None:
        self.books.ours.close()
        self.books.theirs.close()
        await self.world.close()

    async def begin(self) -> None:
        """Store who is there from the beginning, and plan what people will do by themselves."""
        for publication in self.prices.publications:
            at = hour_of(max(publication.on, FIRST_DAY), 0, 1)
            self.agenda.plan(at, f"prices {publication.on}", partial(self.publish, publication))
        for start in draw_people(self.plan.seed, count=self.plan.customers, first_day=FIRST_DAY):
            await self.welcome(start)

    async def welcome(self, start: Start) -> None:
        """Store a customer with accounts and services, and let PayPal know the accounts."""
        person = start.person
        self.people[person.id] = person
        for account, wallet in zip(start.accounts, person.wallets, strict=True):
            body = {"token": wallet.token, "payer_email": wallet.payer, "merchant_customer_id": person.id}
            known = await self.world.desk.ask("POST", "/payment-tokens", body)
            account.paypal_customer_id = known["customer"]["id"]
            account.payer_id = known["payment_source"]["paypal"]["payer_id"]
        await self.world.store(person.row, *start.accounts, *start.services, *start.consents)
        for service in start.services:
            if service.renewal_account_id is not None:
                at, account_id = self.world.clock(), service.renewal_account_id
                self.diary.turns.append(Turn(service_id=service.id, enabled=True, account_id=account_id, at=at))
        self.foresee(person)

    def foresee(self, person: Person) -> None:
        """Plan what is drawn for all the years at once."""
        for wallet in person.wallets:
            for day in self.some_days(250, "payer", wallet.id):
                self.plan_act(day, f"{wallet.id} behaves {day}", partial(wishes.behave, self, wallet, key=str(day)))
            if self.dice("dead", wallet.id).random() < 0.3:
                day = days_on(FIRST_DAY, self.dice("dies", wallet.id).randint(0, self.plan.days))
                self.plan_act(day, f"{wallet.id} withdraws", partial(wishes.withdraw, self, wallet))
        for contract in person.contracts:
            for day in self.some_days(500, "flags", contract.id):
                act = partial(wishes.turn_flag, self, person, contract.id, key=str(day))
                self.plan_act(day, f"{person.id} turns {contract.id} {day}", act)
            if contract.product is Product.MARCA_TEMPORALE:
                for turn, day in enumerate(self.some_days(400, "packs", contract.id)):
                    act = partial(wishes.buy_pack, self, person, contract, turn=turn)
                    self.plan_act(day, f"{person.id} buys {contract.id} {day}", act)

    def some_days(self, mean: int, *words: object) -> list[date]:
        """Draw days that lie that many days apart, on average."""
        dice, days = self.dice(*words), list[date]()
        passed = dice.expovariate(1 / mean)
        while passed < self.plan.days:
            days.append(days_on(FIRST_DAY, int(passed)))
            passed += 1 + dice.expovariate(1 / mean)
        return days

    def days_of_outages(self) -> set[date]:
        """Draw the days on which nobody is there."""
        begins = self.some_days(100, "outages")
        lengths = [self.dice("outage", day).choice((1, 2, 3, 5, 10, 25, 45)) for day in begins]
        return {days_on(day, more) for day, length in zip(begins, lengths, strict=True) for more in range(length)}

    def plan_act(self, day: date, key: str, act: Callable[[], Awaitable[None]]) -> None:
        self.agenda.plan(some_time(self.dice("time", key), day), key, act)

    async def live(self, day: date) -> None:
        """Let one day pass: a death in the night perhaps, the round, what people do, and what PayPal decides."""
        world, midnight = self.world, hour_of(days_on(day, 1), 0)
        back = world.fate.strikes_at_night()
        if back is not None:
            await world.engine.restart()
            world.clock.now = max(world.clock.now, hour_of(day, back // 60, back % 60).astimezone(UTC))
            world.start_process()
        while entry := self.agenda.before(hour_of(day, ROUND_HOUR)):
            await entry.act()
        await world.come_to(hour_of(day, ROUND_HOUR).astimezone(UTC))
        await self.make_round(day)
        while entry := self.agenda.before(midnight):
            await world.come_to(entry.at.astimezone(UTC))
            await entry.act()
        await world.come_to(hour_of(day, EVENING_HOUR).astimezone(UTC))
        await self.decide(day)
        self.hand_over(day)
        await world.come_to((midnight - timedelta(minutes=1)).astimezone(UTC))
        self.read_mails(day)

    async def make_round(self, day: date) -> None:
        """Owe the round of the day, and those that were missed, as the scheduler does; and do what is due."""
        for each in [*self.missed, day]:
            values = (f"round-{each}", Job.RUN_CALENDAR.value, self.world.clock().isoformat())
            self.world.engine.connection.execute(ROUND, values)
        self.missed.clear()
        await self.world.work()

    async def decide(self, day: date) -> None:
        """Let PayPal decide, some evening, on a payment that it holds."""
        for capture in self.books.held():
            created = capture["created_at"][:10]
            will = self.dice("held", created, capture["amount"]["minor"], day).random()
            if will < 0.6:
                status = "COMPLETED" if will < 0.4 else "DENIED"
                await self.world.desk.ask("POST", f"/captures/{capture['id']}/release", {"status": status})

    def hand_over(self, day: date) -> None:
        """Let what was bought and paid work, as the provider's other systems do."""
        self.books.ours.execute(
            "UPDATE services SET status = 'ACTIVE', activated_on = ? "
            "WHERE status = 'PENDING_ACTIVATION' AND expires_on IS NOT NULL",
            (day.isoformat(),),
        )

    def read_mails(self, day: date) -> None:
        """Let the recipients of today's mails plan what they do about them; the same mail twice is one."""
        new = [mail.email_id for mail in self.world.mail.posted[self.read :]]
        self.read += len(new)
        for email in self.books.emails([id for id in dict.fromkeys(new) if id not in self.seen]):
            self.seen.add(email["id"])
            about = str(email["subject_key"]).partition(":")[2]
            wishes.answer_mail(self, self.people[email["customer_id"]], email["kind"], about, on=day)

    async def publish(self, publication: Publication) -> None:
        await self.ask(publish_prices, prices=publication.lines)

    async def ask(self, operation: Callable[..., Awaitable[Result]], **values: Any) -> Result | Refusal:
        """Ask the product for something, as a customer or an operator, and note how it was answered."""
        answer = await self.world.request(operation, **values)
        word = type(answer).__name__ if isinstance(answer, Refusal) else "done"
        self.diary.answers[f"{getattr(operation, '__name__', '')}: {word}"] += 1
        return answer

    def usable_accounts(self, person: Person) -> list[str]:
        """Return the registered accounts that the customer area offers, in the order of their registration."""
        rows = self.books.rows("paypal_accounts", "customer_id = ? AND status = 'ACTIVE'", person.id)
        return [row["id"] for row in rows]

    def services_on(self, order_id: str) -> list[str]:
        return [line["service_id"] for line in self.books.rows("order_lines", "order_id = ?", order_id)]

    def name_of(self, order_id: str) -> str:
        """Return what an order is called in every run of the plan, whatever its id."""
        order = self.books.row("orders", order_id)
        about = order["renews_expiry"] or f"bought {order['created_at'][:10]}"
        return f"{' '.join(self.services_on(order_id))} {about}"

    async def service(self, service_id: str) -> tables.Service:
        async with self.world.database.read() as session:
            return await session.get_one(tables.Service, service_id)

    def contract(self, service_id: str) -> Contract:
        person = self.people[self.books.row("services", service_id)["customer_id"]]
        return next(each for each in person.contracts if each.id == service_id)

    def days_to_end(self, contract: Contract, expiry: str, *, on: date) -> int:
        """Return the days from a day to the one on which nobody can renew the service any more."""
        return (date.fromisoformat(expiry) - on).days + OFFERS[contract.product].grace_days
