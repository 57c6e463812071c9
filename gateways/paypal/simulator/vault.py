"""Vault v3: setup tokens and payment tokens."""

from datetime import timedelta

from pydantic import JsonValue

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.accounts import customer_of, store_account
from gateways.paypal.simulator.bodies import PaymentTokenBody, SetupTokenBody
from gateways.paypal.simulator.calls import Call, Desk
from gateways.paypal.simulator.errors import refusal
from gateways.paypal.simulator.records import Payer, PaymentToken, SetupToken, VaultWish, Visit
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.views import payment_token_view, setup_token_view
from gateways.paypal.simulator.webhooks import events

_SETUP_TOKEN_LIFE = timedelta(days=3)


def create_setup_token(call: Call) -> Reply:
    """Begin to store an account without a purchase."""
    call.require_request_id()
    body = call.read(SetupTokenBody)
    wallet = body.payment_source.paypal
    experience = wallet.experience_context
    token = SetupToken(
        id=ids.resource_id(),
        status="PAYER_ACTION_REQUIRED",
        expires_at=call.desk.now + _SETUP_TOKEN_LIFE,
        customer_id=customer_of(call.desk, body.customer).id,
        source=wallet.model_dump(exclude_none=True),
        permit_multiple=wallet.permit_multiple_payment_tokens,
        description=wallet.description,
        visit=Visit(
            brand_name=experience.brand_name, return_url=experience.return_url, cancel_url=experience.cancel_url
        ),
    )
    call.desk.ledger.save(token)
    return Reply(status=201, body=setup_token_view(call.desk, token))


def show_setup_token(call: Call) -> Reply:
    """Return a setup token."""
    return Reply(status=200, body=setup_token_view(call.desk, living_setup_token(call.desk, call.ids["id"])))


def create_payment_token(call: Call) -> Reply:
    """Turn an approved setup token into a stored account."""
    call.require_request_id()
    body = call.read(PaymentTokenBody)
    desk = call.desk
    setup = living_setup_token(desk, body.payment_source.token.id)
    if setup.status == "VAULTED":
        raise refusal("SETUP_TOKEN_ALREADY_TOKENIZED")
    payer = desk.ledger.get(Payer, setup.payer_id or "")
    if payer is None:
        raise refusal("PAYER_ACTION_REQUIRED")
    wish = VaultWish(
        customer_id=setup.customer_id, permit_multiple=setup.permit_multiple, description=setup.description
    )
    token = store_account(desk, wish, payer=payer)
    setup.status = "VAULTED"
    desk.ledger.save(setup)
    return Reply(status=201, body=payment_token_view(desk, token))


def list_payment_tokens(call: Call) -> Reply:
    """Return a page of the accounts stored for a customer."""
    customer_id = call.query.get("customer_id")
    if not customer_id:
        raise refusal("MISSING_REQUIRED_PARAMETER", field="customer_id")
    page, size = call.number("page", default=1), call.number("page_size", default=5)
    stored = call.desk.ledger.find(PaymentToken, customer_id=customer_id)
    visible = [token for token in stored if _is_visible(call.desk, token)]
    shown = visible[(page - 1) * size : page * size]
    path = f"/v3/vault/payment-tokens?customer_id={customer_id}&page={page}&page_size={size}"
    body: dict[str, JsonValue] = {
        "customer": {"id": customer_id},
        "payment_tokens": [payment_token_view(call.desk, token) for token in shown],
        "links": [call.desk.link("self", path)],
    }
    if visible and call.query.get("total_required", "").lower() == "true":  # by its specification, never 0
        body |= {"total_items": len(visible), "total_pages": -(-len(visible) // size)}
    return Reply(status=200, body=body)


def show_payment_token(call: Call) -> Reply:
    """Return a stored account."""
    return Reply(status=200, body=payment_token_view(call.desk, _visible(call)))


def delete_payment_token(call: Call) -> Reply:
    """Forget a stored account."""
    token = _visible(call)
    call.desk.ledger.remove(token)
    events.token_deletion_initiated(call.desk, token)
    events.token_deleted(call.desk, token)
    return Reply(status=204)


def living_setup_token(desk: Desk, token_id: str) -> SetupToken:
    """Return a setup token that has not expired.

    Raises:
        RefusalError: 404.
    """
    token = desk.ledger.get(SetupToken, token_id)
    if token is None or (token.status != "VAULTED" and token.expires_at <= desk.now):
        raise refusal("INVALID_RESOURCE_ID", field="id", value=token_id)
    return token


def _visible(call: Call) -> PaymentToken:
    token = call.desk.ledger.get(PaymentToken, call.ids["id"])
    if token is None or not _is_visible(call.desk, token):
        raise refusal("INVALID_RESOURCE_ID", field="id", value=call.ids["id"])
    return token


def _is_visible(desk: Desk, token: PaymentToken) -> bool:
    return not token.revoked and token.ready_at <= desk.now
