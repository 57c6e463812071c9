"""Every place of a mutation that takes an id, and the ids that must find nothing there."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.factories import new_id
from tests.harness.journeys import RETURN_URL, euros
from tests.harness.product import Product
from tests.harness.refusals import Desk

MALFORMED = ("", " ", "ord_", "pay_€", "'; DROP TABLE orders; --", "%", "\x00", "a" * 5000)


@dataclass(frozen=True, kw_only=True, slots=True)
class World:
    """Two customers with the same kinds of things; the first is asking."""

    product: Product
    own: Desk
    foreign: Desk
    own_payment: str
    foreign_payment: str
    renewable: str  # a service of the first that could be switched on now
    cursors: dict[str, dict[str, str]]  # of both, a cursor of each list

    def known_to(self, desk: Desk) -> dict[str, str]:
        """Return the ids and the number of everything on a desk, by kind."""
        return {
            "customer": desk.customer.id,
            "service": desk.service.id,
            "order": desk.order.id,
            "number": desk.order.number,
            "account": desk.account.id,
            "payment": self.own_payment if desk is self.own else self.foreign_payment,
        }

    def strange(self, kind: str) -> list[str]:
        """Return the foreign id of that kind first, then unknown ones, malformed ones and ids of another kind."""
        unknown = "SAL9999999" if kind == "number" else new_id(self.known_to(self.own)[kind].partition("_")[0])
        of_another_kind = [id for other, id in self.known_to(self.own).items() if other != kind]
        return [self.known_to(self.foreign)[kind], unknown, *MALFORMED, *of_another_kind]


Variables: TypeAlias = Callable[[World, str], dict[str, Any]]


def started(**order: str) -> dict[str, Any]:
    return {"input": {"order": order, "returnUrl": RETURN_URL}}


def switched(service_id: str, **more: Any) -> dict[str, Any]:
    return {"serviceId": service_id, "enabled": True, **more}


def confirmed(payment_id: str) -> dict[str, Any]:
    return {"input": {"paymentId": payment_id, "expectedAmount": euros(3660), "idempotencyKey": "key"}}


def registered(*service_ids: str) -> dict[str, Any]:
    return {"input": {"account": {}, "returnUrl": RETURN_URL, "enableRenewalFor": list(service_ids)}}


# Where an id stands in a mutation, the document that sends it, what kind it is of, and how to send another one there.
MUTATIONS: list[tuple[str, str, str, Variables]] = [
    ("startPayment(input.order.id)", "start_payment", "order", lambda _, id: started(id=id)),
    ("startPayment(input.order.number)", "start_payment", "number", lambda _, number: started(number=number)),
    (
        "selectAccount(input.paymentId)",
        "select_registered_account",
        "payment",
        lambda world, id: {"paymentId": id, "accountId": world.own.account.id},
    ),
    ("selectAccount(input.paymentId)", "select_new_account", "payment", lambda _, id: {"paymentId": id}),
    (
        "selectAccount(input.account.registered)",
        "select_registered_account",
        "account",
        lambda world, id: {"paymentId": world.own_payment, "accountId": id},
    ),
    (
        "setAutoRenewal(input.serviceId)",
        "set_auto_renewal",
        "service",
        lambda world, id: switched(id, accountId=world.own.account.id),
    ),
    ("setAutoRenewal(input.serviceId)", "set_auto_renewal", "service", lambda _, id: switched(id, enabled=False)),
    (
        "setAutoRenewal(input.serviceId)",
        "set_auto_renewal",
        "service",
        lambda world, id: switched(id, paymentId=world.own_payment),
    ),
    (
        "setAutoRenewal(input.accountId)",
        "set_auto_renewal",
        "account",
        lambda world, id: switched(world.renewable, accountId=id),
    ),
    (
        "setAutoRenewal(input.paymentId)",
        "set_auto_renewal",
        "payment",
        lambda world, id: switched(world.own.service.id, paymentId=id),
    ),
    ("confirmPayment(input.paymentId)", "confirm_payment", "payment", lambda _, id: confirmed(id)),
    ("cancelPayment(paymentId)", "cancel_payment", "payment", lambda _, id: {"paymentId": id}),
    ("cancelOrder(orderId)", "cancel_order", "order", lambda _, id: {"orderId": id}),
    (
        "registerPayPalAccount(input.enableRenewalFor)",
        "register_paypal_account",
        "service",
        lambda world, id: registered(world.own.service.id, id),
    ),
    ("makeDefaultPayPalAccount(accountId)", "make_default_paypal_account", "account", lambda _, id: {"accountId": id}),
    ("removePayPalAccount(accountId)", "remove_paypal_account", "account", lambda _, id: {"accountId": id}),
    (
        "removePayPalAccount(moveRenewalsTo)",
        "remove_paypal_account",
        "account",
        lambda world, id: {"accountId": world.own.account.id, "moveRenewalsTo": id},
    ),
]
