"""Each named payer behaves as its name says."""

import pytest

from gateways.paypal.simulator.scenarios import BEHAVIOURS, KNOWN_PAYERS
from tests.integration.simulator.driving import (
    Clock,
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


def test_every_behaviour_has_a_payer() -> None:
    assert {email.partition("@")[0] for email in KNOWN_PAYERS} == set(BEHAVIOURS)


@pytest.mark.parametrize(
    ("payer", "expected"),
    [
        ("declined", "INSTRUMENT_DECLINED"),
        ("locked", "PAYER_ACCOUNT_LOCKED_OR_CLOSED"),
        ("refused", "TRANSACTION_REFUSED"),
    ],
)
async def test_payer_who_never_pays(merchant: Merchant, browser: Payer, payer: str, expected: str) -> None:
    created = await merchant.create(order_body(source=wallet()))
    await browser.approve(created, f"{payer}@payer.example")

    first = await merchant.capture(created.json()["id"])
    await browser.approve(created, f"{payer}@payer.example")
    second = await merchant.capture(created.json()["id"])

    assert (first.status_code, issue(first)) == (422, expected)
    assert issue(second) == expected
    order = await merchant.get(f"/v2/checkout/orders/{created.json()['id']}")
    assert order.json()["status"] == "APPROVED"
    assert "payments" not in order.json()["purchase_units"][0]


async def test_declined_once_pays_only_after_a_new_approval(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet()))
    order_id = created.json()["id"]
    await browser.approve(created, "declined-once@payer.example")

    declined = await merchant.capture(order_id)
    too_early = await merchant.capture(order_id)
    await browser.approve(declined, "declined-once@payer.example")
    captured = await merchant.capture(order_id)

    assert rels(declined) == ["redirect"]
    assert issue(too_early) == "INSTRUMENT_DECLINED"
    assert capture_of(captured)["status"] == "COMPLETED"


async def test_stored_account_of_declined_once_fails_once(merchant: Merchant) -> None:
    token = await merchant.register("declined-once@payer.example")

    declined = await merchant.capture((await merchant.create()).json()["id"], stored(token))
    captured = await merchant.capture((await merchant.create()).json()["id"], stored(token))

    assert issue(declined) == "INSTRUMENT_DECLINED"
    assert captured.json()["status"] == "COMPLETED"


async def test_stored_charge_that_needs_the_payer(merchant: Merchant, browser: Payer) -> None:
    token = await merchant.register("needs-action@payer.example")
    order_id = (await merchant.create()).json()["id"]
    context = {"return_url": "https://shop.example/back", "cancel_url": "https://shop.example/no"}

    refused = await merchant.capture(order_id, stored(token, experience_context=context))
    waiting = await merchant.get(f"/v2/checkout/orders/{order_id}")
    await browser.approve(refused, "needs-action@payer.example")
    captured = await merchant.capture(order_id)

    assert (refused.status_code, issue(refused), rels(refused)) == (422, "PAYER_ACTION_REQUIRED", ["payer-action"])
    assert waiting.json()["status"] == "PAYER_ACTION_REQUIRED"
    assert browser.landed[0] == "https://shop.example/back"
    assert capture_of(captured)["status"] == "COMPLETED"


async def test_revoked_agreement_cannot_be_charged_nor_seen(merchant: Merchant) -> None:
    token = await merchant.register("revoked@payer.example")
    order_id = (await merchant.create()).json()["id"]

    refused = await merchant.capture(order_id, stored(token))

    assert (refused.status_code, issue(refused)) == (422, "AGREEMENT_ALREADY_CANCELLED")
    assert (await merchant.get(f"/v3/vault/payment-tokens/{token}")).status_code == 404


@pytest.mark.parametrize(("decision", "expected"), [("COMPLETED", "COMPLETED"), ("DENIED", "DECLINED")])
async def test_payment_in_review_waits_for_the_decision(merchant: Merchant, decision: str, expected: str) -> None:
    token = await merchant.register("review@payer.example")
    pending = await merchant.create(order_body(source=stored(token)))
    capture = capture_of(pending)

    released = await merchant.control(f"/captures/{capture['id']}/release", {"status": decision})

    assert pending.json()["status"] == "COMPLETED"
    assert (capture["status"], capture["status_details"]) == ("PENDING", {"reason": "PENDING_REVIEW"})
    assert released["status"] == expected
    assert (await merchant.get(f"/v2/payments/captures/{capture['id']}")).json()["status"] == expected


