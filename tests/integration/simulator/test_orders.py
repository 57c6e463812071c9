"""Orders: created, approved, captured, expired."""

import pytest

from tests.integration.simulator.driving import (
    Clock,
    Json,
    Merchant,
    Payer,
    capture_of,
    issue,
    order_body,
    rels,
    stored,
    vault_of,
    wallet,
)


async def test_order_without_source_waits_for_approval(merchant: Merchant) -> None:
    answer = await merchant.create()

    assert answer.status_code == 201
    assert answer.json()["status"] == "CREATED"
    assert "approve" in rels(answer)
    assert answer.json()["purchase_units"][0]["amount"] == {"currency_code": "EUR", "value": "12.30"}
    assert answer.headers["paypal-debug-id"]


async def test_order_with_wallet_needs_the_payer(merchant: Merchant) -> None:
    answer = await merchant.create(order_body(source=wallet()))

    assert answer.json()["status"] == "PAYER_ACTION_REQUIRED"
    assert "payer-action" in rels(answer)


async def test_minimal_answer_has_id_status_and_links(merchant: Merchant) -> None:
    answer = await merchant.post("/v2/checkout/orders", order_body(), Prefer="return=minimal")

    assert set(answer.json()) == {"id", "status", "links"}


async def test_approved_order_is_captured_and_the_account_stored(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet(vault=True), invoice_id="2026/1234"))
    order_id = created.json()["id"]
    await browser.approve(created, "pays@payer.example")

    captured = await merchant.capture(order_id)

    assert captured.status_code == 201
    assert captured.json()["status"] == "COMPLETED"
    capture = capture_of(captured)
    assert (capture["status"], capture["custom_id"], capture["invoice_id"]) == ("COMPLETED", "attempt-1", "2026/1234")
    assert capture["seller_receivable_breakdown"] == {
        "gross_amount": {"currency_code": "EUR", "value": "12.30"},
        "paypal_fee": {"currency_code": "EUR", "value": "0.77"},
        "net_amount": {"currency_code": "EUR", "value": "11.53"},
    }
    vault = vault_of(captured)
    assert vault is not None
    assert vault["status"] == "VAULTED"
    assert (await merchant.get(f"/v3/vault/payment-tokens/{vault['id']}")).status_code == 200


async def test_order_is_captured_only_once(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet()))
    await browser.approve(created, "pays@payer.example")
    first = await merchant.capture(created.json()["id"])

    second = await merchant.capture(created.json()["id"])

    assert (second.status_code, issue(second)) == (422, "ORDER_ALREADY_CAPTURED")
    now = await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")
    assert capture_of(now) == capture_of(first)


async def test_order_that_nobody_approved_is_not_captured(merchant: Merchant) -> None:
    created = await merchant.create()

    refused = await merchant.capture(created.json()["id"])

    assert (refused.status_code, issue(refused)) == (422, "ORDER_NOT_APPROVED")


