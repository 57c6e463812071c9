"""The control desk under /simulator: what no merchant and no payer can do."""

from collections.abc import Awaitable, Callable
from typing import Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from gateways.paypal.simulator.accounts import customer_of, store_account
from gateways.paypal.simulator.api import Api
from gateways.paypal.simulator.bodies import CustomerBody
from gateways.paypal.simulator.faults import Fault
from gateways.paypal.simulator.records import Capture, Order, Payer, PaymentToken, Record, VaultWish
from gateways.paypal.simulator.scenarios import BEHAVIOURS
from gateways.paypal.simulator.views import capture_view, order_view, payment_token_view

B = TypeVar("B", bound=BaseModel)
R = TypeVar("R", bound=Record)
Handler = Callable[[Api, Request], Awaitable[JsonValue]]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClockBody(_Body):
    """By how much to move the clock forward."""

    advance_seconds: float = Field(ge=0)


class PayerBody(_Body):
    """A payer to create, or to give another behaviour."""

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    given_name: str = "Nome"
    surname: str = "Cognome"
    behaviour: str | None = None


class TokenBody(_Body):
    """An account that is stored without anybody visiting a page."""

    payer_email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    customer_id: str | None = Field(default=None, pattern=r"^[0-9a-zA-Z_-]{1,22}$")
    merchant_customer_id: str | None = None
    token: str | None = Field(default=None, pattern=r"^[0-9a-zA-Z_-]{1,36}$")


class ReleaseBody(_Body):
    """What becomes of a pending capture."""

    status: Literal["COMPLETED", "DENIED"]


class ControlError(Exception):
    """A request to the control desk that cannot be met."""

    def __init__(self, status: int, error: str) -> None:
        super().__init__(error)
        self.status = status


def control_routes(api: Api) -> list[Route]:
    """Return the routes of the control desk."""
    handlers: tuple[tuple[str, str, Handler], ...] = (
        ("GET", "/health", _health),
        ("GET", "/calls", _calls),
        ("POST", "/reset", _reset),
        ("POST", "/clock", _move_clock),
        ("GET", "/faults", _show_faults),
        ("POST", "/faults", _add_fault),
        ("DELETE", "/faults", _clear_faults),
        ("GET", "/payers", _show_payers),
        ("POST", "/payers", _add_payer),
        ("POST", "/payment-tokens", _add_token),
        ("DELETE", "/payment-tokens/{id}", _revoke_token),
        ("POST", "/captures/{id}/release", _release_capture),
        ("GET", "/orders/{id}", _show_order),
        ("POST", "/orders/{id}/vault", _finish_vault),
    )
    return [Route(f"/simulator{path}", _endpoint(api, handler), methods=[method]) for method, path, handler in handlers]


def _endpoint(api: Api, handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        try:
            return JSONResponse(await handler(api, request))
        except ControlError as refused:
            return JSONResponse({"error": str(refused)}, refused.status)

    return endpoint


async def _read(request: Request, body: type[B]) -> B:
    try:
        return body.model_validate_json(await request.body())
    except ValidationError as error:
        raise ControlError(422, str(error)) from error


def _known(api: Api, record: type[R], request: Request) -> R:
    id_: str = request.path_params["id"]
    found = api.ledger.get(record, id_)
    if found is None:
        raise ControlError(404, f"no {record.kind} {id_}")
    return found


async def _health(api: Api, request: Request) -> JsonValue:
    return {"status": "ok", "now": api.desk().now.isoformat()}


async def _calls(api: Api, request: Request) -> JsonValue:
    since = request.query_params.get("since", "0")
    if not since.isdecimal():
        raise ControlError(422, "since is a number")
    return {"calls": [entry.model_dump(mode="json") for entry in api.journal.since(int(since))]}


async def _reset(api: Api, request: Request) -> JsonValue:
    api.ledger.reset()
    api.faults.clear()
    return {"status": "ok"}


async def _move_clock(api: Api, request: Request) -> JsonValue:
    body = await _read(request, ClockBody)
    api.ledger.advance_clock(body.advance_seconds)
    return {"now": api.desk().now.isoformat()}


async def _show_faults(api: Api, request: Request) -> JsonValue:
    return {"faults": [fault.model_dump(mode="json") for fault in api.faults.waiting()]}


async def _add_fault(api: Api, request: Request) -> JsonValue:
    api.faults.add(await _read(request, Fault))
    return await _show_faults(api, request)


async def _clear_faults(api: Api, request: Request) -> JsonValue:
    api.faults.clear()
    return {"faults": []}


async def _show_payers(api: Api, request: Request) -> JsonValue:
    return {"payers": [_payer(payer) for payer in api.ledger.find(Payer)]}


async def _add_payer(api: Api, request: Request) -> JsonValue:
    body = await _read(request, PayerBody)
    if body.behaviour is not None and body.behaviour not in BEHAVIOURS:
        raise ControlError(422, f"behaviour is one of {', '.join(BEHAVIOURS)}")
    return _payer(api.ledger.add_payer(**body.model_dump()))


def _payer(payer: Payer) -> dict[str, JsonValue]:
    return {
        "payer_id": payer.id,
        "email": payer.email,
        "given_name": payer.given_name,
        "surname": payer.surname,
        "behaviour": payer.behaviour,
        "says": BEHAVIOURS[payer.behaviour].says,
    }


async def _add_token(api: Api, request: Request) -> JsonValue:
    body = await _read(request, TokenBody)
    desk = api.desk()
    with api.ledger.transaction():
        token = api.ledger.get(PaymentToken, body.token) if body.token is not None else None
        if token is None:
            asked = CustomerBody(id=body.customer_id, merchant_customer_id=body.merchant_customer_id)
            wish = VaultWish(customer_id=customer_of(desk, asked).id, permit_multiple=body.token is not None)
            payer = api.ledger.add_payer(email=body.payer_email, given_name="Nome", surname="Cognome")
            token = store_account(desk, wish, payer=payer, token_id=body.token)
    return payment_token_view(desk, token)


async def _revoke_token(api: Api, request: Request) -> JsonValue:
    token = _known(api, PaymentToken, request)
    token.revoked = True
    api.ledger.save(token)
    return {"id": token.id, "revoked": True}


async def _release_capture(api: Api, request: Request) -> JsonValue:
    body = await _read(request, ReleaseBody)
    capture = _known(api, Capture, request)
    if capture.status != "PENDING":
        raise ControlError(409, f"the capture is {capture.status}")
    desk = api.desk()
    capture.status = "DECLINED" if body.status == "DENIED" else "COMPLETED"
    capture.updated_at = desk.now
    api.ledger.save(capture)
    return capture_view(desk, capture)


async def _show_order(api: Api, request: Request) -> JsonValue:
    return order_view(api.desk(), _known(api, Order, request))


async def _finish_vault(api: Api, request: Request) -> JsonValue:
    order = _known(api, Order, request)
    token = api.ledger.get(PaymentToken, order.saved_token_id or "")
    if token is None:
        raise ControlError(409, "no account is being stored for this order")
    desk = api.desk()
    token.ready_at = min(token.ready_at, desk.now)
    api.ledger.save(token)
    return payment_token_view(desk, token)