async def test_lost_answer_comes_with_the_replay(merchant: Merchant) -> None:
    token = await merchant.register("answer-lost@payer.example")
    order_id = (await merchant.create()).json()["id"]

    lost = await merchant.capture(order_id, stored(token), key="k")
    replayed = await merchant.capture(order_id, stored(token), key="k")

    assert (lost.status_code, lost.headers["content-type"]) == (503, "text/html")
    assert (replayed.status_code, capture_of(replayed)["status"]) == (200, "COMPLETED")
    assert [call["status"] for call in (await merchant.calls())[-2:]] == [None, 200]


async def test_paid_but_not_vaulted(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet(vault=True)))
    await browser.approve(created, "not-vaulted@payer.example")

    captured = await merchant.capture(created.json()["id"])

    assert capture_of(captured)["status"] == "COMPLETED"
    assert vault_of(captured) is None


async def test_late_vault_appears_after_a_while(merchant: Merchant, browser: Payer, clock: Clock) -> None:
    created = await merchant.create(order_body(source=wallet(vault=True)))
    order_path = f"/v2/checkout/orders/{created.json()['id']}"
    await browser.approve(created, "vault-late@payer.example")

    captured = await merchant.capture(created.json()["id"])
    clock.advance(seconds=59)
    still_waiting = vault_of(await merchant.get(order_path))
    clock.advance(seconds=1)
    arrived = vault_of(await merchant.get(order_path))

    waiting = vault_of(captured)
    assert waiting is not None
    assert set(waiting) == {"status", "links"}
    assert waiting["status"] == "APPROVED"
    assert still_waiting == waiting
    assert arrived is not None
    assert arrived["status"] == "VAULTED"
    listed = await merchant.get("/v3/vault/payment-tokens", customer_id=arrived["customer"]["id"])
    assert [token["id"] for token in listed.json()["payment_tokens"]] == [arrived["id"]]


async def test_late_vault_can_be_hurried(merchant: Merchant, browser: Payer) -> None:
    created = await merchant.create(order_body(source=wallet(vault=True)))
    await browser.approve(created, "vault-late@payer.example")
    await merchant.capture(created.json()["id"])

    token = await merchant.control(f"/orders/{created.json()['id']}/vault")

    vault = vault_of(await merchant.get(f"/v2/checkout/orders/{created.json()['id']}"))
    assert vault is not None
    assert vault["id"] == token["id"]


async def test_other_amount_takes_a_cent_less(merchant: Merchant) -> None:
    token = await merchant.register("other-amount@payer.example")

    captured = await merchant.create(order_body(source=stored(token)))

    assert capture_of(captured)["amount"] == {"currency_code": "EUR", "value": "12.29"}


async def test_same_account_of_the_same_customer_keeps_its_token(merchant: Merchant, browser: Payer) -> None:
    tokens = []
    for customer in ("customer-7", "customer-7", "customer-8"):
        created = await merchant.create(order_body(source=wallet(vault=True, customer=customer)))
        await browser.approve(created, "pays@payer.example")
        vault = vault_of(await merchant.capture(created.json()["id"]))
        assert vault is not None
        tokens.append(vault["id"])

    assert tokens[0] == tokens[1]
    assert tokens[0] != tokens[2]


async def test_second_token_of_an_account_when_permitted(merchant: Merchant, browser: Payer) -> None:
    tokens = set()
    for _ in range(2):
        source = wallet(vault=True, permit_multiple_payment_tokens=True)
        created = await merchant.create(order_body(source=source))
        await browser.approve(created, "pays@payer.example")
        vault = vault_of(await merchant.capture(created.json()["id"]))
        assert vault is not None
        tokens.add(vault["id"])

    assert len(tokens) == 2
