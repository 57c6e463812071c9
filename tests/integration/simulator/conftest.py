"""The simulator in this process, a merchant and a payer; with PayPal's own specification, every answer is checked."""

from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest
from openapi_core import OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from gateways.paypal.simulator.app import create_simulator
from gateways.paypal.simulator.settings import SimulatorSettings
from tests.contract.exchanges import UNSPECIFIED
from tests.contract.specification import specification as read_specification
from tests.contract.specification import specification_file
from tests.integration.simulator.driving import BASE, HOOK, HOOK_URL, Clock, Merchant, Payer


class CheckedTransport(httpx2.AsyncBaseTransport):
    """Passes requests on and holds every answer of the API against the specification."""

    def __init__(self, inner: httpx2.AsyncBaseTransport, specification: OpenAPI | None) -> None:
        self._inner = inner
        self._specification = specification

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        answer = await self._inner.handle_async_request(request)
        is_json = answer.headers.get("content-type", "").startswith("application/json")
        is_described = request.url.path.startswith(("/v1/", "/v2/", "/v3/")) and not request.url.path.startswith(
            UNSPECIFIED
        )
        if self._specification is not None and is_described and is_json:
            body = await answer.aread()
            self._specification.validate_response(
                MockRequest(host_url=BASE, method=request.method, path=request.url.path),
                MockResponse(data=body, status_code=answer.status_code, content_type="application/json"),
            )
        return answer


@pytest.fixture(scope="session")
def specification() -> OpenAPI | None:
    found = specification_file()
    return read_specification(found) if found else None


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def settings() -> SimulatorSettings:
    return SimulatorSettings(database=Path(":memory:"), public_url=BASE, webhook_url=HOOK_URL, webhook_id=HOOK)


@pytest.fixture
async def http(
    settings: SimulatorSettings, clock: Clock, specification: OpenAPI | None
) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_simulator(settings, clock, sends_webhooks=False)
    transport = CheckedTransport(httpx2.ASGITransport(app=app), specification)
    async with app.router.lifespan_context(app), httpx2.AsyncClient(transport=transport, base_url=BASE) as client:
        yield client


@pytest.fixture
async def merchant(http: httpx2.AsyncClient) -> Merchant:
    merchant = Merchant(http)
    await merchant.sign_in()
    return merchant


@pytest.fixture
def browser(http: httpx2.AsyncClient) -> Payer:
    return Payer(http)
