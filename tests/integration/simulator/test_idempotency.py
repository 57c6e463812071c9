"""What a repeated PayPal-Request-Id brings back, and for how long."""

import asyncio

from tests.integration.simulator.driving import Clock, Merchant, capture_of, issue, order_body, stored


async def test_repeated_creation_gives_the_same_order_with_200(merchant: Merchant) -> None:
    first = await merchant.create(key="k")

    second = await merchant.create(key="k")

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()


async def test_same_key_with_another_payload_gives_the_old_result(merchant: Merchant) -> None:
    first = await merchant.create(key="k")

    second = await merchant.create(order_body(value="99.00"), key="k")

    assert second.json() == first.json()


async def test_key_is_forgotten_after_six_hours(merchant: Merchant, clock: Clock) -> None:
    first = await merchant.create(key="k")
    clock.advance(hours=6)
    clock.advance(seconds=1)

    second = await merchant.create(key="k")

    assert second.status_code == 201
    assert second.json()["id"] != first.json()["id"]


async def test_same_key_on_another_path_is_another_request(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    created = await merchant.create(key="k")

    captured = await merchant.capture(created.json()["id"], stored(token), key="k")

    assert captured.json()["status"] == "COMPLETED"


async def test_failure_is_repeated_until_another_key_is_used(merchant: Merchant) -> None:
    token = await merchant.register("declined-once@payer.example")
    order_id = (await merchant.create()).json()["id"]
    declined = await merchant.capture(order_id, stored(token), key="first")

    repeated = await merchant.capture(order_id, stored(token), key="first")
    renewed = await merchant.capture(order_id, stored(token), key="second")

    assert (declined.status_code, issue(declined)) == (422, "INSTRUMENT_DECLINED")
    assert repeated.json() == declined.json()
    assert renewed.json()["status"] == "COMPLETED"


async def test_two_requests_at_once_with_one_key_conflict(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    order_id = (await merchant.create()).json()["id"]
    await merchant.control("/faults", {"kind": "slow", "pattern": "*/capture", "seconds": 1.0})

    both = await asyncio.gather(*[merchant.capture(order_id, stored(token), key="k") for _ in range(2)])
    captured, conflict = sorted(both, key=lambda response: response.status_code)

    assert captured.status_code == 201
    assert (conflict.status_code, issue(conflict)) == (409, "PREVIOUS_REQUEST_IN_PROGRESS")
    repeated = await merchant.capture(order_id, stored(token), key="k")
    assert (repeated.status_code, capture_of(repeated)) == (200, capture_of(captured))


async def test_without_key_the_order_is_created_twice(merchant: Merchant) -> None:
    first = await merchant.create(key=None)
    second = await merchant.create(key=None)

    assert first.json()["id"] != second.json()["id"]


async def test_repeated_refund_gives_money_back_once(merchant: Merchant, clock: Clock) -> None:
    token = await merchant.register("pays@payer.example")
    capture = capture_of(await merchant.create(order_body(source=stored(token))))
    path = f"/v2/payments/captures/{capture['id']}/refund"
    amount = {"amount": {"currency_code": "EUR", "value": "5.00"}}
    first = await merchant.post(path, amount, key="k")
    clock.advance(days=44)
    await merchant.sign_in()

    second = await merchant.post(path, amount, key="k")

    assert second.json() == first.json()
    assert second.json()["seller_payable_breakdown"]["total_refunded_amount"]["value"] == "5.00"


async def test_replay_is_marked_in_the_journal(merchant: Merchant) -> None:
    await merchant.create(key="k")
    await merchant.create(key="k")

    calls = [call for call in await merchant.calls() if call["path"] == "/v2/checkout/orders"]

    assert [(call["status"], call["replayed"], call["request_id"]) for call in calls] == [
        (201, False, "k"),
        (200, True, "k"),
    ]
