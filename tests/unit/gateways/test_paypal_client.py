"""The calls as they cross the wire, and what each answer means."""

from collections.abc import Awaitable, Callable

import httpx2
import pytest
from structlog.testing import capture_logs

from gateways.paypal.client import PayPalClient
from gateways.paypal.errors import PayPalUnavailable, RequestRejected, ResourceMissing
from gateways.paypal.messages import OrderRequest, StoredCharge
from models.money import Money
from tests.unit.gateways.paypal_side import CLIENT_SECRET, PayPalSide, body_of, order, refusal

ORDER = OrderRequest(reference="attempt-1", invoice_id="2026/1", description="Ordine", amount=Money(1230, "EUR"))
CHARGE = StoredCharge(payment_token="nkq2y9g", initiator="MERCHANT")
Call = Callable[[PayPalClient], Awaitable[object]]


def token(token_id: str) -> dict[str, object]:
    return {"id": token_id, "customer": {"id": "c_1"}}


def page(*token_ids: str, total_pages: int) -> httpx2.Response:
    return httpx2.Response(
        200, json={"payment_tokens": [token(each) for each in token_ids], "total_pages": total_pages}
    )


async def test_create_is_posted_with_its_request_id_and_asks_for_the_full_answer() -> None:
    paypal = PayPalSide(order())

    created = await paypal.client().create_order(ORDER, request_id="attempt-1-create")

    [asked] = paypal.requests
    assert (asked.method, str(asked.url)) == ("POST", "https://paypal.test/v2/checkout/orders")
    assert asked.headers["PayPal-Request-Id"] == "attempt-1-create"
    assert asked.headers["Prefer"] == "return=representation"
    assert asked.headers["Content-Type"] == "application/json"
    assert asked.headers["Authorization"] == "Bearer T1"
    assert body_of(asked) == ORDER.to_wire()
    assert created.id == "5O190127TN364715T"


@pytest.mark.parametrize(("charge", "body"), [(None, {}), (CHARGE, CHARGE.to_wire())])
async def test_capture_is_posted_with_its_request_id(charge: StoredCharge | None, body: object) -> None:
    paypal = PayPalSide(order("COMPLETED"))

    await paypal.client().capture_order("5O190127TN364715T", request_id="attempt-1-capture", charge=charge)

    [asked] = paypal.requests
    assert (asked.method, str(asked.url)) == (
        "POST",
        "https://paypal.test/v2/checkout/orders/5O190127TN364715T/capture",
    )
    assert asked.headers["PayPal-Request-Id"] == "attempt-1-capture"
    assert asked.headers["Prefer"] == "return=representation"
    assert asked.headers["Content-Type"] == "application/json"
    assert "PayPal-Client-Metadata-Id" not in asked.headers
    assert body_of(asked) == body


async def test_capture_carries_the_risk_id_of_the_browser() -> None:
    paypal = PayPalSide(order("COMPLETED"))

    await paypal.client().capture_order("5O", request_id="a-capture", charge=CHARGE, client_metadata_id="m" * 36)

    assert paypal.requests[0].headers["PayPal-Client-Metadata-Id"] == "m" * 36


@pytest.mark.parametrize(
    ("call", "method", "path", "answer"),
    [
        (lambda c: c.get_order("5O"), "GET", "/v2/checkout/orders/5O", {"id": "5O", "status": "CREATED"}),
        (
            lambda c: c.get_capture("3C"),
            "GET",
            "/v2/payments/captures/3C",
            {"id": "3C", "status": "PENDING", "amount": {"currency_code": "EUR", "value": "1.00"}},
        ),
        (lambda c: c.get_payment_token("nk-q_9x"), "GET", "/v3/vault/payment-tokens/nk-q_9x", token("nk-q_9x")),
    ],
)
async def test_reading_takes_no_request_id(call: Call, method: str, path: str, answer: object) -> None:
    paypal = PayPalSide(httpx2.Response(200, json=answer))

    await call(paypal.client())

    [asked] = paypal.requests
    assert (asked.method, asked.url.path, asked.content) == (method, path, b"")
    assert "PayPal-Request-Id" not in asked.headers


