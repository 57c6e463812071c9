"""Captures read and given back."""

import pytest

from tests.integration.simulator.driving import Clock, Json, Merchant, capture_of, issue, order_body, stored


async def paid(merchant: Merchant, *, payer: str = "pays") -> Json:
    token = await merchant.register(f"{payer}@payer.example")
    return capture_of(await merchant.create(order_body(source=stored(token))))


def euros(value: str) -> Json:
    return {"amount": {"currency_code": "EUR", "value": value}}


async def test_capture_reads_as_it_was_made(merchant: Merchant) -> None:
    capture = await paid(merchant)

    read = await merchant.get(f"/v2/payments/captures/{capture['id']}")

    assert read.json() == capture


async def test_empty_refund_gives_everything_back(merchant: Merchant) -> None:
    capture = await paid(merchant)

    refund = await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")

    assert (refund.status_code, refund.json()["status"]) == (201, "COMPLETED")
    assert refund.json()["amount"] == {"currency_code": "EUR", "value": "12.30"}
    assert (await merchant.get(f"/v2/payments/captures/{capture['id']}")).json()["status"] == "REFUNDED"
    assert (await merchant.get(f"/v2/payments/refunds/{refund.json()['id']}")).json() == refund.json()


async def test_partial_refunds_add_up(merchant: Merchant) -> None:
    capture = await paid(merchant)
    path = f"/v2/payments/captures/{capture['id']}/refund"

    first = await merchant.post(path, euros("10.00"))
    status_between = (await merchant.get(f"/v2/payments/captures/{capture['id']}")).json()["status"]
    too_much = await merchant.post(path, euros("2.31"))
    rest = await merchant.post(path)
    nothing_left = await merchant.post(path, euros("0.01"))

    assert first.status_code == 201
    assert status_between == "PARTIALLY_REFUNDED"
    assert issue(too_much) == "REFUND_AMOUNT_EXCEEDED"
    assert rest.json()["amount"]["value"] == "2.30"
    assert issue(nothing_left) == "CAPTURE_FULLY_REFUNDED"


async def test_refund_in_another_currency_is_refused(merchant: Merchant) -> None:
    capture = await paid(merchant)

    refused = await merchant.post(
        f"/v2/payments/captures/{capture['id']}/refund", {"amount": {"currency_code": "USD", "value": "1.00"}}
    )

    assert issue(refused) == "REFUND_CAPTURE_CURRENCY_MISMATCH"
    assert (await merchant.get(f"/v2/payments/captures/{capture['id']}")).json()["status"] == "COMPLETED"


async def test_pending_capture_is_not_refunded(merchant: Merchant) -> None:
    capture = await paid(merchant, payer="review")

    assert issue(await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")) == "PENDING_CAPTURE"


async def test_refund_is_too_late_after_180_days(merchant: Merchant, clock: Clock) -> None:
    capture = await paid(merchant)
    clock.advance(days=180, seconds=1)
    await merchant.sign_in()

    assert issue(await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")) == "REFUND_TIME_LIMIT_EXCEEDED"


@pytest.mark.parametrize("path", ["/v2/payments/captures/NOPE", "/v2/payments/refunds/NOPE"])
async def test_unknown_id_is_not_found(merchant: Merchant, path: str) -> None:
    answer = await merchant.get(path)

    assert (answer.status_code, issue(answer)) == (404, "INVALID_RESOURCE_ID")
