"""The payer's pages: sign in, create an account, accept or go back."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlencode

import structlog
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from gateways.paypal.simulator import approvals
from gateways.paypal.simulator.api import Api
from gateways.paypal.simulator.approvals import Approval, NothingToApproveError
from gateways.paypal.simulator.records import Payer
from gateways.paypal.simulator.scenarios import BEHAVIOURS, KNOWN_PAYERS

log = structlog.get_logger(__name__)

_PAGES = Environment(
    loader=FileSystemLoader(Path(__file__).parent / "pages"), autoescape=True, undefined=StrictUndefined
)


@dataclass(frozen=True, kw_only=True, slots=True)
class PageRequest:
    """A payer's request for a page."""

    api: Api
    form: dict[str, str] = field(default_factory=dict)

    @property
    def token(self) -> str:
        """Return the order or setup token that is to be approved."""
        return self.form.get("token") or self.form.get("approval_session_id", "")

    def approval(self) -> Approval:
        """Return what is to be approved."""
        return approvals.find_approval(self.api.desk(), self.token)

    def payer(self) -> Payer | None:
        """Return the payer who has signed in."""
        return self.api.ledger.get(Payer, self.form.get("payer", ""))


Handler = Callable[[PageRequest], Response]


def page_routes(api: Api) -> list[Route]:
    """Return the routes of the pages."""
    handlers: tuple[tuple[str, str, Handler], ...] = (
        ("GET", "/", _home),
        ("GET", "/checkoutnow", _sign_in_page),
        ("GET", "/agreements/approve", _sign_in_page),
        ("POST", "/payer/sign-in", _sign_in),
        ("GET", "/payer/sign-up", _sign_up_page),
        ("POST", "/payer/sign-up", _sign_up),
        ("GET", "/payer/review", _review_page),
        ("POST", "/payer/accept", _accept),
        ("POST", "/payer/cancel", _cancel),
    )
    return [Route(path, _endpoint(api, handler), methods=[method]) for method, path, handler in handlers]


def _endpoint(api: Api, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        text = (await request.body()).decode(errors="replace") if request.method == "POST" else request.url.query
        form = {name: values[-1] for name, values in parse_qs(text).items()}
        try:
            with api.ledger.transaction():
                page = handler(PageRequest(api=api, form=form))
            await api.courier.hurry()  # the merchant hears of an approval before the payer is back
            return page
        except NothingToApproveError as missing:
            return _page("message.html", status=404, title=missing.title, text=missing.text)

    return endpoint


def _page(template: str, *, status: int = 200, **values: object) -> HTMLResponse:
    return HTMLResponse(_PAGES.get_template(template).render(**values), status)


def _see_other(url: str) -> RedirectResponse:
    return RedirectResponse(url, status_code=303)


def _home(asked: PageRequest) -> Response:
    payers = asked.api.ledger.find(Payer)
    return _page("home.html", payers=payers, behaviours=BEHAVIOURS, now=asked.api.desk().now)


def _sign_in_page(asked: PageRequest, *, error: str | None = None) -> Response:
    approval = asked.approval()
    payers = [payer for payer in asked.api.ledger.find(Payer) if payer.email in KNOWN_PAYERS]
    return _page(
        "sign_in.html",
        status=422 if error else 200,
        approval=approval,
        payers=payers,
        behaviours=BEHAVIOURS,
        email=asked.form.get("email", ""),
        error=error,
    )


def _sign_in(asked: PageRequest) -> Response:
    payer = asked.api.ledger.payer_with(asked.form.get("email", ""))
    if payer is None:
        return _sign_in_page(asked, error="Nessun conto ha questo indirizzo. Puoi crearne uno.")
    if not asked.form.get("password"):
        return _sign_in_page(asked, error="Scrivi la password: nel simulatore va bene qualunque.")
    return _to_review(asked, payer)


def _sign_up_page(asked: PageRequest, *, error: str | None = None) -> Response:
    return _page("sign_up.html", status=422 if error else 200, approval=asked.approval(), form=asked.form, error=error)


def _sign_up(asked: PageRequest) -> Response:
    given_name, surname, email, password = (
        asked.form.get(name, "").strip() for name in ("given_name", "surname", "email", "password")
    )
    if not (given_name and surname and password and "@" in email.strip("@")):
        return _sign_up_page(asked, error="Compila tutti i campi; l'indirizzo deve contenere una @.")
    if asked.api.ledger.payer_with(email) is not None:
        return _sign_up_page(asked, error="Esiste già un conto con questo indirizzo: accedi con quello.")
    return _to_review(asked, asked.api.ledger.add_payer(email=email, given_name=given_name, surname=surname))


def _to_review(asked: PageRequest, payer: Payer) -> Response:
    return _see_other("/payer/review?" + urlencode({"token": asked.token, "payer": payer.id}))


def _review_page(asked: PageRequest) -> Response:
    approval, payer = asked.approval(), asked.payer()
    if payer is None:
        return _see_other("/checkoutnow?" + urlencode({"token": asked.token}))
    return _page("review.html", approval=approval, payer=payer, fundings=approvals.FUNDINGS)


def _accept(asked: PageRequest) -> Response:
    approval, payer = asked.approval(), asked.payer()
    if payer is None:
        return _see_other("/checkoutnow?" + urlencode({"token": asked.token}))
    approval.accept(asked.api.desk(), payer, funding=asked.form.get("funding", approvals.FUNDINGS[0]))
    log.info("approval.given", payer_id=payer.id)
    return _leave(approval.return_address(payer), "Approvato")


def _cancel(asked: PageRequest) -> Response:
    approval = asked.approval()
    log.info("approval.refused")
    return _leave(approval.cancel_address(), "Annullato")


def _leave(url: str | None, title: str) -> Response:
    """Send the payer back to the merchant."""
    if url is None:
        return _page("message.html", title=title, text="Puoi tornare al sito del venditore.")
    return _see_other(url)
