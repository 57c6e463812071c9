"""The control desk's addresses."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from gateways.paypal.simulator.api import Api
from gateways.paypal.simulator.control import machine, payers, payments, webhooks
from gateways.paypal.simulator.control.requests import endpoint_of
from gateways.paypal.simulator.webhooks.certificates import trusted_root


def control_routes(api: Api) -> list[Route]:
    """Return the routes of the control desk."""

    async def trust(request: Request) -> PlainTextResponse:
        return PlainTextResponse(trusted_root(api.ledger), media_type="application/x-pem-file")

    entries = (*machine.ENTRIES, *payers.ENTRIES, *payments.ENTRIES, *webhooks.ENTRIES)
    return [
        Route("/simulator/ca.pem", trust),
        *(Route(f"/simulator{path}", endpoint_of(api, handler), methods=[method]) for method, path, handler in entries),
    ]
