"""The addresses beside GraphQL: the return from PayPal of a payer or an account's owner, and whether we are well."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import structlog
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from gateways.paypal.breaker import Breaker
from models import tables
from models.enums import PaymentStatus
from use_cases.await_payment import await_payment
from use_cases.await_setup import await_setup, has_ended
from use_cases.errors import NotFound
from use_cases.payment_feed import PaymentFeed
from use_cases.visit_account_setup import take_refusal, welcome_owner
from use_cases.visit_from_paypal import find_visited, take_cancellation, welcome_back
from workflows.inquiries import ask_before_cancel

log = structlog.get_logger(__name__)

UNDECIDED = frozenset({PaymentStatus.AWAITING_APPROVAL, PaymentStatus.PROCESSING})
STALE_LINK = """<!doctype html><html lang="it"><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Collegamento non valido</title>
<style>body{font:16px/1.5 system-ui,sans-serif;max-width:34rem;margin:15vh auto;padding:0 1rem}</style>
<h1>Collegamento non valido</h1>
<p>Questo collegamento non corrisponde a nessun pagamento e a nessuna registrazione. Nulla &egrave; stato addebitato.
Torna all'area clienti e controlla i tuoi ordini e i tuoi account PayPal.</p>
<p lang="en">This link does not belong to any payment or registration. Nothing was charged.
Go back to the customer area and check your orders and your PayPal accounts.</p>
</html>"""

Handler = Callable[[Request], Awaitable[Response]]


def create_routes(
    *, feed: PaymentFeed, clock: Callable[[], datetime], return_patience: timedelta, breaker: Breaker
) -> list[Route]:
    """Return the routes of one process."""
    database = feed.database

    async def return_from_paypal(request: Request) -> Response:
        async with database.write() as session:
            payment = await welcome_back(session, **claims(request), now=clock())
        settled = await await_payment(feed, payment_id=payment.id, busy=UNDECIDED, patience=return_patience)
        return to_front_end(settled.return_url, paymentId=settled.id)

    async def cancel_at_paypal(request: Request) -> Response:
        payment = await cancel_visited(feed, claims(request), clock=clock)
        return to_front_end(payment.return_url, paymentId=payment.id)

    async def return_with_account(request: Request) -> Response:
        async with database.write() as session:
            setup = await welcome_owner(session, **account_claims(request), now=clock())
        settled = await await_setup(database, setup_id=setup.id, done=has_ended, patience=return_patience)
        return to_front_end(settled.return_url, accountId=settled.account_id)

    async def refuse_account(request: Request) -> Response:
        async with database.write() as session:
            setup = await take_refusal(session, **account_claims(request), now=clock())
        return to_front_end(setup.return_url, accountId=setup.account_id)

    async def health(_: Request) -> Response:
        await database.ping()
        return JSONResponse({"status": "ok", "paypal": breaker.state})  # PayPal's illness is not ours

    return [
        Route("/paypal/return", refuse_stale(return_from_paypal), methods=["GET"]),
        Route("/paypal/cancel", refuse_stale(cancel_at_paypal), methods=["GET"]),
        Route("/paypal/accounts/return", refuse_stale(return_with_account), methods=["GET"]),
        Route("/paypal/accounts/cancel", refuse_stale(refuse_account), methods=["GET"]),
        Route("/health", health, methods=["GET"]),
    ]


async def cancel_visited(
    feed: PaymentFeed, claimed: dict[str, str], *, clock: Callable[[], datetime]
) -> tables.Payment:
    """Give the payment up, unless PayPal, asked first, has taken money: that is booked. Raises ``NotFound``."""
    async with feed.database.read() as session:
        payment, _ = await find_visited(session, **claimed)
    await ask_before_cancel(feed, customer_id=payment.customer_id, payment_id=payment.id)
    async with feed.database.write() as session:
        return await take_cancellation(session, **claimed, now=clock())


def claims(request: Request) -> dict[str, str]:
    """Return what the address claims: our key of the attempt, and PayPal's order."""
    query = request.query_params
    return {"return_key": query.get("attempt", ""), "order_token": query.get("token", "")}


def account_claims(request: Request) -> dict[str, Any]:
    """Return what the address claims: our key of the registration, and PayPal's setup token, if it names one."""
    query = request.query_params
    named = [query[name] for name in ("approval_token_id", "approval_session_id") if query.get(name)]
    return {"return_key": query.get("setup", ""), "setup_token": named[0] if named else None}


def refuse_stale(handler: Handler) -> Handler:
    """Answer an address that we did not hand out with a page for people, and change nothing."""

    async def guarded(request: Request) -> Response:
        try:
            return await handler(request)
        except NotFound:
            log.warning("paypal.return_refused", path=request.url.path)
            return HTMLResponse(STALE_LINK, status_code=404)

    return guarded


def to_front_end(return_url: str, **ids: str) -> Response:
    """Send the browser to where the front end wants it, with the id of what it is about; a 303, so that it is a GET."""
    parts = urlsplit(return_url)
    query = [(key, value) for key, value in parse_qsl(parts.query, keep_blank_values=True) if key not in ids]
    address = urlunsplit(parts._replace(query=urlencode([*query, *ids.items()])))
    return RedirectResponse(
        address, status_code=303, headers={"Cache-Control": "no-store", "Referrer-Policy": "no-referrer"}
    )
