"""What befalls orders, captures and refunds without the merchant's doing, and how it is announced."""

import pytest

from tests.integration.simulator.driving import Json, Merchant, Payer, capture_of, issue, order_body, vault_of, wallet
from tests.integration.simulator.happenings import approved, charged, kinds

APPROVED, COMPLETED, CREATED = "CHECKOUT.ORDER.APPROVED", "PAYMENT.CAPTURE.COMPLETED", "VAULT.PAYMENT-TOKEN.CREATED"


async def told(merchant: Merchant) -> list[str]:
    return kinds(await merchant.pull())


async def refused(merchant: Merchant, path: str, body: Json | None = None) -> tuple[int, str]:
    answer = await merchant.http.post(f"/simulator{path}", json=body or {})
    return answer.status_code, answer.json()["error"]


async def capture_status(merchant: Merchant, capture: Json) -> str:
    return str((await merchant.get(f"/v2/payments/captures/{capture['id']}")).json()["status"])


async def test_refund_past_the_merchants_software(merchant: Merchant) -> None:
    capture = await charged(merchant)

    part = await merchant.control(
        f"/captures/{capture['id']}/refund", {"amount": {"currency_code": "EUR", "value": "2.30"}}
    )
    in_between = await capture_status(merchant, capture)
    rest = await merchant.control(f"/captures/{capture['id']}/refund")

    assert (part["amount"]["value"], rest["amount"]["value"]) == ("2.30", "10.00")
    assert (in_between, await capture_status(merchant, capture)) == ("PARTIALLY_REFUNDED", "REFUNDED")
    _, *webhooks = await merchant.pull()
    assert kinds(webhooks) == ["PAYMENT.CAPTURE.REFUNDED"] * 2
    assert [webhook.event["resource"] for webhook in webhooks] == [part, rest]
    assert (await merchant.get(f"/v2/payments/refunds/{rest['id']}")).json() == rest


async def test_more_than_everything_is_not_refunded(merchant: Merchant) -> None:
    capture = await charged(merchant)
    too_much = {"amount": {"currency_code": "EUR", "value": "12.31"}}

    assert await refused(merchant, f"/captures/{capture['id']}/refund", too_much) == (422, "REFUND_AMOUNT_EXCEEDED")
    assert await told(merchant) == [COMPLETED]


async def test_chargeback_takes_everything_back(merchant: Merchant) -> None:
    capture = await charged(merchant)

    reversal = await merchant.control(f"/captures/{capture['id']}/reverse")

    _, webhook = await merchant.pull()
    assert webhook.event_type == "PAYMENT.CAPTURE.REVERSED"
    assert (webhook.event["resource_type"], webhook.event["resource_version"]) == ("refund", "2.0")
    assert webhook.event["resource"] == reversal
    assert (await merchant.get(f"/v2/payments/refunds/{reversal['id']}")).json() == reversal
    seen = (await merchant.get(f"/v2/payments/captures/{capture['id']}")).json()
    assert (seen["status"], seen["status_details"]) == ("REFUNDED", {"reason": "CHARGEBACK"})


async def test_charged_back_payment_is_not_refunded(merchant: Merchant) -> None:
    capture = await charged(merchant)
    await merchant.control(f"/captures/{capture['id']}/reverse")

    answer = await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")

    assert issue(answer) == "REFUND_NOT_PERMITTED_DUE_TO_CHARGEBACK"
    assert (await refused(merchant, f"/captures/{capture['id']}/reverse"))[0] == 422


async def test_pending_payment_is_not_charged_back(merchant: Merchant) -> None:
    capture = await charged(merchant, "review")

    assert await refused(merchant, f"/captures/{capture['id']}/reverse") == (422, "PENDING_CAPTURE")
    assert await told(merchant) == ["PAYMENT.CAPTURE.PENDING"]


