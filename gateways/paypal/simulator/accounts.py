"""Stored accounts: under which customer, and which token stands for which payer."""

from datetime import timedelta

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.bodies import CustomerBody
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.errors import refusal
from gateways.paypal.simulator.records import Customer, Payer, PaymentToken, VaultWish
from gateways.paypal.simulator.scenarios import BEHAVIOURS


def customer_of(desk: Desk, asked: CustomerBody) -> Customer:
    """Return PayPal's customer for the merchant's: the named one, the known one, or a new one."""
    known = desk.ledger.get(Customer, asked.id) if asked.id is not None else None
    if known is None and asked.id is None and asked.merchant_customer_id is not None:
        known = next(iter(desk.ledger.find(Customer, merchant_customer_id=asked.merchant_customer_id)), None)
    if known is not None:
        return known
    customer = Customer(id=asked.id or ids.customer_id(), merchant_customer_id=asked.merchant_customer_id)
    desk.ledger.save(customer)
    return customer


def store_account(
    desk: Desk,
    wish: VaultWish,
    *,
    payer: Payer,
    late: bool = False,
    token_id: str | None = None,
    order_id: str | None = None,
) -> PaymentToken:
    """Return a token for the payer's account: the customer's own if there is one and no second is permitted.

    A new one is announced by `pass_time`, as soon as it is ready.
    """
    if not wish.permit_multiple:
        stored = desk.ledger.find(PaymentToken, customer_id=wish.customer_id, payer_id=payer.id)
        living = next((token for token in stored if not token.revoked), None)
        if living is not None:
            return living
    delay = timedelta(seconds=desk.settings.vault_delay_seconds if late else 0)
    token = PaymentToken(
        id=token_id or ids.payment_token_id(),
        customer_id=wish.customer_id,
        payer_id=payer.id,
        status="SAVING",
        ready_at=desk.now + delay,
        order_id=order_id,
        description=wish.description,
        permit_multiple=wish.permit_multiple,
        revoked=BEHAVIOURS[payer.behaviour].agreement_revoked,
    )
    desk.ledger.save(token)
    return token


def finish_storing(desk: Desk, token: PaymentToken) -> None:
    """Let a token that is on its way be there by now."""
    token.ready_at = min(token.ready_at, desk.now)
    desk.ledger.save(token)


def chargeable(desk: Desk, token_id: str) -> PaymentToken:
    """Return the token to be charged.

    Raises:
        RefusalError: 422 TOKEN_ID_NOT_FOUND, or AGREEMENT_ALREADY_CANCELLED when the payer has revoked it.
    """
    token = desk.ledger.get(PaymentToken, token_id)
    if token is None or token.ready_at > desk.now:
        raise refusal("TOKEN_ID_NOT_FOUND", field="/payment_source/paypal/vault_id", value=token_id)
    if token.revoked:
        raise refusal("AGREEMENT_ALREADY_CANCELLED", field="/payment_source/paypal/vault_id", value=token_id)
    return token