async def test_listing_follows_the_pages() -> None:
    paypal = PayPalSide(page("t1", "t2", total_pages=3), page("t3", total_pages=3), page("t4", total_pages=3))

    tokens = await paypal.client().list_payment_tokens("ROaPMoZUaV")

    assert [each.id for each in tokens] == ["t1", "t2", "t3", "t4"]
    assert [str(each.url) for each in paypal.requests] == [
        "https://paypal.test/v3/vault/payment-tokens"
        f"?customer_id=ROaPMoZUaV&page={number}&page_size=5&total_required=true"
        for number in (1, 2, 3)
    ]


async def test_listing_a_customer_without_accounts_is_empty() -> None:
    assert await PayPalSide(httpx2.Response(200, json={})).client().list_payment_tokens("ROaPMoZUaV") == []


@pytest.mark.parametrize("answer", [httpx2.Response(204), refusal(404, "INVALID_RESOURCE_ID")])
async def test_deleting_is_done_also_when_paypal_knows_the_account_no_longer(answer: httpx2.Response) -> None:
    paypal = PayPalSide(answer)

    await paypal.client().delete_payment_token("nkq2y9g")

    [asked] = paypal.requests
    assert (asked.method, asked.url.path) == ("DELETE", "/v3/vault/payment-tokens/nkq2y9g")


@pytest.mark.parametrize("status", [200, 404])
async def test_deleting_is_not_done_because_a_gateway_says_something(status: int) -> None:
    paypal = PayPalSide(httpx2.Response(status, content=b"<html>welcome</html>"))

    with pytest.raises(PayPalUnavailable):
        await paypal.client().delete_payment_token("nkq2y9g")


@pytest.mark.parametrize("status", [200, 201])
async def test_a_replay_is_as_good_as_the_first_answer(status: int) -> None:
    paypal = PayPalSide(httpx2.Response(status, json={"id": "5O", "status": "COMPLETED"}))

    captured = await paypal.client().capture_order("5O", request_id="attempt-1-capture")

    assert captured.status == "COMPLETED"


ODD_IDS = ["", " ", "5O/capture", "../oauth2", "5O?x=1", "5O%2F", "5O\n", "é", "x" * 37, "{id}"]
CALLS_BY_ID: list[Callable[[PayPalClient, str], Awaitable[object]]] = [
    lambda client, odd: client.get_order(odd),
    lambda client, odd: client.capture_order(odd, request_id="a-capture"),
    lambda client, odd: client.get_capture(odd),
    lambda client, odd: client.list_payment_tokens(odd),
    lambda client, odd: client.get_payment_token(odd),
    lambda client, odd: client.delete_payment_token(odd),
    lambda client, odd: client.capture_order(
        "5O", request_id="a-capture", charge=StoredCharge(payment_token=odd, initiator="MERCHANT")
    ),
    lambda client, odd: client.capture_order("5O", request_id="a-capture", client_metadata_id=odd),
]


@pytest.mark.parametrize("call", CALLS_BY_ID)
@pytest.mark.parametrize("odd", ODD_IDS)
async def test_an_empty_or_odd_id_never_makes_a_call(
    call: Callable[[PayPalClient, str], Awaitable[object]], odd: str
) -> None:
    paypal = PayPalSide()

    with pytest.raises(RequestRejected) as refused:
        await call(paypal.client(), odd)

    assert refused.value.sent is False
    assert (paypal.requests, paypal.token_requests) == ([], [])


@pytest.mark.parametrize("request_id", ["", "a b", "a\r\nX: 1", "è", "x" * 109])
async def test_an_empty_or_odd_request_id_never_makes_a_call(request_id: str) -> None:
    paypal = PayPalSide()
    client = paypal.client()

    with pytest.raises(RequestRejected):
        await client.create_order(ORDER, request_id=request_id)
    with pytest.raises(RequestRejected):
        await client.capture_order("5O", request_id=request_id)

    assert (paypal.requests, paypal.token_requests) == ([], [])


