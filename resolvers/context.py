"""What the resolvers of one request may use: the fields' context, and the means to act."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeAlias

import strawberry
from graphql import GraphQLError

from models import tables
from models.database import Database, Session
from policies.renewal_calendar import rome_day
from schema import context
from schema.context import Loaders
from schema.rate_limit import Quote
from use_cases.payment_feed import PaymentFeed, Proof
from use_cases.sign_in import Doorkeeper, OpenedSession


@dataclass(frozen=True, kw_only=True, slots=True)
class Rules:
    """What the operator has decided for all requests."""

    return_origins: frozenset[str]
    renewal_default: bool
    new_payments: bool  # whether a customer may begin a payment by PayPal
    confirm_patience: timedelta
    watch_after: timedelta


@dataclass(frozen=True, kw_only=True, slots=True)
class Browser:
    """The session cookie of the caller: what it is, and how to set or clear it."""

    token: str | None
    keep: Callable[[str, datetime], None]
    forget: Callable[[], None]


@dataclass(kw_only=True)
class Context(context.Context):
    """The context of one request."""

    database: Database
    feed: PaymentFeed
    clock: Callable[[], datetime]
    fresh_loaders: Callable[[tables.Customer | None, date], Loaders]
    rules: Rules
    doorkeeper: Doorkeeper
    address: str  # where the request comes from
    proof: Proof  # of who the viewer is
    browser: Browser
    retry_after_seconds: Callable[[], int]  # the advice for somebody whom PayPal has just failed
    caller: str  # whose budget pays: the customer, or the address of somebody who is not signed in
    request_id: str
    gate: object = None  # what the schema's guard checks a request against
    quote: Quote | None = None  # what the guard found the operation to cost
    dry_run: bool = False  # only the price was asked for

    @property
    def customer(self) -> tables.Customer:
        """Return the signed-in customer. Raises a top-level error when nobody is."""
        if self.viewer is None:
            raise GraphQLError("Sign in first.", extensions={"code": "UNAUTHENTICATED"})
        return self.viewer

    @asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        """Open a writing transaction; what the loaders knew before it is forgotten after it."""
        try:
            async with self.database.write() as session:
                yield session
        finally:
            self.become(self.viewer)

    def become(self, viewer: tables.Customer | None) -> None:
        """Go on as this viewer, with loaders that know nothing yet."""
        self.viewer = viewer
        self.loaders = self.fresh_loaders(viewer, self.today)

    def look_again(self) -> None:
        """Give one more answer to the same request: at the present moment, with loaders that know nothing yet."""
        self.now = self.clock()
        self.today = rome_day(self.now)
        self.become(self.viewer)

    def begin_session(self, opened: OpenedSession) -> None:
        """Go on as the customer of a session just opened, and let the browser keep it."""
        self.browser.keep(opened.token, opened.expires_at)
        self.become(opened.customer)

    def end_session(self) -> None:
        """Go on as nobody, and let the browser forget its session."""
        self.browser.forget()
        self.become(None)


Info: TypeAlias = strawberry.Info[Context, None]
