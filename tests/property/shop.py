"""Who buys what in every example: a customer with orders and accounts, and a stranger whom nothing may touch."""

from dataclasses import dataclass

from gateways.paypal.simulator.scenarios import BEHAVIOURS
from models import enums, tables
from tests.factories import (
    Line,
    make_account,
    make_customer,
    make_event,
    make_order,
    make_payment,
    make_service,
)
from tests.property.world import World
from tests.renewals import make_consent

PAYERS = (*["pays"] * 10, *BEHAVIOURS)  # most people just pay


@dataclass(frozen=True, kw_only=True, slots=True)
class Shop:
    """The rows that the acts of an example name, as they were stored."""

    customer: tables.Customer
    services: list[tables.Service]
    orders: list[tables.Order]
    accounts: tuple[tables.PayPalAccount, tables.PayPalAccount]
    stranger: tables.Customer
    foreign_order: tables.Order
    foreign_payment: tables.Payment
    foreign_account: tables.PayPalAccount


async def open_shop(world: World) -> Shop:
    """Store a customer with two PayPal accounts and three unpaid orders, and a stranger.

    The orders: two services bought, one renewed by hand, and one whose automatic charge has failed.
    """
    mario, bianca = make_customer(), make_customer(display_name="Bianca Neri")
    first, second = make_account(mario, is_default=True), make_account(mario)
    pec = make_service(mario)
    spid = make_service(mario, product=enums.Product.SPID, label="SPID")
    signature = make_service(mario, product=enums.Product.FIRMA_DIGITALE, label="Firma", expires_on=None)
    invoices = make_service(mario, renews_on=second, product=enums.Product.FATTURAZIONE_PA, label="Fatture")
    orders = [
        make_order(mario, lines=[Line(service=pec), Line(service=signature, net_cents=4100)]),
        make_order(mario, renews=spid),
        make_order(mario, renews=invoices, origin=enums.OrderOrigin.SCHEDULER),
    ]
    theirs, box = make_account(bianca, is_default=True), make_service(bianca)
    foreign, *foreign_lines = make_order(bianca, lines=[box])
    foreign_payment = make_payment(foreign)
    services = [pec, signature, spid, invoices]
    await world.save(mario, bianca, first, second, theirs, *services, box, make_consent(invoices))
    await world.save(*(row for rows in orders for row in rows))
    await world.save(foreign, *foreign_lines, foreign_payment, make_event(foreign_payment))
    return Shop(
        customer=mario,
        services=services,
        orders=[order for order, *_ in orders],
        accounts=(first, second),
        stranger=bianca,
        foreign_order=foreign,
        foreign_payment=foreign_payment,
        foreign_account=theirs,
    )


async def tell_paypal(world: World, shop: Shop, *, payers: tuple[str, str]) -> None:
    """Let PayPal know the customer's two accounts, whose owners behave as told."""
    for account, payer in zip(shop.accounts, payers, strict=True):
        name, token = f"{payer}+{account.payment_token}", account.payment_token or ""
        await world.paypal.store_account(token, payer=name, customer_id=shop.customer.id)
