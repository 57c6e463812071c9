"""What the tests of webhooks let happen, and what they look at first."""

from tests.integration.simulator.driving import Json, Merchant, Webhook, capture_of, order_body, stored, wallet


async def approved(merchant: Merchant, payer: str = "pays", *, vault: bool = False) -> str:
    order_id: str = (await merchant.create(order_body(source=wallet(vault=vault)))).json()["id"]
    await merchant.control(f"/orders/{order_id}/approve", {"payer_email": f"{payer}@payer.example"})
    return order_id


def kinds(webhooks: list[Webhook]) -> list[str]:
    return [webhook.event_type for webhook in webhooks]


async def charged(merchant: Merchant, payer: str = "pays") -> Json:
    """Charge a stored account; return the capture."""
    token = await merchant.register(f"{payer}@payer.example")
    return capture_of(await merchant.create(order_body(source=stored(token))))
