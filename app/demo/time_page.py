"""The page on which a visitor of the demo moves the clock: to the notice, the charge or the expiry of a service."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, select_autoescape
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from app.demo.days import Days
from models import tables
from models.moved_time_rows import services_with_holders
from policies.renewal_calendar import ROME, rome_day, schedule
from policies.renewal_terms import TERMS
from policies.service_calendar import AWAITED
from workflows import engine

PATH = "/time"
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; base-uri 'none'",
    "Cache-Control": "no-store",
}
PAGES = Environment(loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=select_autoescape())


@dataclass(frozen=True, kw_only=True, slots=True)
class Stop:
    """A day of a service that can be gone to: what it is, and whether it is still ahead."""

    name: str
    day: date
    ahead: bool


def create_time_routes(days: Days, *, mails: str, graphiql: str) -> list[Route]:
    """Return the routes of the page; it links to where the mails and the API are."""

    async def show(request: Request) -> Response:
        async with engine.runtime().database.read() as session:
            found = await services_with_holders(session)
        page = PAGES.get_template("time.html").render(
            now=days.clock().astimezone(ROME),
            moved=(days.today - rome_day(days.clock.real())).days,
            days=days,
            tomorrow=days.today + timedelta(days=1),
            services=[(service, holder, stops_of(service, today=days.today)) for service, holder in found],
            mails=mails,
            graphiql=graphiql,
            path=PATH,
        )
        return HTMLResponse(page, headers=HEADERS)

    async def go(request: Request) -> Response:
        if request.headers.get("origin") not in (None, f"{request.url.scheme}://{request.url.netloc}"):
            return PlainTextResponse("Only the demo's own page moves its clock.", 403)
        try:
            days.let_pass(date.fromisoformat(request.query_params.get("until", "")))
        except ValueError:
            return PlainTextResponse("Name a day that is ahead: /time?until=2027-01-31, at most three years.", 400)
        return RedirectResponse(PATH, status_code=303)

    return [Route(PATH, show, methods=["GET"]), Route(PATH, go, methods=["POST"])]


def stops_of(service: tables.Service, *, today: date) -> Sequence[Stop]:
    """Return the days of the service: notice and charge while it renews itself, and its last day."""
    assert service.expires_on is not None, "only what expires has a calendar"
    stops = [("expiry", service.expires_on)]
    if TERMS[service.product].offered and service.auto_renewal in AWAITED:
        plan = schedule(product=service.product, expires_on=service.expires_on, term_years=service.term_years)
        stops = [("notice", plan.notice_on), ("charge", plan.charge_on), *stops]
    return [Stop(name=name, day=day, ahead=day > today) for name, day in stops]
