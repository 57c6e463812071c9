"""Links to the pages where a payer must go."""

from pydantic import JsonValue

from gateways.paypal.simulator.calls import Desk


def checkout_path(order_id: str) -> str:
    """Return the path of the page where an order is approved."""
    return f"/checkoutnow?token={order_id}"


def payer_link(desk: Desk, order_id: str, rel: str) -> list[JsonValue]:
    """Return the `links` that send the payer to the approval of an order."""
    return [desk.link(rel, checkout_path(order_id))]
