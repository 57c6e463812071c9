"""What a field may reach: the viewer, the moment, and the loaders; resolvers add what acts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, Literal, TypeAlias, TypeVar

import strawberry
from strawberry.dataloader import DataLoader

from models import enums, tables
from policies.decisions import Decision

Row = TypeVar("Row")
Locale: TypeAlias = Literal["it", "en"]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderCriteria:
    """Which orders, in which order; empty tuples mean no restriction. Days are Europe/Rome, both ends included."""

    statuses: tuple[enums.OrderStatus, ...] = ()
    kinds: tuple[enums.OrderKind, ...] = ()
    service_id: str | None = None
    created_from: date | None = None
    created_to: date | None = None
    sort: enums.OrderSortField = enums.OrderSortField.CREATED_AT
    direction: enums.SortDirection = enums.SortDirection.DESC


@dataclass(frozen=True, kw_only=True, slots=True)
class ServiceCriteria:
    """Which services; always by expiry, soonest first, those without one last."""

    products: tuple[enums.Product, ...] = ()
    statuses: tuple[enums.ServiceStatus, ...] = ()
    auto_renewals: tuple[enums.AutoRenewalStatus, ...] = ()  # UNAVAILABLE selects by product
    expires_before: date | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Window:
    """A keyset window: ``first`` after a cursor or ``last`` before one; cursors are the signed opaque texts."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class PageKey:
    """One page asked of one parent: its owner, the parent's id, what to select and the window."""

    owner_id: str  # the customer, always: a foreign parent yields an empty page
    parent_id: str
    criteria: OrderCriteria | ServiceCriteria | None = None
    window: Window


@dataclass(frozen=True, kw_only=True, slots=True)
class Page(Generic[Row]):
    """Rows of one page with their cursors, same length and order."""

    rows: Sequence[Row]
    cursors: Sequence[str]
    has_next: bool
    has_previous: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalChoiceFacts:
    """The flag of one service in one payment, with the decision whether it may be changed there."""

    service: tables.Service
    enabled: bool
    maximum_cents: int | None  # the limit that will hold if it is enabled
    decision: Decision[enums.AutoRenewalBlockCode]


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalStanding:
    """How the renewal of a service at its present expiry stands: what was announced, when, and what is planned."""

    notice: tables.RenewalNotice | None
    notice_sent_at: datetime | None
    renewal: tables.Renewal | None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChargeMandate:
    """What an automatic charge rests on: the last choice before it, and the notice, with the instant it went out."""

    service: tables.Service
    consent: tables.Consent | None
    notice: tables.RenewalNotice | None
    notice_sent_at: datetime | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Loaders:
    """One loader for every link and computed field; each batch is one SQL statement.

    A loader that takes an id answers only rows of the viewer; unknown and foreign ids alike yield None or nothing.
    """

    order: DataLoader[str, tables.Order | None]
    service: DataLoader[str, tables.Service | None]
    payment: DataLoader[str, tables.Payment | None]
    account: DataLoader[str, tables.PayPalAccount | None]
    order_by_number: DataLoader[str, tables.Order | None]  # key: as typed; spaces and case do not matter
    orders: DataLoader[PageKey, Page[tables.Order]]  # parent_id = customer id
    orders_of_service: DataLoader[PageKey, Page[tables.Order]]
    orders_total: DataLoader[PageKey, int]
    orders_of_service_total: DataLoader[PageKey, int]
    services: DataLoader[PageKey, Page[tables.Service]]  # parent_id = customer id
    services_total: DataLoader[PageKey, int]
    services_on_account: DataLoader[PageKey, Page[tables.Service]]  # those that renew on it
    services_on_account_total: DataLoader[PageKey, int]
    upcoming_renewals: DataLoader[PageKey, Page[tables.Service]]  # parent_id = customer id
    upcoming_renewals_total: DataLoader[PageKey, int]
    payments_of_order: DataLoader[PageKey, Page[tables.Payment]]  # newest first
    payments_of_order_total: DataLoader[PageKey, int]
    lines_of_order: DataLoader[str, Sequence[tables.OrderLine]]
    payability: DataLoader[str, Decision[enums.OrderBlockCode]]  # key: order id
    active_payment: DataLoader[str, tables.Payment | None]  # key: order id
    renewal_eligibility: DataLoader[str, Decision[enums.AutoRenewalBlockCode]]  # key: service id; outside a payment
    renewal_standing: DataLoader[str, RenewalStanding | None]  # key: service id
    consent_of_service: DataLoader[str, tables.Consent | None]  # the last choice about its automatic renewal
    mandate_of_payment: DataLoader[str, ChargeMandate | None]  # None for a payment that somebody made
    next_attempt_of_payment: DataLoader[str, date | None]  # of the renewal whose newest charge the payment is
    choices_of_payment: DataLoader[str, Sequence[RenewalChoiceFacts]]  # key: payment id
    history_of_payment: DataLoader[str, Sequence[tables.PaymentEvent]]
    refunds_of_payment: DataLoader[str, Sequence[tables.Refund]]
    attempt_of_payment: DataLoader[str, tables.PaymentAttempt | None]  # the newest one
    confirmation_of_payment: DataLoader[str, tables.Email | None]  # the mail "Conferma pagamento" it owes
    accounts: DataLoader[str, Sequence[tables.PayPalAccount]]  # key: customer id; default first, then oldest


@dataclass(kw_only=True)
class Context:
    """What the fields of one request share."""

    viewer: tables.Customer | None
    locale: Locale
    now: datetime
    today: date  # in Europe/Rome
    customer_area_url: str
    poll_after_ms: int
    loaders: Loaders


Info: TypeAlias = strawberry.Info[Any, None]  # Any: resolvers widen the context, fields see only `Context`


def mail_language(info: Info) -> str:
    """Return the language that the customer is written to in, whatever their browser asks for."""
    viewer: tables.Customer = info.context.viewer
    return viewer.locale
