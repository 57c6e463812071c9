"""The demo's customers: everything that can be shown is there, once, and reckoned from today."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from app.demo.customers import CUSTOMERS, PASSWORD
from app.demo.seed import seed
from models import enums, tables
from models.database import Database
from policies.renewal_calendar import rome_day
from policies.renewal_terms import TERMS
from tests.databases import fresh_database
from tests.factories import NOW


@pytest.fixture
async def seeded(tmp_path: Path) -> AsyncIterator[Database]:
    async with fresh_database(tmp_path) as database:
        await seed(database, now=NOW)
        yield database


async def everything(database: Database) -> dict[str, list[str]]:
    """Return all rows of all tables."""
    async with database.read() as session:
        return {
            table.name: sorted(repr(tuple(row)) for row in (await session.execute(table.select())).all())
            for table in tables.Table.metadata.sorted_tables
        }


async def test_a_second_time_changes_nothing(seeded: Database) -> None:
    before = await everything(seeded)

    await seed(seeded, now=NOW + timedelta(days=30))

    assert await everything(seeded) == before
    assert len(before["customers"]) == len(CUSTOMERS)


async def test_every_product_and_kind_of_order_is_there(seeded: Database) -> None:
    async with seeded.read() as session:
        services = (await session.exec(select(tables.Service))).all()
        orders = (await session.exec(select(tables.Order))).all()

    unpaid = [order for order in orders if order.status is enums.OrderStatus.AWAITING_PAYMENT]
    assert {service.product for service in services} == set(enums.Product)
    assert {order.kind for order in unpaid} == set(enums.OrderKind)
    assert {order.origin for order in unpaid} == set(enums.OrderOrigin)
    assert {order.status for order in orders} == {
        enums.OrderStatus.AWAITING_PAYMENT,
        enums.OrderStatus.ACTIVATED,
        enums.OrderStatus.CANCELED,
    }
    assert {service.auto_renewal for service in services} == {
        enums.AutoRenewalStatus.OFF,
        enums.AutoRenewalStatus.ON,
        enums.AutoRenewalStatus.RETRYING,
    }
    assert {enums.ServiceStatus.CANCELED, enums.ServiceStatus.EXPIRED} < {service.status for service in services}


async def test_the_renewal_that_was_refused_has_a_history_and_a_next_attempt(seeded: Database) -> None:
    async with seeded.read() as session:
        [renewal] = (await session.exec(select(tables.Renewal))).all()
        [notice] = (await session.exec(select(tables.RenewalNotice))).all()
        service = await session.get_one(tables.Service, renewal.service_id)
        email = await session.get_one(tables.Email, notice.email_id)
        automatic = tables.Payment.initiator == enums.PaymentInitiator.AUTOMATIC_RENEWAL
        refused = (await session.exec(select(tables.Payment).where(automatic))).all()

    today = rome_day(NOW)
    assert service.auto_renewal is enums.AutoRenewalStatus.RETRYING
    assert renewal.next_attempt_on == today + timedelta(days=1)
    assert [rome_day(payment.created_at) for payment in refused] == [today - timedelta(days=days) for days in (3, 1)]
    assert refused[-1].id == renewal.payment_id
    assert email.sent_at is not None
    assert email.sent_at < notice.stoppable_until
    assert notice.gross_cents == refused[0].amount_cents == 59_78


async def test_the_first_order_costs_what_the_examples_agree_to(seeded: Database) -> None:
    async with seeded.read() as session:
        [order] = (await session.exec(select(tables.Order).where(tables.Order.number == "SAL1001"))).all()

    assert (order.net_cents, order.vat_cents, order.gross_cents) == (3000, 660, 3660)


async def test_days_are_reckoned_from_the_day_of_the_seed(seeded: Database) -> None:
    async with seeded.read() as session:
        services = {service.label: service for service in (await session.exec(select(tables.Service))).all()}

    today = rome_day(NOW)
    assert services["mario.rossi@pec.example"].expires_on == today + timedelta(days=20)
    lapsed = services["Fatturazione PA Rossi Eventi"]
    assert lapsed.expires_on == today - timedelta(days=30)
    assert TERMS[lapsed.product].grace_days > 30


def test_what_is_written_down_is_consistent() -> None:
    numbers = Counter(order.number for person in CUSTOMERS for order in person.orders)
    emails = Counter(account.email for person in CUSTOMERS for account in person.accounts)

    assert PASSWORD == "demo"
    assert max(numbers.values()) == max(emails.values()) == 1
    for person in CUSTOMERS:
        assert sum(account.is_default for account in person.accounts) == bool(person.accounts)
        assert {line.service for order in person.orders for line in order.lines} <= {s.label for s in person.services}
