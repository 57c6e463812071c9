"""Loaders see the viewer's rows alone, and ask one statement for any number of keys."""

from datetime import timedelta
from typing import Any

import pytest

from app.loaders import create_loaders
from models import enums, tables
from models.database import Database
from policies.decisions import Decision
from policies.payment_transitions import FINAL
from resolvers.nodes import load_node
from schema.context import Loaders, OrderCriteria, PageKey, Window
from tests.factories import (
    NOW,
    TODAY,
    Line,
    make_account,
    make_attempt,
    make_choice,
    make_customer,
    make_email,
    make_event,
    make_order,
    make_payment,
    make_refund,
    make_service,
    store,
)
from tests.renewals import make_consent, make_renewal
from tests.statements import count_statements

Belongings = dict[str, list[str]]


def loaders_of(database: Database, viewer: tables.Customer | None) -> Loaders:
    viewer_id = viewer.id if viewer else None
    return create_loaders(
        database=database, viewer_id=viewer_id, cursor_key=b"cursor key", today=TODAY, payments_open=True
    )


def page_key(owner: tables.Customer, parent_id: str, **criteria: Any) -> PageKey:
    return PageKey(owner_id=owner.id, parent_id=parent_id, criteria=OrderCriteria(**criteria), window=Window(first=20))


async def belongings_of(database: Database, customer: tables.Customer, *, times: int) -> Belongings:
    """Store a customer with so many of everything, and return the ids by kind."""
    ids: Belongings = {kind: [] for kind in ("account", "service", "order", "number", "payment")}
    rows: list[tables.Table] = [customer]
    for _ in range(times):
        account = make_account(customer)
        pec = make_service(customer, renews_on=account)
        order, *lines = make_order(customer, renews=pec)
        payment = make_payment(order, account=account, initiator=enums.PaymentInitiator.AUTOMATIC_RENEWAL)
        rows += [account, pec, order, *lines, payment, make_event(payment), make_attempt(payment)]
        rows += [make_email(payment), make_choice(payment, pec), make_refund(payment)]
        rows += [make_renewal(pec, order_id=order.id, payment_id=payment.id), make_consent(pec)]
        for kind, id in zip(ids, (account.id, pec.id, order.id, order.number, payment.id), strict=True):
            ids[kind].append(id)
    await store(database, *rows)
    return ids


# How every loader is asked for many keys, and what it answers about nothing.
BY_ID: dict[str, tuple[str, Any]] = {
    "order": ("order", None),
    "service": ("service", None),
    "payment": ("payment", None),
    "account": ("account", None),
    "order_by_number": ("number", None),
    "active_payment": ("order", None),
    "attempt_of_payment": ("payment", None),
    "confirmation_of_payment": ("payment", None),
    "lines_of_order": ("order", ()),
    "history_of_payment": ("payment", ()),
    "refunds_of_payment": ("payment", ()),
    "choices_of_payment": ("payment", ()),
    "renewal_standing": ("service", None),
    "consent_of_service": ("service", None),
    "mandate_of_payment": ("payment", None),
    "next_attempt_of_payment": ("payment", None),
}
DECISIONS = {"payability": "order", "renewal_eligibility": "service"}
LISTS = {"orders_of_service": "service", "services_on_account": "account", "payments_of_order": "order"}
TOTALS = {
    "orders_of_service_total": "service",
    "services_on_account_total": "account",
    "payments_of_order_total": "order",
}
EVERY_LOADER = set(BY_ID) | set(DECISIONS) | set(LISTS) | set(TOTALS)
CUSTOMERS_LISTS = ("orders", "services", "upcoming_renewals")
OF_THE_CUSTOMER = {"accounts", *CUSTOMERS_LISTS, *(f"{name}_total" for name in CUSTOMERS_LISTS)}


def test_every_loader_is_covered_here() -> None:
    assert set(Loaders.__dataclass_fields__) == EVERY_LOADER | OF_THE_CUSTOMER


def keys_of(name: str, owner: tables.Customer, ids: Belongings) -> list[Any]:
    if name in LISTS | TOTALS:
        return [page_key(owner, id) for id in ids[(LISTS | TOTALS)[name]]]
    return list(ids[DECISIONS[name] if name in DECISIONS else BY_ID[name][0]])


