"""The facts that decisions about orders, services and choices are made of."""

from datetime import timedelta
from typing import Any

import pytest

from app.loaders import create_loaders
from models import enums
from models.database import Database
from policies.decisions import Decision
from schema.context import Loaders
from tests.factories import (
    EXPIRY,
    NOW,
    TODAY,
    Line,
    make_account,
    make_choice,
    make_customer,
    make_order,
    make_payment,
    make_service,
    store,
)

RENEWAL = enums.AutoRenewalBlockCode


def loaders_of(database: Database, viewer_id: str) -> Loaders:
    return create_loaders(
        database=database, viewer_id=viewer_id, cursor_key=b"cursor key", today=TODAY, payments_open=True
    )


def codes(decision: Decision[Any]) -> list[str]:
    return [block.code for block in decision.blocks]


async def test_an_order_is_payable_according_to_its_own_facts(database: Database) -> None:
    mario = make_customer()
    pec, deleted = make_service(mario), make_service(mario, status=enums.ServiceStatus.CANCELED)
    payable, *payable_lines = make_order(mario, lines=[pec, Line(service=None)])
    without_lines, *_ = make_order(mario, lines=[], net_cents=1, vat_cents=0, gross_cents=1)
    paid, *_ = make_order(mario, status=enums.OrderStatus.PAID)
    free, *_ = make_order(mario, lines=[])
    of_deleted, *lines_of_deleted = make_order(mario, lines=[pec, deleted])
    verifying, *_ = make_order(mario)
    started, *_ = make_order(mario)
    orders = [payable, without_lines, paid, free, of_deleted, verifying, started]
    payments = [
        make_payment(payable, status=enums.PaymentStatus.FAILED),
        make_payment(verifying, status=enums.PaymentStatus.VERIFYING),
        make_payment(verifying, status=enums.PaymentStatus.CANCELED, created_at=NOW + timedelta(hours=1)),
        make_payment(started),
    ]
    await store(database, mario, pec, deleted, *orders, *payable_lines, *lines_of_deleted, *payments)

    decisions = await loaders_of(database, mario.id).payability.load_many([order.id for order in orders])

    assert [codes(decision) for decision in decisions] == [
        [],
        [],
        [enums.OrderBlockCode.ALREADY_PAID],
        [enums.OrderBlockCode.ZERO_TOTAL],
        [enums.OrderBlockCode.SERVICE_GONE],
        [enums.OrderBlockCode.PAYMENT_BEING_VERIFIED],
        [],
    ]


async def test_eligibility_knows_what_other_tables_say_about_each_service(database: Database) -> None:
    mario = make_customer()
    free, ordered, charged, canceled, expired = (make_service(mario) for _ in range(5))
    expired.expires_on = TODAY - timedelta(days=1)
    signature = make_service(mario, product=enums.Product.FIRMA_DIGITALE)
    services = [free, ordered, charged, canceled, expired, signature]
    renewal = make_order(mario, renews=ordered)
    charged_order, *charged_lines = make_order(mario, lines=[Line(), charged])
    given_up = make_order(mario, renews=canceled, status=enums.OrderStatus.CANCELED)
    waiting_order, *waiting_lines = make_order(mario, lines=[free])
    payments = [make_payment(charged_order, status=enums.PaymentStatus.PROCESSING), make_payment(waiting_order)]
    orders = [*renewal, charged_order, *charged_lines, *given_up, waiting_order, *waiting_lines]
    await store(database, mario, make_account(mario), *services, *orders, *payments)

    decisions = await loaders_of(database, mario.id).renewal_eligibility.load_many([row.id for row in services])

    assert [codes(decision) for decision in decisions] == [
        [],
        [RENEWAL.RENEWAL_ORDER_OPEN],
        [RENEWAL.CHARGE_IN_PROGRESS],
        [],
        [RENEWAL.SERVICE_EXPIRED],
        [RENEWAL.PRODUCT_EXCLUDED],
    ]


@pytest.mark.parametrize("status", [status for status in enums.PayPalAccountStatus if status != "ACTIVE"])
async def test_only_an_own_active_account_is_usable(database: Database, status: enums.PayPalAccountStatus) -> None:
    mario, anna = make_customer(), make_customer()
    pec = make_service(mario)
    await store(database, mario, anna, make_account(mario, status=status), make_account(anna), pec)

    decision = await loaders_of(database, mario.id).renewal_eligibility.load(pec.id)

    assert codes(decision) == [RENEWAL.NO_USABLE_ACCOUNT]


async def test_a_payment_carries_a_choice_for_each_service_that_offers_renewal(database: Database) -> None:
    mario = make_customer()
    spid, pec = make_service(mario, product=enums.Product.SPID), make_service(mario)
    signature = make_service(mario, product=enums.Product.FIRMA_DIGITALE)
    order, *lines = make_order(mario, lines=[pec, signature, Line(), spid, pec])
    payment = make_payment(order)
    choices = [make_choice(payment, pec, enabled=True), make_choice(payment, spid, enabled=False)]
    await store(database, mario, spid, pec, signature, order, *lines, payment, *choices)

    found = await loaders_of(database, mario.id).choices_of_payment.load(payment.id)

    assert [(choice.service.id, choice.enabled, choice.decision.allowed) for choice in found] == [
        (pec.id, True, True),
        (spid.id, False, True),
    ]


@pytest.mark.parametrize("is_on", [True, False])
async def test_a_renewal_order_of_the_system_shows_the_renewal_as_it_is(database: Database, is_on: bool) -> None:
    mario = make_customer()
    paypal = make_account(mario)
    pec = make_service(mario, renews_on=paypal if is_on else None, expires_on=EXPIRY)
    order, *lines = make_order(mario, renews=pec, origin=enums.OrderOrigin.SCHEDULER)
    payment = make_payment(order)
    await store(database, mario, paypal, pec, order, *lines, payment, make_choice(payment, pec, enabled=not is_on))

    (choice,) = await loaders_of(database, mario.id).choices_of_payment.load(payment.id)

    assert choice.enabled is is_on
    assert codes(choice.decision) == [RENEWAL.RENEWAL_ORDER_OPEN]


async def test_choices_of_several_payments_are_kept_apart(database: Database) -> None:
    mario = make_customer()
    pec = make_service(mario)
    order, *lines = make_order(mario, lines=[pec])
    refused = make_payment(order, status=enums.PaymentStatus.FAILED)
    retried = make_payment(order)
    choices = [make_choice(refused, pec, enabled=False), make_choice(retried, pec, enabled=True)]
    await store(database, mario, pec, order, *lines, refused, retried, *choices)

    found = await loaders_of(database, mario.id).choices_of_payment.load_many([refused.id, retried.id])

    assert [[choice.enabled for choice in of_payment] for of_payment in found] == [[False], [True]]
