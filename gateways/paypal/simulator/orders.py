"""Orders v2: create, read, capture."""

from dataclasses import replace
from datetime import timedelta

from pydantic import JsonValue

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.accounts import chargeable, customer_of, finish_storing
from gateways.paypal.simulator.amounts import Amount
from gateways.paypal.simulator.bodies import (
    CaptureBody,
    ExperienceBody,
    OrderBody,
    PurchaseUnitBody,
    WalletBody,
)
from gateways.paypal.simulator.calls import Call, Desk
from gateways.paypal.simulator.charging import charge_approved, charge_stored
from gateways.paypal.simulator.errors import RefusalError, refusal
from gateways.paypal.simulator.records import Order, VaultWish, Visit
from gateways.paypal.simulator.replies import Reply
from gateways.paypal.simulator.totals import check_totals
from gateways.paypal.simulator.views import order_view

_UNIT = "/purchase_units/0"


def create_order(call: Call) -> Reply:
    """Open an order; with a `vault_id` also capture it at once."""
    body = call.read(OrderBody)
    wallet = body.payment_source.paypal if body.payment_source is not None else None
    if wallet is not None:
        call.require_request_id()
        _check_wallet(wallet)
    order = _open(call, body, wallet)
    answer_lost = False
    if wallet is not None and wallet.vault_id is not None:
        answer_lost = _charge_at_creation(call.desk, order, wallet)
    else:
        call.desk.ledger.save(order)
    return Reply(status=201, body=order_view(call.desk, order), lost=answer_lost)


def show_order(call: Call) -> Reply:
    """Return an order."""
    return Reply(status=200, body=order_view(call.desk, living_order(call.desk, call.ids["id"])))


def capture_order(call: Call) -> Reply:
    """Take the money of an approved order, or charge the stored account that the call names."""
    body = call.read(CaptureBody)
    desk = call.desk
    order = living_order(desk, call.ids["id"])
    if order.status == "COMPLETED":
        raise refusal("ORDER_ALREADY_CAPTURED")
    wallet = body.payment_source.paypal if body.payment_source is not None else None
    if wallet is not None:
        _check_wallet(wallet)
        _remember(order, wallet)
        desk.ledger.save(order)
    if order.status == "APPROVED":
        charge = charge_approved(desk, order)
    elif wallet is not None and wallet.vault_id is not None:
        charge = charge_stored(desk, order, chargeable(desk, wallet.vault_id))
    else:
        raise refusal("ORDER_NOT_APPROVED")
    reply = Reply(status=201, body=order_view(desk, order), lost=charge.answer_lost)
    if charge.overtaken_by is None:
        return reply
    finish_storing(desk, charge.overtaken_by)
    return replace(reply, comes_last=True)


def living_order(desk: Desk, order_id: str) -> Order:
    """Return an order that has not expired.

    Raises:
        RefusalError: 404.
    """
    order = desk.ledger.get(Order, order_id)
    if order is None or (order.status != "COMPLETED" and order.expires_at <= desk.now):
        raise refusal("INVALID_RESOURCE_ID", field="order_id", value=order_id)
    return order


def _check_wallet(wallet: WalletBody) -> None:
    if wallet.stored_credential is not None and wallet.vault_id is None:
        raise refusal("PAYPAL_STORED_CREDENTIAL_MISSING_REQUIRED_PARAMETER", field="/payment_source/paypal/vault_id")
    if wallet.attributes.vault is not None and wallet.vault_id is None:
        where = "/payment_source/paypal/experience_context"
        if wallet.experience_context.return_url is None:
            raise refusal("RETURN_URL_REQUIRED", field=f"{where}/return_url")
        if wallet.experience_context.cancel_url is None:
            raise refusal("CANCEL_URL_REQUIRED", field=f"{where}/cancel_url")


def _open(call: Call, body: OrderBody, wallet: WalletBody | None) -> Order:
    unit = body.purchase_units[0]
    amount = Amount.read(unit.amount.value, unit.amount.currency_code, field=f"{_UNIT}/amount")
    check_totals(unit, amount)
    desk = call.desk
    order = Order(
        id=ids.resource_id(),
        status="CREATED" if wallet is None else "PAYER_ACTION_REQUIRED",
        created_at=desk.now,
        updated_at=desk.now,
        expires_at=desk.now + timedelta(seconds=desk.settings.order_life_seconds),
        amount=amount,
        purchase_unit=_unit_as_sent(call, unit, amount),
        custom_id=unit.custom_id,
        invoice_id=unit.invoice_id,
        description=unit.description,
        named_source=wallet is not None,
        visit=_visit(body.application_context),
    )
    if wallet is not None:
        _remember(order, wallet)
        order.vault = _vault_wish(desk, wallet)
    return order


def _unit_as_sent(call: Call, unit: PurchaseUnitBody, amount: Amount) -> dict[str, JsonValue]:
    units = call.json()["purchase_units"]
    sent = units[0] if isinstance(units, list) else None
    echo: dict[str, JsonValue] = dict(sent) if isinstance(sent, dict) else {}
    echo["reference_id"] = unit.reference_id
    written: dict[str, JsonValue] = dict(amount.wire())
    if isinstance(asked := echo["amount"], dict) and "breakdown" in asked:
        written["breakdown"] = asked["breakdown"]
    echo["amount"] = written
    return echo


def _vault_wish(desk: Desk, wallet: WalletBody) -> VaultWish | None:
    vault = wallet.attributes.vault
    if vault is None or vault.store_in_vault is None or wallet.vault_id is not None:
        return None
    return VaultWish(
        customer_id=customer_of(desk, wallet.attributes.customer).id,
        permit_multiple=vault.permit_multiple_payment_tokens,
        description=vault.description,
    )


def _remember(order: Order, wallet: WalletBody) -> None:
    """Keep what the payer's pages and the later answers need of a payment source."""
    asked = _visit(wallet.experience_context).model_dump(exclude_none=True)
    order.visit = order.visit.model_copy(update=asked)
    if wallet.stored_credential is not None:
        order.stored_credential = wallet.stored_credential.model_dump(exclude_none=True)


def _visit(experience: ExperienceBody) -> Visit:
    return Visit(brand_name=experience.brand_name, return_url=experience.return_url, cancel_url=experience.cancel_url)


def _charge_at_creation(desk: Desk, order: Order, wallet: WalletBody) -> bool:
    """Charge a stored account in the call that creates the order; a refused one leaves no order behind."""
    token = chargeable(desk, wallet.vault_id or "")
    order.status = "CREATED"
    try:
        return charge_stored(desk, order, token).answer_lost
    except RefusalError as refused:
        issue = refused.issues[0].issue
        if issue == "PAYER_ACTION_REQUIRED":
            return False
        desk.ledger.remove(order)
        raise refusal(issue) from refused