@pytest.mark.parametrize("name", sorted(EVERY_LOADER))
@pytest.mark.parametrize("times", [1, 50])
async def test_a_batch_is_one_statement(database: Database, name: str, times: int) -> None:
    mario = make_customer()
    ids = await belongings_of(database, mario, times=times)
    loader = getattr(loaders_of(database, mario), name)

    with count_statements(database) as statements:
        answers = await loader.load_many(keys_of(name, mario, ids))

    assert len(statements) == 1
    assert len(answers) == times
    assert all(answer not in (None, (), 0) for answer in answers)


@pytest.mark.parametrize("name", sorted(OF_THE_CUSTOMER))
@pytest.mark.parametrize("times", [1, 50])
async def test_a_list_of_the_customer_is_one_statement(database: Database, name: str, times: int) -> None:
    mario = make_customer()
    await belongings_of(database, mario, times=times)
    loader = getattr(loaders_of(database, mario), name)

    with count_statements(database) as statements:
        answer = await loader.load(mario.id if name == "accounts" else page_key(mario, mario.id))

    assert len(statements) == 1
    assert answer


@pytest.mark.parametrize("name", sorted(set(BY_ID) | set(LISTS) | set(TOTALS)))
async def test_what_belongs_to_somebody_else_is_not_there(database: Database, name: str) -> None:
    mario, anna = make_customer(), make_customer()
    await belongings_of(database, mario, times=1)
    of_anna = await belongings_of(database, anna, times=1)
    loader = getattr(loaders_of(database, mario), name)

    as_mario = await loader.load_many(keys_of(name, mario, of_anna))
    as_anna = await loader.load_many(keys_of(name, anna, of_anna))

    assert [nothing_of(answer) for answer in (*as_mario, *as_anna)] == [True, True]


@pytest.mark.parametrize("name", sorted(DECISIONS))
async def test_nothing_is_decided_about_what_belongs_to_somebody_else(database: Database, name: str) -> None:
    mario, anna = make_customer(), make_customer()
    of_mario = await belongings_of(database, mario, times=1)
    of_anna = await belongings_of(database, anna, times=1)
    loader = getattr(loaders_of(database, mario), name)

    own = loader.load(keys_of(name, mario, of_mario)[0])
    foreign = loader.load(keys_of(name, mario, of_anna)[0])

    with pytest.raises(LookupError):
        await foreign
    assert isinstance(await own, Decision)


@pytest.mark.parametrize("name", sorted(OF_THE_CUSTOMER))
async def test_the_lists_of_somebody_else_are_empty(database: Database, name: str) -> None:
    mario, anna = make_customer(), make_customer()
    await belongings_of(database, mario, times=1)
    await belongings_of(database, anna, times=1)
    loader = getattr(loaders_of(database, mario), name)

    keys = [anna.id] if name == "accounts" else [page_key(anna, anna.id), page_key(mario, anna.id)]
    answers = await loader.load_many(keys)

    assert all(nothing_of(answer) for answer in answers)


@pytest.mark.parametrize("name", sorted(set(BY_ID) | set(LISTS) | set(TOTALS) | OF_THE_CUSTOMER))
async def test_without_a_viewer_there_is_nothing(database: Database, name: str) -> None:
    mario = make_customer()
    ids = await belongings_of(database, mario, times=1)
    loader = getattr(loaders_of(database, None), name)
    by_customer = [mario.id] if name == "accounts" else [page_key(mario, mario.id)]

    with count_statements(database) as statements:
        answers = await loader.load_many(by_customer if name in OF_THE_CUSTOMER else keys_of(name, mario, ids))

    assert all(nothing_of(answer) for answer in answers)
    assert statements == []


def nothing_of(answer: Any) -> bool:
    """Tell whether a loader answered None, an empty list or page, or zero."""
    return not (answer.rows or answer.has_next or answer.has_previous) if hasattr(answer, "rows") else not answer


async def test_totals_of_several_services_are_one_statement(database: Database) -> None:
    mario = make_customer()
    pec, spid = make_service(mario), make_service(mario, product=enums.Product.SPID)
    bills = [row for lines in ([pec], [pec, spid], [pec, pec]) for row in make_order(mario, lines=lines)]
    await store(database, mario, pec, spid, *bills)
    loaders = loaders_of(database, mario)

    with count_statements(database) as statements:
        totals = await loaders.orders_of_service_total.load_many([page_key(mario, each.id) for each in (pec, spid)])

    assert totals == [3, 1]
    assert len(statements) == 1
    assert await loaders.orders_total.load(page_key(mario, mario.id)) == 3


