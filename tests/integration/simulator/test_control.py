"""The control desk."""

import httpx2

from tests.integration.simulator.driving import Clock, Merchant, capture_of, issue, order_body, stored


async def test_health_tells_the_time(http: httpx2.AsyncClient) -> None:
    answer = await http.get("/simulator/health")

    assert answer.json() == {"status": "ok", "now": "2026-03-02T09:00:00+00:00"}


async def test_clock_moves_forward(merchant: Merchant) -> None:
    created = await merchant.create()

    moved = await merchant.control("/clock", {"advance_seconds": 3 * 3600})

    assert moved == {"now": "2026-03-02T12:00:00+00:00"}
    assert (await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")).status_code == 404


async def test_clock_is_set_to_an_instant_and_goes_on(merchant: Merchant, clock: Clock) -> None:
    await merchant.control("/clock", {"advance_seconds": 60})

    moved = await merchant.control("/clock", {"now": "2025-03-08T10:30:00+01:00"})
    clock.advance(seconds=5)

    assert moved == {"now": "2025-03-08T09:30:00+00:00"}
    assert (await merchant.http.get("/simulator/health")).json()["now"] == "2025-03-08T09:30:05+00:00"


async def test_account_registered_under_a_token_is_registered_once(merchant: Merchant) -> None:
    body = {"payer_email": "pays@payer.example", "token": "seeded-1", "merchant_customer_id": "customer-7"}

    first = await merchant.control("/payment-tokens", body)
    second = await merchant.control("/payment-tokens", body)

    assert first["id"] == "seeded-1"
    assert second == first
    assert (await merchant.create(order_body(source=stored("seeded-1")))).json()["status"] == "COMPLETED"


async def test_payer_can_be_given_another_behaviour(merchant: Merchant) -> None:
    token = await merchant.register("mario@payer.example")
    paid = await merchant.create(order_body(source=stored(token)))

    payer = await merchant.control("/payers", {"email": "mario@payer.example", "behaviour": "declined"})
    declined = await merchant.create(order_body(source=stored(token)))

    assert capture_of(paid)["status"] == "COMPLETED"
    assert payer["behaviour"] == "declined"
    assert issue(declined) == "INSTRUMENT_DECLINED"


async def test_unknown_behaviour_is_refused(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/simulator/payers", json={"email": "a@b.example", "behaviour": "dances"})

    assert answer.status_code == 422
    assert "a@b.example" not in (await http.get("/simulator/payers")).text


async def test_reset_forgets_everything_but_the_known_payers(merchant: Merchant, clock: Clock) -> None:
    created = await merchant.create(key="k")
    await merchant.control("/payers", {"email": "mario@payer.example"})
    await merchant.control("/clock", {"advance_seconds": 60})
    await merchant.control("/faults", {"kind": "down", "times": 9})

    await merchant.control("/reset")

    assert (await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")).status_code == 404
    assert (await merchant.create(key="k")).status_code == 201
    assert len((await merchant.http.get("/simulator/payers")).json()["payers"]) == 14
    assert (await merchant.http.get("/simulator/health")).json()["now"] == clock().isoformat()


async def test_calls_are_listed_from_a_number_on(merchant: Merchant) -> None:
    created = await merchant.create(order_body(), key="k")

    since = (await merchant.http.get("/simulator/calls", params={"since": "1"})).json()["calls"]

    assert since == [
        {
            "sequence": 2,
            "at": "2026-03-02T09:00:00+00:00",
            "method": "POST",
            "path": "/v2/checkout/orders",
            "request_id": "k",
            "status": 201,
            "replayed": False,
            "order_id": created.json()["id"],
            "request_body": order_body(),
        }
    ]


async def test_order_can_be_looked_at_without_a_token(merchant: Merchant) -> None:
    created = await merchant.create()

    seen = await merchant.http.get(f"/simulator/orders/{created.json()['id']}")

    assert seen.json() == created.json()


async def test_unknown_thing_is_not_found(http: httpx2.AsyncClient) -> None:
    answer = await http.post("/simulator/captures/NOPE/release", json={"status": "COMPLETED"})

    assert (answer.status_code, answer.json()) == (404, {"error": "no capture NOPE"})


async def test_captured_payment_is_not_released(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    capture = capture_of(await merchant.create(order_body(source=stored(token))))

    answer = await merchant.http.post(f"/simulator/captures/{capture['id']}/release", json={"status": "DENIED"})

    assert answer.status_code == 409
    assert (await merchant.get(f"/v2/payments/captures/{capture['id']}")).json()["status"] == "COMPLETED"
