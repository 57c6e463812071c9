"""How many SQL statements each document of `queries/` takes over HTTP: a number that no number of rows changes."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, cycle
from pathlib import Path
from typing import Any

import pytest
from argon2 import PasswordHasher

from models import enums, tables
from tests.factories import (
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
    make_setup,
)
from tests.harness.journeys import RETURN_URL, euros
from tests.harness.mailbox import Mailbox
from tests.harness.product import QUERIES, Client, Product, running_product
from tests.harness.simulator import Simulator
from tests.harness.streams import following
from tests.renewals import make_consent, make_notice, make_notice_email
from tests.statements import count_statements
from use_cases.register_paypal_account import AccountWish
from use_cases.select_account import NewAccount

# The session is looked up in one statement; then one for each link that the document follows. A mutation reads what it
# decides on, writes, and shows the result through fresh loaders.
STATEMENTS: Mapping[str, int] = {
    "sign_in": 2,
    "services": 7,
    "upcoming_renewals": 4,
    "orders_to_pay": 6,
    "order": 7,
    "paypal_accounts": 3,
    "start_payment": 12,
    "start_payment, open already": 8,
    "payment, chosen": 7,
    "payment, succeeded": 8,
    "select_new_account": 5,
    "select_registered_account": 6,
    "set_auto_renewal, staged": 10,
    "set_auto_renewal, off": 12,
    "make_default_paypal_account": 6,
    "remove_paypal_account": 10,  # the default passes on, too
    "register_paypal_account, begun already": 5,
    "set_auto_renewal, on": 15,
    "confirm_payment": 20,
    "confirm_payment, again": 8,
    "cancel_payment": 7,
    "cancel_order": 7,
    "payment_changed": 7,
    "why_was_i_charged": 12,
    "sign_out": 2,
}

PASSWORD = "una password"
RENEWABLE = (enums.Product.PEC, enums.Product.SPID, enums.Product.FATTURAZIONE_PA, enums.Product.CONSERVAZIONE)


@dataclass(frozen=True, kw_only=True)
class Belongings:
    """A customer with so many of everything."""

    customer: tables.Customer
    account: tables.PayPalAccount
    unused: tables.PayPalAccount  # to be removed
    service: tables.Service
    unpaid: tables.Order  # nobody has begun to pay it
    given_up: tables.Order  # to be canceled
    abandoned: tables.Payment  # to be canceled
    chosen: tables.Payment  # waits for "Procedi"
    succeeded: tables.Payment
    charged: tables.Order  # by itself, as often as it takes


async def furnish(product: Product, *, times: int) -> Belongings:
    """Store a customer with so many accounts, services, orders, lines, payments, choices and events."""
    customer = make_customer(password_hash=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1).hash(PASSWORD))
    accounts = [make_account(customer, is_default=number == 0) for number in range(min(times, 17))]  # of 20
    unused = make_account(customer)
    waiting = make_account(customer, status=enums.PayPalAccountStatus.PENDING_APPROVAL, payment_token=None)
    setup = make_setup(waiting, wish_hash=AccountWish(account=NewAccount(), return_url=RETURN_URL).fingerprint)
    services = [
        make_service(customer, product=kind, renews_on=account)
        for account, kind, _ in zip(cycle(accounts), cycle(RENEWABLE), range(times), strict=False)
    ]
    charged = make_order(
        customer, renews=services[0], origin=enums.OrderOrigin.SCHEDULER, status=enums.OrderStatus.CANCELED
    )
    unpaid, given_up, abandoned, chosen, *others = (make_order(customer, lines=services) for _ in range(times + 4))
    paid = make_order(customer, lines=services, status=enums.OrderStatus.PAID)
    orders = [unpaid, given_up, abandoned, chosen, *others, paid, charged]
    await product.save(customer, *accounts, unused, waiting, setup, *services, *chain.from_iterable(orders))
    mine = Belongings(
        customer=customer,
        account=accounts[0],
        unused=unused,
        service=services[0],
        unpaid=unpaid[0],
        given_up=given_up[0],
        abandoned=make_payment(abandoned[0]),
        chosen=make_payment(chosen[0], account=accounts[0], status=enums.PaymentStatus.AWAITING_CONFIRMATION),
        succeeded=make_payment(paid[0], account=accounts[0], status=enums.PaymentStatus.SUCCEEDED),
        charged=charged[0],
    )
    await save_charges(product, mine, times=times)
    await save_payments(product, mine, services=services, times=times)
    return mine


async def save_payments(product: Product, mine: Belongings, *, services: Sequence[tables.Service], times: int) -> None:
    """Store the payments with their history and choices, and those of an order that came to nothing."""
    canceled = [make_payment(mine.unpaid, status=enums.PaymentStatus.CANCELED) for _ in range(times)]
    paying = (mine.abandoned, mine.chosen, mine.succeeded)
    choices = [make_choice(payment, service) for payment in paying for service in services]
    events = [make_event(payment, position=place + 1) for payment in paying for place in range(times)]
    refunds = [make_refund(mine.succeeded, amount_cents=1) for _ in range(times)]
    letters = make_email(mine.succeeded)
    await product.save(
        mine.abandoned, mine.chosen, *canceled, make_attempt(mine.succeeded), *choices, *events, *refunds, letters
    )


async def save_charges(product: Product, mine: Belongings, *, times: int) -> None:
    """Store so many refused charges of a renewal, which was agreed to beside a payment and announced."""
    automatic, refused = enums.PaymentInitiator.AUTOMATIC_RENEWAL, enums.PaymentStatus.FAILED
    charges = [
        make_payment(mine.charged, account=mine.account, initiator=automatic, status=refused) for _ in range(times)
    ]
    email = make_notice_email(mine.service)
    told = make_notice(mine.service, email=email, account=mine.account)
    await product.save(mine.succeeded, *charges, *(make_event(charge) for charge in charges), email, told)
    await product.save(make_consent(mine.service, payment_id=mine.succeeded.id))


def conversation(mine: Belongings) -> list[tuple[str, str, dict[str, Any]]]:
    """Return what is asked, in an order in which every request is accepted: a label, the document, its variables."""
    chosen, service, unpaid, account = mine.chosen.id, mine.service.id, mine.unpaid, mine.account.id
    start = {"input": {"order": {"number": unpaid.number}, "returnUrl": RETURN_URL}}
    register = {"input": {"account": {}, "returnUrl": RETURN_URL}}
    confirm = {"input": {"paymentId": chosen, "expectedAmount": euros(mine.chosen.amount_cents)}}
    return [
        ("services", "services", {}),
        ("upcoming_renewals", "upcoming_renewals", {}),
        ("orders_to_pay", "orders_to_pay", {}),
        ("order", "order", {"number": unpaid.number}),
        ("paypal_accounts", "paypal_accounts", {}),
        ("start_payment", "start_payment", start),
        ("start_payment, open already", "start_payment", start),
        ("payment, chosen", "payment", {"id": chosen}),
        ("payment, succeeded", "payment", {"id": mine.succeeded.id}),
        ("select_new_account", "select_new_account", {"paymentId": chosen}),
        ("select_registered_account", "select_registered_account", {"paymentId": chosen, "accountId": account}),
        ("set_auto_renewal, staged", "set_auto_renewal", {"serviceId": service, "enabled": True, "paymentId": chosen}),
        ("set_auto_renewal, off", "set_auto_renewal", {"serviceId": service, "enabled": False}),
        ("set_auto_renewal, on", "set_auto_renewal", {"serviceId": service, "enabled": True, "accountId": account}),
        ("confirm_payment", "confirm_payment", confirm),
        ("confirm_payment, again", "confirm_payment", confirm),
        ("cancel_payment", "cancel_payment", {"paymentId": mine.abandoned.id}),
        ("cancel_order", "cancel_order", {"orderId": mine.given_up.id}),
        ("make_default_paypal_account", "make_default_paypal_account", {"accountId": mine.unused.id}),
        ("remove_paypal_account", "remove_paypal_account", {"accountId": mine.unused.id}),
        ("register_paypal_account, begun already", "register_paypal_account", register),
        ("payment_changed", "payment_changed", {"paymentId": mine.succeeded.id}),
        ("why_was_i_charged", "why_was_i_charged", {"number": mine.charged.number}),
        ("sign_out", "sign_out", {}),
    ]


async def statements_of(product: Product, client: Client, document: str, variables: Mapping[str, Any]) -> int:
    """Run a document, which must be accepted, and return the number of its statements."""
    with count_statements(product.app_database) as statements:
        if document == "payment_changed":
            async with following(client, variables["paymentId"]) as stream:
                await stream.until_complete()
            return len(statements)
        answer = await client.run(document, **variables)
    assert not str(answer.get("__typename")).endswith("Error"), answer
    return len(statements)


@pytest.fixture
async def impatient(tmp_path: Path, template: Path, simulator: Simulator, mailbox: Mailbox) -> AsyncIterator[Product]:
    """The product, answering "Procedi" before the worker has got anywhere, because PayPal is slow."""
    simulator.fail("slow", seconds=2, pattern="/v2/checkout/orders")
    async with running_product(
        tmp_path,
        template=template,
        simulator=simulator,
        mailbox=mailbox,
        confirm_patience_seconds=0,
        live_poll_ms=60_000,
    ) as running:
        yield running


@pytest.mark.parametrize("times", [1, 30])
async def test_each_document_takes_its_number_of_statements(impatient: Product, times: int) -> None:
    mine = await furnish(impatient, times=times)
    newcomer, client = impatient.anonymous(), await impatient.signed_in(mine.customer)
    login = {"username": mine.customer.username, "password": PASSWORD}

    counted = {"sign_in": await statements_of(impatient, newcomer, "sign_in", login)}
    for label, document, variables in conversation(mine):
        counted[label] = await statements_of(impatient, client, document, variables)

    assert counted == STATEMENTS


def test_every_document_is_counted() -> None:
    documents = {path.stem.partition("_")[2] for path in QUERIES.glob("*.graphql")}

    assert {label.partition(",")[0] for label in STATEMENTS} == documents
