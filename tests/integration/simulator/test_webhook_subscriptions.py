"""Who is told of events: by PayPal's API, by the settings, by the control desk."""

import pytest

from tests.integration.simulator.driving import HOOK, HOOK_URL, Json, Merchant, issue, order_body, rels, stored

WEBHOOKS = "/v1/notifications/webhooks"


def wish(url: str, *names: str) -> Json:
    return {"url": url, "event_types": [{"name": name} for name in names]}


async def told_of(merchant: Merchant) -> list[tuple[str, str]]:
    """Pay something; return which address is told of what."""
    token = await merchant.register("pays@payer.example")
    await merchant.create(order_body(source=stored(token)))
    pulled = (await merchant.control("/deliveries/pull"))["deliveries"]
    return [(each["url"], each["event_type"]) for each in pulled]


async def test_address_is_subscribed_to_events_by_name(merchant: Merchant) -> None:
    created = await merchant.post(WEBHOOKS, wish("https://a.example/h", "PAYMENT.CAPTURE.COMPLETED"))
    await merchant.post(WEBHOOKS, wish("http://b.example:8000/h", "VAULT.PAYMENT-TOKEN.DELETED"))

    told = await told_of(merchant)

    assert created.status_code == 201
    assert rels(created) == ["self", "update", "delete"]
    assert told == [
        (HOOK_URL, "PAYMENT.CAPTURE.COMPLETED"),
        ("https://a.example/h", "PAYMENT.CAPTURE.COMPLETED"),
    ]


async def test_subscriptions_are_listed_and_shown(merchant: Merchant) -> None:
    created = (await merchant.post(WEBHOOKS, wish("https://a.example/h", "*"))).json()

    listed = (await merchant.get(WEBHOOKS)).json()["webhooks"]

    assert [(webhook["id"], webhook["url"]) for webhook in listed] == [
        (HOOK, HOOK_URL),
        (created["id"], "https://a.example/h"),
    ]
    assert (await merchant.get(f"{WEBHOOKS}/{created['id']}")).json() == created


async def test_ended_subscription_is_told_nothing(merchant: Merchant) -> None:
    ended = await merchant.delete(f"{WEBHOOKS}/{HOOK}")

    assert ended.status_code == 204
    assert await told_of(merchant) == []
    assert (await merchant.delete(f"{WEBHOOKS}/{HOOK}")).status_code == 404


async def test_delivery_to_an_ended_subscription_is_given_up(merchant: Merchant) -> None:
    token = await merchant.register("pays@payer.example")
    await merchant.create(order_body(source=stored(token)))
    await merchant.delete(f"{WEBHOOKS}/{HOOK}")

    pulled = await merchant.pull()

    [delivery] = (await merchant.http.get("/simulator/deliveries")).json()["deliveries"]
    assert pulled == []
    assert (delivery["status"], delivery["tries"]) == ("FAILED", 0)


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (wish(HOOK_URL, "*"), "WEBHOOK_URL_ALREADY_EXISTS"),
        (wish("ftp://a.example", "*"), "VALIDATION_ERROR"),
        (wish("https://a.example", "PAYMENT.CAPTURE.INVENTED"), "VALIDATION_ERROR"),
        (wish("https://a.example"), "INVALID_REQUEST"),
    ],
)
async def test_bad_subscription_is_refused(merchant: Merchant, body: Json, name: str) -> None:
    refused = await merchant.post(WEBHOOKS, body)

    assert (refused.status_code, refused.json()["name"]) == (400, name)
    assert len((await merchant.get(WEBHOOKS)).json()["webhooks"]) == 1


async def test_ten_addresses_at_most(merchant: Merchant) -> None:
    for number in range(9):
        assert (await merchant.post(WEBHOOKS, wish(f"https://a.example/{number}", "*"))).status_code == 201

    refused = await merchant.post(WEBHOOKS, wish("https://a.example/9", "*"))

    assert refused.json()["name"] == "WEBHOOK_NUMBER_LIMIT_EXCEEDED"


async def test_unknown_subscription_is_not_found(merchant: Merchant) -> None:
    answer = await merchant.get(f"{WEBHOOKS}/NOPE")

    assert (answer.status_code, issue(answer)) == (404, "INVALID_RESOURCE_ID")


async def test_control_desk_subscribes_under_a_given_id(merchant: Merchant) -> None:
    body = {"url": "http://127.0.0.1:5/h", "id": "MINE", "event_types": ["PAYMENT.CAPTURE.COMPLETED"]}

    subscribed = await merchant.control("/webhooks", body)

    assert (subscribed["id"], subscribed["origin"]) == ("MINE", "desk")
    assert ("http://127.0.0.1:5/h", "PAYMENT.CAPTURE.COMPLETED") in await told_of(merchant)


async def test_reset_leaves_the_subscription_of_the_settings_alone(merchant: Merchant) -> None:
    await merchant.post(WEBHOOKS, wish("https://a.example/h", "*"))
    await merchant.control("/webhooks", {"url": "http://127.0.0.1:5/h"})
    await merchant.delete(f"{WEBHOOKS}/{HOOK}")

    await merchant.control("/reset")

    assert [webhook["id"] for webhook in (await merchant.get(WEBHOOKS)).json()["webhooks"]] == [HOOK]