async def test_an_order_is_found_by_its_number_as_people_type_it(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario, number="MO12345")
    await store(database, mario, order)
    loaders = loaders_of(database, mario)

    found = await loaders.order_by_number.load_many(["MO12345", " mo 12345 ", "MO1234"])

    assert [row and row.id for row in found] == [order.id, order.id, None]


async def test_accounts_come_default_first_then_oldest(database: Database) -> None:
    mario = make_customer()
    oldest, default, newest = (
        make_account(mario, is_default=chosen, created_at=NOW + timedelta(days=day))
        for day, chosen in enumerate((False, True, False))
    )
    await store(database, mario, newest, default, oldest)

    found = await loaders_of(database, mario).accounts.load(mario.id)

    assert [account.id for account in found] == [default.id, oldest.id, newest.id]


async def test_lines_and_history_come_by_position(database: Database) -> None:
    mario = make_customer()
    order, *lines = make_order(mario, lines=[Line(description="PEC"), Line(description="SPID")])
    payment = make_payment(order)
    events = [make_event(payment, position=position, note=str(position)) for position in (2, 1, 3)]
    await store(database, mario, order, *reversed(lines), payment, *events)
    loaders = loaders_of(database, mario)

    found_lines = await loaders.lines_of_order.load(order.id)
    history = await loaders.history_of_payment.load(payment.id)

    assert [line.description for line in found_lines] == ["PEC", "SPID"]
    assert [event.note for event in history] == ["1", "2", "3"]


async def test_the_newest_attempt_counts(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    payment = make_payment(order)
    attempts = [make_attempt(payment, number=number) for number in (2, 3, 1)]
    await store(database, mario, order, payment, *attempts)

    found = await loaders_of(database, mario).attempt_of_payment.load(payment.id)

    assert found is not None
    assert found.number == 3


async def test_a_payment_that_ended_is_not_the_active_one(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    ended = [make_payment(order, status=status) for status in FINAL]
    await store(database, mario, order, *ended)

    found = await loaders_of(database, mario).active_payment.load(order.id)

    assert found is None


async def test_only_the_mail_that_confirms_the_payment_is_its_confirmation(database: Database) -> None:
    mario = make_customer()
    order, *_ = make_order(mario)
    payment = make_payment(order, status=enums.PaymentStatus.SUCCEEDED)
    await store(database, mario, order, payment, make_email(payment, kind=enums.EmailKind.RENEWAL_ACTIVATED))

    found = await loaders_of(database, mario).confirmation_of_payment.load(payment.id)

    assert found is None


async def test_services_without_renewal_do_not_renew_on_the_account_they_keep(database: Database) -> None:
    mario = make_customer()
    paypal = make_account(mario)
    renewing = [
        make_service(mario, renews_on=paypal, auto_renewal=status)
        for status in enums.AutoRenewalStatus
        if status not in (enums.AutoRenewalStatus.OFF, enums.AutoRenewalStatus.UNAVAILABLE)
    ]
    switched_off = make_service(mario, renews_on=paypal, auto_renewal=enums.AutoRenewalStatus.OFF)
    await store(database, mario, paypal, *renewing, switched_off)

    page = await loaders_of(database, mario).services_on_account.load(page_key(mario, paypal.id))

    assert [row.id for row in page.rows] == [row.id for row in renewing]


async def test_a_node_is_found_by_the_prefix_of_its_id(database: Database) -> None:
    mario, anna = make_customer(), make_customer()
    of_mario = await belongings_of(database, mario, times=1)
    of_anna = await belongings_of(database, anna, times=1)
    loaders = loaders_of(database, mario)
    kinds = {
        "account": tables.PayPalAccount,
        "service": tables.Service,
        "order": tables.Order,
        "payment": tables.Payment,
    }

    for kind, table in kinds.items():
        own = await load_node(loaders, of_mario[kind][0], viewer=mario)
        foreign = await load_node(loaders, of_anna[kind][0], viewer=mario)
        assert isinstance(own, table)
        assert own.id == of_mario[kind][0]
        assert foreign is None
    assert await load_node(loaders, mario.id, viewer=mario) is mario
    assert await load_node(loaders, anna.id, viewer=mario) is None
    assert await load_node(loaders, mario.id, viewer=None) is None


@pytest.mark.parametrize("malformed", ["", "_", "ord", "ord_", "ORD_1", "lin_1", "1' OR '1'='1", "\x00"])
async def test_a_malformed_id_is_nothing(database: Database, malformed: str) -> None:
    mario = make_customer()

    assert await load_node(loaders_of(database, mario), malformed, viewer=mario) is None
