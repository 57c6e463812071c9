"""Whether the checks against PayPal's own OpenAPI files really check: they run under every test of this folder."""

import httpx2
import pytest
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError

from tests.contract.specification import MISSING
from tests.integration.simulator.conftest import CheckedTransport
from tests.integration.simulator.driving import BASE

ORDER = f"{BASE}/v2/checkout/orders/5O190127TN364715T"


@pytest.mark.parametrize(
    ("answer", "is_valid"),
    [
        ({"id": "5O190127TN364715T", "status": "CREATED"}, True),
        ({"id": "5O190127TN364715T", "status": "OPEN"}, False),
        ({"id": "5O190127TN364715T", "purchase_units": [{"amount": {"currency_code": "EUR", "value": 1}}]}, False),
    ],
)
async def test_answer_is_held_against_the_specification(
    specification: OpenAPI | None, answer: dict[str, object], is_valid: bool
) -> None:
    if specification is None:
        pytest.skip(MISSING)
    transport = CheckedTransport(httpx2.MockTransport(lambda _: httpx2.Response(200, json=answer)), specification)

    async with httpx2.AsyncClient(transport=transport) as client:
        if is_valid:
            assert (await client.get(ORDER)).json() == answer
        else:
            with pytest.raises(OpenAPIError):
                await client.get(ORDER)