@pytest.mark.parametrize(
    ("fault", "sent"),
    [
        (httpx2.ConnectError("refused"), False),
        (httpx2.ConnectTimeout("no route"), False),
        (httpx2.PoolTimeout("all busy"), False),
        (httpx2.ReadTimeout("slow"), True),
        (httpx2.WriteTimeout("slow"), True),
        (httpx2.ReadError("reset"), True),
        (httpx2.WriteError("reset"), True),
        (httpx2.RemoteProtocolError("closed"), True),
        (httpx2.DecodingError("gzip"), True),
    ],
)
async def test_a_lost_answer_says_whether_paypal_may_have_acted(fault: httpx2.RequestError, sent: bool) -> None:
    paypal = PayPalSide(fault)

    with pytest.raises(PayPalUnavailable) as failed:
        await paypal.client().capture_order("5O", request_id="attempt-1-capture")

    assert failed.value.sent is sent
    assert len(paypal.requests) == 1


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"id": "5O", "sta', b"[]", b"{}", b'{"id": "5O"}', b"\xff"])
async def test_a_yes_that_cannot_be_read_leaves_the_outcome_unknown(content: bytes) -> None:
    paypal = PayPalSide(httpx2.Response(201, content=content, headers={"Paypal-Debug-Id": "f1"}))

    with capture_logs() as lines, pytest.raises(PayPalUnavailable) as failed:
        await paypal.client().capture_order("5O", request_id="attempt-1-capture")

    assert (failed.value.sent, failed.value.debug_id, failed.value.status) == (True, "f1", 201)
    assert lines[-1] == {
        "event": "paypal.unreadable",
        "log_level": "warning",
        "kind": "PayPalOrder",
        "status": 201,
        "debug_id": "f1",
    }


async def test_a_refusal_is_raised_and_not_repeated() -> None:
    paypal = PayPalSide(refusal(404, "INVALID_RESOURCE_ID"))

    with pytest.raises(ResourceMissing):
        await paypal.client().get_order("5O")

    assert len(paypal.requests) == 1


async def test_redirects_are_not_followed() -> None:
    paypal = PayPalSide(httpx2.Response(302, headers={"Location": "https://evil.test/"}))

    with pytest.raises(PayPalUnavailable):
        await paypal.client().capture_order("5O", request_id="attempt-1-capture")

    assert len(paypal.requests) == 1


async def test_every_answer_is_logged_by_its_path_template() -> None:
    paypal = PayPalSide(refusal(422, "INSTRUMENT_DECLINED"))

    with capture_logs() as lines, pytest.raises(Exception, match="INSTRUMENT_DECLINED"):
        await paypal.client().capture_order("5O", request_id="attempt-1-capture")

    granted, answered, refused = lines
    assert (granted["event"], granted["call"], granted["path"]) == (
        "paypal.answered",
        "fetch_access_token",
        "/v1/oauth2/token",
    )
    assert answered.pop("duration_ms") >= 0
    assert answered == {
        "event": "paypal.answered",
        "log_level": "info",
        "call": "capture_order",
        "method": "POST",
        "path": "/v2/checkout/orders/{id}/capture",
        "status": 422,
        "debug_id": "90957fca61718",
    }
    assert (refused["event"], refused["issue"]) == ("paypal.refused", "INSTRUMENT_DECLINED")


async def test_a_lost_answer_is_logged() -> None:
    paypal = PayPalSide(httpx2.ReadTimeout("slow"))

    with capture_logs() as lines, pytest.raises(PayPalUnavailable):
        await paypal.client().get_order("5O")

    assert lines[-1] == {
        "event": "paypal.answer_lost",
        "log_level": "warning",
        "call": "get_order",
        "path": "/v2/checkout/orders/{id}",
        "reason": "ReadTimeout",
        "sent": True,
    }


async def test_no_log_line_shows_a_secret_a_token_or_an_address() -> None:
    kept = {"id": "nkq2y9g", "payment_source": {"paypal": {"email_address": "customer@example.com"}}}
    paypal = PayPalSide(order("COMPLETED"), httpx2.Response(200, json=kept), httpx2.Response(204))
    client = paypal.client()

    with capture_logs() as lines:
        await client.capture_order("5O", request_id="attempt-1-capture", charge=CHARGE)
        await client.get_payment_token("nkq2y9g")
        await client.delete_payment_token("nkq2y9g")

    shown = str(lines)
    assert len(lines) == 4
    for secret in (CLIENT_SECRET, "T1", "Bearer", "nkq2y9g", "customer@example.com"):
        assert secret not in shown


async def test_closing_ends_the_connections() -> None:
    client = PayPalSide().client()

    await client.aclose()

    with pytest.raises(RuntimeError, match="closed"):
        await client.get_order("5O")