async def test_stored_account_pays_in_two_calls(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    created = await merchant.create()

    captured = await merchant.capture(created.json()["id"], stored(token))

    assert captured.status_code == 201
    assert capture_of(captured)["status"] == "COMPLETED"
    assert captured.json()["payment_source"]["paypal"]["stored_credential"]["payment_initiator"] == "MERCHANT"


async def test_stored_account_pays_in_one_call(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")

    answer = await merchant.create(order_body(source=stored(token)))

    assert (answer.status_code, answer.json()["status"]) == (201, "COMPLETED")


async def test_charge_in_one_call_needs_a_request_id(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")

    refused = await merchant.create(order_body(source=stored(token)), key=None)

    assert (refused.status_code, issue(refused)) == (400, "PAYPAL_REQUEST_ID_REQUIRED")


async def test_one_call_leaves_a_waiting_order_when_the_payer_must_act(merchant: Merchant) -> None:
    token = await merchant.register("needs-action@payer.example")

    answer = await merchant.create(order_body(source=stored(token)))

    assert (answer.status_code, answer.json()["status"]) == (201, "PAYER_ACTION_REQUIRED")
    assert "payer-action" in rels(answer)


async def test_unapproved_order_is_gone_after_its_life(merchant: Merchant, clock: Clock) -> None:
    created = await merchant.create()
    clock.advance(hours=3)

    gone = await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")

    assert (gone.status_code, gone.json()["name"], issue(gone)) == (404, "RESOURCE_NOT_FOUND", "INVALID_RESOURCE_ID")


async def test_captured_order_stays(merchant: Merchant, clock: Clock) -> None:
    token = await merchant.register("pays@payer.example")
    created = await merchant.create(order_body(source=stored(token)))
    clock.advance(hours=8)

    assert (await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")).json()["status"] == "COMPLETED"


async def test_second_payment_of_an_invoice_is_refused(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    await merchant.create(order_body(source=stored(token), invoice_id="2026/1"))
    again = await merchant.create(order_body(invoice_id="2026/1"))

    refused = await merchant.capture(again.json()["id"], stored(token))

    assert (refused.status_code, issue(refused)) == (422, "DUPLICATE_INVOICE_ID")
    assert (await merchant.get(f"/v2/checkout/orders/{again.json()['id']}")).json()["status"] == "CREATED"


@pytest.mark.parametrize(
    ("amount", "status", "expected"),
    [
        ({"currency_code": "EUR", "value": "12.305"}, 422, "DECIMAL_PRECISION"),
        ({"currency_code": "JPY", "value": "1230.00"}, 422, "DECIMALS_NOT_SUPPORTED"),
        ({"currency_code": "EUR", "value": "0.00"}, 422, "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ({"currency_code": "EUR", "value": "-1.00"}, 422, "CANNOT_BE_ZERO_OR_NEGATIVE"),
        ({"currency_code": "XXX", "value": "1.00"}, 422, "INVALID_CURRENCY_CODE"),
        ({"currency_code": "EUR", "value": 12.3}, 400, "INVALID_PARAMETER_SYNTAX"),
        ({"currency_code": "EUR", "value": "dodici"}, 400, "INVALID_PARAMETER_SYNTAX"),
        ({"currency_code": "EUR"}, 400, "MISSING_REQUIRED_PARAMETER"),
        (
            {
                "currency_code": "EUR",
                "value": "2.00",
                "breakdown": {"item_total": {"currency_code": "EUR", "value": "1"}},
            },
            422,
            "AMOUNT_MISMATCH",
        ),
    ],
)
async def test_wrong_amount_is_refused(merchant: Merchant, amount: Json, status: int, expected: str) -> None:
    body = order_body()
    body["purchase_units"][0]["amount"] = amount

    refused = await merchant.create(body)

    assert (refused.status_code, issue(refused)) == (status, expected)
    assert refused.json()["details"][0]["field"].startswith("/purchase_units/0/amount")


async def test_yen_have_no_decimals(merchant: Merchant) -> None:
    body = order_body()
    body["purchase_units"][0]["amount"] = {"currency_code": "JPY", "value": "1230"}

    answer = await merchant.create(body)

    assert answer.json()["purchase_units"][0]["amount"] == {"currency_code": "JPY", "value": "1230"}


async def test_refusal_names_the_field_and_its_place(merchant: Merchant) -> None:
    refused = await merchant.create({"purchase_units": order_body()["purchase_units"]})

    assert refused.status_code == 400
    assert refused.json()["name"] == "INVALID_REQUEST"
    assert refused.json()["debug_id"] == refused.headers["paypal-debug-id"]
    assert refused.json()["details"] == [
        {
            "issue": "MISSING_REQUIRED_PARAMETER",
            "field": "/intent",
            "location": "body",
            "description": "A required parameter is missing.",
        }
    ]


async def test_vaulting_needs_both_addresses(merchant: Merchant) -> None:
    source = wallet(vault=True)
    del source["paypal"]["experience_context"]["cancel_url"]

    refused = await merchant.create(order_body(source=source))

    assert (refused.status_code, issue(refused)) == (422, "CANCEL_URL_REQUIRED")


async def test_stored_credential_needs_an_account(merchant: Merchant) -> None:
    source = {"paypal": {"stored_credential": {"payment_initiator": "MERCHANT"}}}

    refused = await merchant.create(order_body(source=source))

    assert issue(refused) == "PAYPAL_STORED_CREDENTIAL_MISSING_REQUIRED_PARAMETER"


async def test_body_that_is_not_json_is_refused(merchant: Merchant) -> None:
    headers = {"Authorization": f"Bearer {merchant.bearer}", "Content-Type": "application/json"}

    refused = await merchant.http.post("/v2/checkout/orders", content=b'{"intent":', headers=headers)

    assert (refused.status_code, issue(refused)) == (400, "MALFORMED_REQUEST_JSON")


async def test_other_content_type_is_refused(merchant: Merchant) -> None:
    headers = {"Authorization": f"Bearer {merchant.bearer}", "Content-Type": "text/plain"}

    refused = await merchant.http.post("/v2/checkout/orders", content=b"{}", headers=headers)

    assert (refused.status_code, refused.json()["name"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("INSTRUMENT_DECLINED", 422),
        ("PERMISSION_DENIED", 403),
        ("INTERNAL_SERVER_ERROR", 500),
        ("MISSING_REQUIRED_PARAMETER", 400),
        ("SOMETHING_NEW", 422),
    ],
)
async def test_mock_header_chooses_the_refusal(merchant: Merchant, code: str, status: int) -> None:
    token = await merchant.register("pays@payer.example")
    created = await merchant.create()
    path = f"/v2/checkout/orders/{created.json()['id']}/capture"

    refused = await merchant.post(
        path, {"payment_source": stored(token)}, PayPal_Mock_Response=f'{{"mock_application_codes":"{code}"}}'
    )

    assert (refused.status_code, issue(refused)) == (status, code)
    assert (await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")).json()["status"] == "CREATED"
