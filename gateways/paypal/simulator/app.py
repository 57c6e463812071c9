"""The simulator as an ASGI application: PayPal's addresses, the payer's pages, the control desk."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from gateways.paypal.simulator import captures, orders, vault
from gateways.paypal.simulator.api import Api
from gateways.paypal.simulator.approval_page import page_routes
from gateways.paypal.simulator.calls import Operation
from gateways.paypal.simulator.control.routes import control_routes
from gateways.paypal.simulator.credentials import issue_access_token
from gateways.paypal.simulator.idempotency import ORDERS_KEY_LIFE, REFUNDS_KEY_LIFE, VAULT_KEY_LIFE
from gateways.paypal.simulator.settings import SimulatorSettings
from gateways.paypal.simulator.state import Ledger
from gateways.paypal.simulator.transport import SEND
from gateways.paypal.simulator.webhooks import operations as notifications
from gateways.paypal.simulator.webhooks.certificates import trusted_root
from gateways.paypal.simulator.webhooks.signing import CERTIFICATES
from gateways.paypal.simulator.webhooks.subscriptions import subscribe_by_settings

_ORDERS = "/v2/checkout/orders"
_CAPTURES = "/v2/payments/captures"
_SETUP = "/v3/vault/setup-tokens"
_TOKENS = "/v3/vault/payment-tokens"
_WEBHOOKS = "/v1/notifications/webhooks"
_EVENTS = "/v1/notifications/webhooks-events"
_VERIFY = "/v1/notifications/verify-webhook-signature"
_MINIMAL_ORDER = ("id", "status", "links")

OPERATIONS = (
    Operation(
        method="POST",
        path="/v1/oauth2/token",
        run=issue_access_token,
        public=True,
        content_type="application/x-www-form-urlencoded",
    ),
    Operation(
        method="POST",
        path=_ORDERS,
        run=orders.create_order,
        key_life=ORDERS_KEY_LIFE,
        mockable=True,
        minimal=_MINIMAL_ORDER,
    ),
    Operation(method="GET", path=_ORDERS + "/{id}", run=orders.show_order, mockable=True),
    Operation(
        method="POST",
        path=_ORDERS + "/{id}/capture",
        run=orders.capture_order,
        key_life=ORDERS_KEY_LIFE,
        mockable=True,
        minimal=_MINIMAL_ORDER,
    ),
    Operation(method="GET", path=_CAPTURES + "/{id}", run=captures.show_capture, mockable=True),
    Operation(
        method="POST",
        path=_CAPTURES + "/{id}/refund",
        run=captures.refund_capture,
        key_life=REFUNDS_KEY_LIFE,
        mockable=True,
        minimal=("id", "status", "links"),
    ),
    Operation(method="GET", path="/v2/payments/refunds/{id}", run=captures.show_refund, mockable=True),
    Operation(method="POST", path=_SETUP, run=vault.create_setup_token, key_life=VAULT_KEY_LIFE),
    Operation(method="GET", path=_SETUP + "/{id}", run=vault.show_setup_token),
    Operation(method="POST", path=_TOKENS, run=vault.create_payment_token, key_life=VAULT_KEY_LIFE),
    Operation(method="GET", path=_TOKENS, run=vault.list_payment_tokens),
    Operation(method="GET", path=_TOKENS + "/{id}", run=vault.show_payment_token),
    Operation(method="DELETE", path=_TOKENS + "/{id}", run=vault.delete_payment_token),
    Operation(method="POST", path=_WEBHOOKS, run=notifications.create_webhook),
    Operation(method="GET", path=_WEBHOOKS, run=notifications.list_webhooks),
    Operation(method="GET", path=_WEBHOOKS + "/{id}", run=notifications.show_webhook),
    Operation(method="DELETE", path=_WEBHOOKS + "/{id}", run=notifications.delete_webhook),
    Operation(method="GET", path=_EVENTS, run=notifications.list_events),
    Operation(method="GET", path=_EVENTS + "/{id}", run=notifications.show_event),
    Operation(method="POST", path=_EVENTS + "/{id}/resend", run=notifications.resend_event),
    Operation(method="POST", path=_VERIFY, run=notifications.verify_signature),
    Operation(method="GET", path=CERTIFICATES + "/{id}", run=notifications.show_certificate, public=True),
)


class Simulator(Starlette):
    """A Starlette application that keeps the server's own `send` at hand, to break connections with."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        scope[SEND] = send
        await super().__call__(scope, receive, send)


def create_simulator(
    settings: SimulatorSettings, clock: Callable[[], datetime], *, sends_webhooks: bool = True
) -> Starlette:
    """Build the simulator over its database file; the file is opened at once and closed at shutdown.

    `clock` tells the present instant, UTC; the control desk can move the simulator ahead of it. A simulator that sends
    no webhooks keeps them for whoever asks the control desk for them, at /simulator/deliveries/pull.
    """
    ledger = Ledger(settings.database)
    api = Api(ledger=ledger, settings=settings, clock=clock)
    subscribe_by_settings(ledger, settings)
    if settings.ca_file is not None:
        settings.ca_file.parent.mkdir(parents=True, exist_ok=True)
        settings.ca_file.write_text(trusted_root(ledger), encoding="ascii")

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        courier = asyncio.create_task(api.courier.run()) if sends_webhooks else None
        yield
        if courier is not None:
            courier.cancel()
            with suppress(asyncio.CancelledError):
                await courier
        ledger.close()

    operations = [Route(entry.path, _endpoint(api, entry), methods=[entry.method]) for entry in OPERATIONS]
    return Simulator(routes=[*operations, *page_routes(api), *control_routes(api)], lifespan=lifespan)


def _endpoint(api: Api, operation: Operation) -> Callable[[Request], Awaitable[Response]]:
    async def endpoint(request: Request) -> Response:
        return await api.answer(operation, request)

    return endpoint