async def test_pending_refund_completes(merchant: Merchant) -> None:
    capture = await charged(merchant, "refund-waits")
    refund = (await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")).json()
    waiting = await capture_status(merchant, capture)
    again = await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")

    completed = await merchant.control(f"/refunds/{refund['id']}/release", {"status": "COMPLETED"})

    assert (refund["status"], refund["status_details"], waiting) == ("PENDING", {"reason": "ECHECK"}, "COMPLETED")
    assert issue(again) == "CAPTURE_FULLY_REFUNDED"
    assert (completed["status"], await capture_status(merchant, capture)) == ("COMPLETED", "REFUNDED")
    _, *webhooks = await merchant.pull()
    assert kinds(webhooks) == ["PAYMENT.REFUND.PENDING", "PAYMENT.CAPTURE.REFUNDED"]
    assert [webhook.event["resource"] for webhook in webhooks] == [refund, completed]


async def test_failed_refund_gives_nothing_back(merchant: Merchant) -> None:
    capture = await charged(merchant, "refund-waits")
    refund = (await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")).json()

    failed = await merchant.control(f"/refunds/{refund['id']}/release", {"status": "FAILED"})

    assert (failed["status"], await capture_status(merchant, capture)) == ("FAILED", "COMPLETED")
    assert await told(merchant) == [COMPLETED, "PAYMENT.REFUND.PENDING", "PAYMENT.REFUND.FAILED"]
    anew = await merchant.post(f"/v2/payments/captures/{capture['id']}/refund")
    assert anew.json()["amount"]["value"] == "12.30"


async def test_decided_refund_stays_decided(merchant: Merchant) -> None:
    capture = await charged(merchant)
    refund = await merchant.control(f"/captures/{capture['id']}/refund")

    assert await refused(merchant, f"/refunds/{refund['id']}/release", {"status": "FAILED"}) == (
        409,
        "the refund is COMPLETED",
    )
    assert await capture_status(merchant, capture) == "REFUNDED"


async def test_approved_order_is_paid_late(merchant: Merchant) -> None:
    order_id = await approved(merchant, "declined", vault=True)
    await merchant.capture(order_id)

    late = await merchant.control(f"/orders/{order_id}/capture")

    seen = await merchant.get(f"/v2/checkout/orders/{order_id}")
    assert seen.json() == late
    assert (late["status"], capture_of(seen)["status"], capture_of(seen)["amount"]["value"]) == (
        "COMPLETED", "COMPLETED", "12.30",
    )  # fmt: skip
    assert vault_of(seen) is not None
    assert await told(merchant) == [APPROVED, COMPLETED, CREATED]
    assert issue(await merchant.capture(order_id)) == "ORDER_ALREADY_CAPTURED"


@pytest.mark.parametrize("named_by", ["payer_email", "token"])
async def test_order_that_nobody_approved_is_paid_late(merchant: Merchant, named_by: str) -> None:
    token = await merchant.register("pays@payer.example")
    order_id = (await merchant.create()).json()["id"]
    body = {"token": token} if named_by == "token" else {"payer_email": "pays@payer.example"}

    late = await merchant.control(f"/orders/{order_id}/capture", body)

    assert late["payer"]["email_address"] == "pays@payer.example"
    assert await told(merchant) == [COMPLETED]


async def test_order_that_has_lapsed_is_paid_late(merchant: Merchant) -> None:
    order_id = await approved(merchant)
    await merchant.control(f"/orders/{order_id}/lapse")

    await merchant.control(f"/orders/{order_id}/capture")

    assert (await merchant.get(f"/v2/checkout/orders/{order_id}")).json()["status"] == "COMPLETED"
    assert await told(merchant) == [APPROVED, "CHECKOUT.PAYMENT-APPROVAL.REVERSED", COMPLETED]


async def test_late_payment_needs_a_payer_and_an_open_order(merchant: Merchant) -> None:
    unapproved = (await merchant.create()).json()["id"]
    paid = await approved(merchant)
    await merchant.capture(paid)

    assert (await refused(merchant, f"/orders/{unapproved}/capture"))[0] == 409
    assert await refused(merchant, f"/orders/{paid}/capture") == (409, "the order is COMPLETED")
    assert await told(merchant) == [APPROVED, COMPLETED]


async def test_account_is_announced_before_the_capture_is_answered(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet(vault=True)))
    await browser.approve(created, "vault-first@payer.example")

    answer = await merchant.capture(created.json()["id"])

    vault = vault_of(answer)
    assert vault is not None
    assert (vault["status"], "id" in vault) == ("APPROVED", False)
    [announced] = [webhook for webhook in await merchant.pull() if webhook.event_type == CREATED]
    seen = vault_of(await merchant.get(f"/v2/checkout/orders/{created.json()['id']}"))
    assert seen is not None
    assert (seen["status"], seen["id"]) == ("VAULTED", announced.event["resource"]["id"])
