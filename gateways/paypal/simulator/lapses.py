"""What time alone does."""

from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.records import Order, PaymentToken
from gateways.paypal.simulator.webhooks import events


def pass_time(desk: Desk) -> None:
    """Announce the accounts that are stored by now, and give up the approved orders that nobody has captured."""
    for token in desk.ledger.find(PaymentToken, status="SAVING"):
        if token.ready_at <= desk.now:
            token.status = "SAVED"
            desk.ledger.save(token)
            events.token_created(desk, token)
    for order in desk.ledger.find(Order, status="APPROVED"):
        if order.expires_at <= desk.now:
            order.status = "VOIDED"
            desk.ledger.save(order)
            events.approval_reversed(desk, order)
