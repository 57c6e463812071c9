"""Payers, and the accounts that a merchant may charge."""

from pydantic import Field, JsonValue

from gateways.paypal.simulator.accounts import customer_of, store_account
from gateways.paypal.simulator.bodies import CustomerBody
from gateways.paypal.simulator.control.requests import Asked, Body, ControlError, Entry
from gateways.paypal.simulator.records import Payer, PaymentToken, VaultWish
from gateways.paypal.simulator.scenarios import BEHAVIOURS
from gateways.paypal.simulator.views import payment_token_view
from gateways.paypal.simulator.webhooks import events


class PayerBody(Body):
    """A payer to create, or to give another behaviour."""

    email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    given_name: str = "Nome"
    surname: str = "Cognome"
    behaviour: str | None = None


class TokenBody(Body):
    """An account that is stored without anybody visiting a page."""

    payer_email: str = Field(pattern=r"^[^@\s]+@[^@\s]+$")
    customer_id: str | None = Field(default=None, pattern=r"^[0-9a-zA-Z_-]{1,22}$")
    merchant_customer_id: str | None = None
    token: str | None = Field(default=None, pattern=r"^[0-9a-zA-Z_-]{1,36}$")


def _show_payers(asked: Asked) -> JsonValue:
    return {"payers": [_payer(payer) for payer in asked.desk.ledger.find(Payer)]}


def _add_payer(asked: Asked) -> JsonValue:
    body = asked.read(PayerBody)
    if body.behaviour is not None and body.behaviour not in BEHAVIOURS:
        raise ControlError(422, f"behaviour is one of {', '.join(BEHAVIOURS)}")
    return _payer(asked.desk.ledger.add_payer(**body.model_dump()))


def _payer(payer: Payer) -> dict[str, JsonValue]:
    return {
        "payer_id": payer.id,
        "email": payer.email,
        "given_name": payer.given_name,
        "surname": payer.surname,
        "behaviour": payer.behaviour,
        "says": BEHAVIOURS[payer.behaviour].says,
    }


def _add_token(asked: Asked) -> JsonValue:
    """Store an account as if it had always been there: nobody is told."""
    body, desk = asked.read(TokenBody), asked.desk
    token = desk.ledger.get(PaymentToken, body.token) if body.token is not None else None
    if token is None:
        customer = customer_of(desk, CustomerBody(id=body.customer_id, merchant_customer_id=body.merchant_customer_id))
        wish = VaultWish(customer_id=customer.id, permit_multiple=body.token is not None)
        payer = desk.ledger.add_payer(email=body.payer_email, given_name="Nome", surname="Cognome")
        token = store_account(desk, wish, payer=payer, token_id=body.token)
        token.status = "SAVED"
        desk.ledger.save(token)
    return payment_token_view(desk, token)


def _revoke_token(asked: Asked) -> JsonValue:
    """Do what a payer does who withdraws his consent on PayPal's own pages."""
    token = asked.known(PaymentToken)
    if not token.revoked:
        token.revoked = True
        asked.desk.ledger.save(token)
        events.token_deleted(asked.desk, token)
    return {"id": token.id, "revoked": True}


ENTRIES: tuple[Entry, ...] = (
    ("GET", "/payers", _show_payers),
    ("POST", "/payers", _add_payer),
    ("POST", "/payment-tokens", _add_token),
    ("DELETE", "/payment-tokens/{id}", _revoke_token),
)
