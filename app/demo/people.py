"""The words in which the demo's customers are written down; days count from the day they are stored."""

from collections.abc import Mapping
from dataclasses import dataclass

from models.enums import AutoRenewalStatus, CustomerKind, OrderOrigin, OrderStatus, Product, ServiceStatus


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """A registered PayPal account; its payer behaves as the simulator's ``behaviour`` of that name says."""

    email: str
    behaviour: str
    nickname: str
    is_default: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A service, named by its ``label``; with ``renews_on``, a nickname, automatic renewal charges that account."""

    product: Product
    label: str
    status: ServiceStatus = ServiceStatus.PENDING_ACTIVATION
    expires_in_days: int | None = None
    term_years: int = 1
    renews_on: str | None = None
    auto_renewal: AutoRenewalStatus | None = None  # other than ON with an account and OFF without


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """A line of an order: a service by its label, and its price in cents without VAT."""

    service: str
    description: str
    net_cents: int
    term_years: int | None = 1


@dataclass(frozen=True, kw_only=True, slots=True)
class Order:
    """An order; with ``renews`` it renews the service of its only line from its present expiry."""

    number: str
    lines: tuple[Line, ...]
    placed_days_ago: int
    renews: bool = False
    origin: OrderOrigin = OrderOrigin.CUSTOMER
    status: OrderStatus = OrderStatus.AWAITING_PAYMENT
    paid_with: str | None = None  # nickname of the account; it was paid on the day it was placed
    refused_days_ago: tuple[int, ...] = ()  # when the charge of a renewal of the system was refused


@dataclass(frozen=True, kw_only=True, slots=True)
class Customer:
    """Somebody to sign in as; ``says`` is what the terminal tells about the customer."""

    username: str
    says: str
    kind: CustomerKind
    display_name: str
    email: str
    address: Mapping[str, str]
    locale: str = "it"
    tax_code: str | None = None
    vat_number: str | None = None
    accounts: tuple[Account, ...] = ()
    services: tuple[Service, ...]
    orders: tuple[Order, ...]
