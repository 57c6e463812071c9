"""Who the customers are, what they have, and how the owners of their PayPal accounts behave."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from models import enums, tables
from models.enums import AutoRenewalStatus, Product, ServiceStatus
from policies.renewal_terms import TERMS as OFFERS
from tests.factories import make_account, make_customer, make_service
from tests.renewals import make_consent
from tests.years.prices import TERMS

BEHAVIOURS = (  # how often each is drawn; who pays another sum than was asked waits for an operator, for ever
    *["pays"] * 20,
    *["answer-lost"] * 4,
    *["declined"] * 4,
    *["declined-once"] * 3,
    *["review"] * 3,
    *["needs-action"] * 2,
    *["refused"] * 2,
    *["locked"] * 2,
    "refund-waits",
)
NEWCOMERS = (*["pays"] * 6, "vault-late", "vault-first", "not-vaulted", "declined-once", "answer-lost")
FIRST_EXPIRY_DAYS = 100  # after the beginning: nobody's warning day lies before it
LEAP_DAY = date(2028, 2, 29)


def draw(seed: int, *words: object) -> Random:
    """Return dice of their own for each thing that is drawn, so that no draw depends on another."""
    return Random(" ".join(map(str, (seed, *words))))


@dataclass(frozen=True, kw_only=True, slots=True)
class Contract:
    """A service as its life began; what became of it is read from the books."""

    id: str
    customer_id: str
    product: Product
    term_years: int
    began_on: date
    expires_on: date | None  # None: until it is paid, or for ever


@dataclass(frozen=True, kw_only=True, slots=True)
class Wallet:
    """A PayPal account as it was registered before the simulation begins."""

    id: str
    token: str
    payer: str  # the address by which PayPal knows its owner


@dataclass(kw_only=True)
class Person:
    """A customer, with what the simulation knows of them by itself."""

    number: int
    row: tables.Customer
    wallets: list[Wallet]
    contracts: list[Contract] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.row.id


@dataclass(frozen=True, kw_only=True, slots=True)
class Start:
    """The rows with which a person begins."""

    person: Person
    accounts: list[tables.PayPalAccount]
    services: list[tables.Service]
    consents: list[tables.Consent]


def draw_people(seed: int, *, count: int, first_day: date) -> Iterator[Start]:
    """Draw the customers; every product is there from the sixth of them on."""
    for number in range(count):
        yield draw_person(draw(seed, "person", number), number=number, first_day=first_day)


def draw_person(dice: Random, *, number: int, first_day: date) -> Start:
    """Draw one customer with one to three services and one or two accounts."""
    customer = make_customer(
        id=f"cus_{number:05}",
        username=f"{number}@saldo.example",
        kind=dice.choice(list(enums.CustomerKind)),
        email=f"customer.{number}@example.com",
        locale=dice.choice(("it", "it", "en")),
    )
    wallets = [
        Wallet(id=f"acc_{number:05}_{place}", token=f"token-{number}-{place}", payer=f"p{number}.{place}@payer.example")
        for place in range(dice.choice((1, 2, 2)))
    ]
    person = Person(number=number, row=customer, wallets=wallets)
    products = [list(Product)[number % len(Product)], *dice.choices(list(Product), k=dice.randint(0, 2))]
    services = [draw_service(dice, person, product, first_day=first_day) for product in products]
    return Start(
        person=person,
        accounts=[
            make_account(
                customer,
                id=wallet.id,
                payment_token=wallet.token,
                payer_id=None,
                masked_email=f"p•••@payer.example ({number}.{place})",
                is_default=place == 0,
                check_on=first_day + timedelta(days=number % 90),
            )
            for place, wallet in enumerate(wallets)
        ],
        services=services,
        consents=[
            make_consent(
                service, id=f"con_{service.id}", at=datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)
            )
            for service in services
            if may_renew(service)
        ],
    )


def draw_service(dice: Random, person: Person, product: Product, *, first_day: date) -> tables.Service:
    """Draw a service in use; a signature may carry the flag all the same, as old data sometimes do."""
    term = dice.choice(TERMS.get(product, (1,)))
    days = dice.randint(FIRST_EXPIRY_DAYS, FIRST_EXPIRY_DAYS + 365 * min(term, 3))
    leap = dice.random() < 0.1
    expires_on = LEAP_DAY if leap else first_day + timedelta(days=days)
    contract = Contract(
        id=f"srv_{person.number:05}_{len(person.contracts)}",
        customer_id=person.id,
        product=product,
        term_years=term,
        began_on=first_day,
        expires_on=None if product is Product.MARCA_TEMPORALE else expires_on,
    )
    person.contracts.append(contract)
    flagged = contract.expires_on is not None and dice.random() < 0.75
    return make_service(
        person.row,
        id=contract.id,
        product=product,
        label=contract.id,
        status=ServiceStatus.ACTIVE,
        expires_on=contract.expires_on,
        term_years=term,
        auto_renewal=AutoRenewalStatus.ON if flagged else AutoRenewalStatus.OFF,
        renewal_account_id=person.wallets[-1].id if flagged else None,
    )


def may_renew(service: tables.Service) -> bool:
    return service.auto_renewal is AutoRenewalStatus.ON and OFFERS[service.product].offered
