"""Builds the context of one request: who is asking, in which language, at which moment."""

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from math import ceil

from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.graphql.gate import Gate
from app.loaders import create_loaders
from app.request_ids import REQUEST_ID
from app.settings import Settings
from gateways.identity import BearerTokens, TokenRefused
from gateways.paypal.breaker import Breaker
from models import tables
from models.database import Database
from models.rows import find_customer
from policies.callers import household
from policies.renewal_calendar import rome_day
from resolvers.context import Browser, Context, Rules
from schema.context import Loaders, Locale
from use_cases.payment_feed import PaymentFeed, Proof
from use_cases.sign_in import Doorkeeper, Passwords, find_viewer, touch_session
from use_cases.sign_in_attempts import SignInAttempts

CONTEXT = "saldo.context"  # where the scope of a request keeps its context
COOKIE = "saldo_session"
TOUCHES_PER_IDLE = 10  # a session's last use is written this often per idle period, not with every request


@dataclass(frozen=True, kw_only=True, slots=True)
class ContextFactory:
    """What all requests of a process share."""

    settings: Settings
    database: Database
    clock: Callable[[], datetime]
    feed: PaymentFeed
    rules: Rules
    doorkeeper: Doorkeeper
    bearer: BearerTokens | None
    cursor_key: bytes
    gate: Gate
    breaker: Breaker

    @classmethod
    def of(
        cls,
        settings: Settings,
        *,
        feed: PaymentFeed,
        gate: Gate,
        breaker: Breaker,
        bearer: BearerTokens | None,
        clock: Callable[[], datetime],
    ) -> "ContextFactory":
        secret = settings.secret_key.get_secret_value().encode()
        return cls(
            settings=settings,
            database=feed.database,
            clock=clock,
            feed=feed,
            rules=Rules(
                return_origins=frozenset(settings.return_origins),
                renewal_default=settings.renewal_default,
                new_payments=settings.paypal_new_payments,
                confirm_patience=timedelta(seconds=settings.confirm_patience_seconds),
                watch_after=timedelta(seconds=settings.worker_lost_seconds),
            ),
            doorkeeper=Doorkeeper(
                passwords=Passwords(),
                attempts=SignInAttempts(),
                limits=feed.sessions,
            ),
            bearer=bearer,
            cursor_key=hmac.digest(secret, b"cursors", hashlib.sha256),
            breaker=breaker,
            gate=gate,
        )

    async def aclose(self) -> None:
        """Close the connections to the identity provider."""
        if self.bearer is not None:
            await self.bearer.aclose()

    async def build(self, request: HTTPConnection, response: Response) -> Context:
        """Return the context of a request. Raises ``TokenRefused``, ``ProviderUnreachable``."""
        now = self.clock()
        viewer, proof = await self.identify(request, now=now)
        today, address = rome_day(now), household(request.client.host) if request.client else "unknown"

        def fresh_loaders(viewer: tables.Customer | None, today: date) -> Loaders:
            return create_loaders(
                database=self.database,
                viewer_id=viewer.id if viewer else None,
                cursor_key=self.cursor_key,
                today=today,
                payments_open=self.rules.new_payments,
            )

        return Context(
            viewer=viewer,
            locale=preferred_locale(request.headers.get("accept-language", ""), viewer),
            now=now,
            today=today,
            customer_area_url=self.settings.customer_area_url,
            poll_after_ms=self.settings.poll_after_ms,
            loaders=fresh_loaders(viewer, today),
            database=self.database,
            feed=self.feed,
            clock=self.clock,
            fresh_loaders=fresh_loaders,
            rules=self.rules,
            doorkeeper=self.doorkeeper,
            address=address,
            proof=proof,
            browser=self.browser(proof.token, response, now=now),
            retry_after_seconds=self.retry_after_seconds,
            caller=viewer.id if viewer else address,
            request_id=request.scope.get(REQUEST_ID, ""),
            gate=self.gate,
        )

    def retry_after_seconds(self) -> int:
        """Return when PayPal may be tried again: the breaker knows while it is open, else a usual pause is the best."""
        return self.breaker.retry_after_seconds or ceil(self.settings.watch_first_seconds)

    async def identify(self, request: HTTPConnection, *, now: datetime) -> tuple[tables.Customer | None, Proof]:
        """Return who is asking, and what says so; an ended or unknown session is no session.

        A bearer token, if there is one, says who is asking, and the cookie is not looked at. Raises ``TokenRefused``,
        ``ProviderUnreachable``.
        """
        bearer, token = bearer_of(request), request.cookies.get(self.cookie_name)
        if bearer is not None:
            return await self.bearer_of_token(bearer)
        return (await self.find_viewer(token, now=now) if token else None), Proof(token=token)

    async def bearer_of_token(self, token: str) -> tuple[tables.Customer, Proof]:
        """Return the customer whom a bearer token names. Raises ``TokenRefused``, ``ProviderUnreachable``."""
        if self.bearer is None:
            raise TokenRefused("no identity provider is configured")
        holder = await self.bearer.holder(token)
        async with self.database.read() as session:
            customer = await find_customer(session, username=holder.username)
        if customer is None:
            raise TokenRefused("no such customer")
        return customer, Proof(good_until=holder.good_until)

    async def find_viewer(self, token: str, *, now: datetime) -> tables.Customer | None:
        limits = self.doorkeeper.limits
        async with self.database.read() as session:
            found = await find_viewer(session, token=token, limits=limits, now=now)
        if found is None:
            return None
        customer, opened = found
        if now - opened.last_seen_at >= limits.idle / TOUCHES_PER_IDLE:
            async with self.database.write() as writing:
                await touch_session(writing, token=token, now=now)
        return customer

    @property
    def cookie_name(self) -> str:
        """Over HTTPS the name itself forbids other hosts and paths to set the cookie."""
        return f"__Host-{COOKIE}" if self.settings.cookie_secure else COOKIE

    def browser(self, token: str | None, response: Response, *, now: datetime) -> Browser:
        """Return the caller's cookie jar: no script reads it, and no foreign page posts with it."""
        cookie = partial(
            response.set_cookie,
            self.cookie_name,
            httponly=True,
            samesite="lax",
            path="/",
            secure=self.settings.cookie_secure,
        )

        def keep(value: str, expires_at: datetime) -> None:
            cookie(value, max_age=int((expires_at - now).total_seconds()))

        def forget() -> None:
            cookie("", max_age=0)

        return Browser(token=token, keep=keep, forget=forget)


def bearer_of(request: HTTPConnection) -> str | None:
    """Return the bearer token of a request, empty for a header that is none; None without a header."""
    header = request.headers.get("authorization")
    if header is None:
        return None
    scheme, _, token = header.partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


def locale_of(request: HTTPConnection) -> Locale:
    """Return the language of a request: that of its context, if it came so far that there is one."""
    context: Context | None = request.scope.get(CONTEXT)
    return context.locale if context else preferred_locale(request.headers.get("accept-language", ""), None)


def preferred_locale(accept_language: str, viewer: tables.Customer | None) -> Locale:
    """Return the first of our languages that the request accepts, else the customer's, else Italian."""
    weighted = []
    for position, part in enumerate(accept_language.split(",")):
        tag, _, parameter = part.strip().partition(";")
        quality = parameter.strip().removeprefix("q=") if parameter else "1"
        try:
            weighted.append((-float(quality), position, tag.strip().lower()[:2]))
        except ValueError:
            continue
    for negative, _, language in sorted(weighted):
        if negative < 0 and language in {"it", "en"}:
            return "it" if language == "it" else "en"
    return "en" if viewer and viewer.locale == "en" else "it"
