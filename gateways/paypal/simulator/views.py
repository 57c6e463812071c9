"""How the records look to the merchant."""

from datetime import datetime

from pydantic import JsonValue

from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.links import checkout_path
from gateways.paypal.simulator.records import Capture, Customer, Order, Payer, PaymentToken, Refund, SetupToken

Wire = dict[str, JsonValue]


def instant(moment: datetime) -> str:
    """Return an instant as PayPal writes it: UTC, whole seconds."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def order_view(desk: Desk, order: Order) -> Wire:
    """Return an order with its captures, refunds and payer."""
    unit: Wire = dict(order.purchase_unit)
    view: Wire = {
        "id": order.id,
        "intent": "CAPTURE",
        "status": order.status,
        "create_time": instant(order.created_at),
        "update_time": instant(order.updated_at),
        "purchase_units": [unit],
        "links": _order_links(desk, order),
    }
    capture = desk.ledger.get(Capture, order.capture_id or "")
    if capture is not None:
        refunds = desk.ledger.find(Refund, capture_id=capture.id)
        payments: Wire = {"captures": [capture_view(desk, capture)]}
        if refunds:
            payments["refunds"] = [refund_view(desk, refund) for refund in refunds]
        unit["payments"] = payments
    payer = desk.ledger.get(Payer, order.payer_id or "")
    if payer is not None:
        view["payer"] = {**_person(payer), "payer_id": payer.id}
        view["payment_source"] = {"paypal": _wallet(desk, order, payer)}
    elif order.named_source:
        view["payment_source"] = {"paypal": {}}
    return view


def _order_links(desk: Desk, order: Order) -> list[JsonValue]:
    path = f"/v2/checkout/orders/{order.id}"
    links: list[JsonValue] = [desk.link("self", path)]
    if order.status != "COMPLETED":
        named = order.named_source or order.status == "PAYER_ACTION_REQUIRED"
        links.append(desk.link("payer-action" if named else "approve", checkout_path(order.id)))
        links.append(desk.link("capture", path + "/capture", "POST"))
    return links


def _person(payer: Payer) -> Wire:
    return {
        "email_address": payer.email,
        "name": {"given_name": payer.given_name, "surname": payer.surname},
        "address": {"country_code": "IT"},
    }


def _wallet(desk: Desk, order: Order, payer: Payer) -> Wire:
    wallet: Wire = {**_person(payer), "account_id": payer.id, "account_status": "VERIFIED"}
    if order.stored_credential is not None:
        wallet["stored_credential"] = order.stored_credential
    token = desk.ledger.get(PaymentToken, order.saved_token_id or "")
    if token is not None:
        wallet["attributes"] = {"vault": _vault(desk, order, token)}
    return wallet


def _vault(desk: Desk, order: Order, token: PaymentToken) -> Wire:
    up = desk.link("up", f"/v2/checkout/orders/{order.id}")
    if token.ready_at > desk.now:
        return {"status": "APPROVED", "links": [up]}
    return {
        "id": token.id,
        "status": "VAULTED",
        "customer": {"id": token.customer_id},
        "links": [*_token_links(desk, token), up],
    }


def capture_view(desk: Desk, capture: Capture) -> Wire:
    """Return a capture."""
    path = f"/v2/payments/captures/{capture.id}"
    view: Wire = {
        "id": capture.id,
        "status": capture.status,
        "amount": capture.amount.wire(),
        "final_capture": True,
        "seller_protection": {
            "status": "ELIGIBLE",
            "dispute_categories": ["ITEM_NOT_RECEIVED", "UNAUTHORIZED_TRANSACTION"],
        },
        "supplementary_data": {"related_ids": {"order_id": capture.order_id}},
        "create_time": instant(capture.created_at),
        "update_time": instant(capture.updated_at),
        "links": [
            desk.link("self", path),
            desk.link("refund", path + "/refund", "POST"),
            desk.link("up", f"/v2/checkout/orders/{capture.order_id}"),
        ],
    }
    if capture.status == "PENDING":
        view["status_details"] = {"reason": capture.pending_reason}
    else:
        fee = capture.amount.fee()
        view["seller_receivable_breakdown"] = {
            "gross_amount": capture.amount.wire(),
            "paypal_fee": fee.wire(),
            "net_amount": capture.amount.plus(-fee.minor).wire(),
        }
    if capture.is_reversed:
        view["status_details"] = {"reason": "CHARGEBACK"}
    return view | _references(capture)


def refund_view(desk: Desk, refund: Refund) -> Wire:
    """Return a refund."""
    total = refund.amount.model_copy(update={"minor": refund.total_refunded_minor})
    view: Wire = {
        "id": refund.id,
        "status": refund.status,
        "amount": refund.amount.wire(),
        "seller_payable_breakdown": {
            "gross_amount": refund.amount.wire(),
            "paypal_fee": refund.amount.model_copy(update={"minor": 0}).wire(),
            "net_amount": refund.amount.wire(),
            "total_refunded_amount": total.wire(),
        },
        "create_time": instant(refund.created_at),
        "update_time": instant(refund.updated_at or refund.created_at),
        "links": [
            desk.link("self", f"/v2/payments/refunds/{refund.id}"),
            desk.link("up", f"/v2/payments/captures/{refund.capture_id}"),
        ],
    }
    if refund.status != "COMPLETED":
        view["status_details"] = {"reason": "ECHECK"}
    if refund.note_to_payer is not None:
        view["note_to_payer"] = refund.note_to_payer
    return view | _references(refund)


def _references(record: Capture | Refund) -> Wire:
    given = {"custom_id": record.custom_id, "invoice_id": record.invoice_id}
    return {name: value for name, value in given.items() if value is not None}


def setup_token_view(desk: Desk, token: SetupToken) -> Wire:
    """Return a setup token."""
    links: list[JsonValue] = [_vault_link(desk, "self", f"/v3/vault/setup-tokens/{token.id}")]
    if token.status == "PAYER_ACTION_REQUIRED":
        links.append(_vault_link(desk, "approve", f"/agreements/approve?approval_session_id={token.id}"))
    elif token.status == "APPROVED":
        links.append(_vault_link(desk, "confirm", "/v3/vault/payment-tokens", "POST"))
    return {
        "id": token.id,
        "status": token.status,
        "customer": _customer(desk, token.customer_id),
        "payment_source": {"paypal": token.source},
        "links": links,
    }


def payment_token_view(desk: Desk, token: PaymentToken) -> Wire:
    """Return a stored account."""
    payer = desk.ledger.get(Payer, token.payer_id)
    wallet: Wire = {"usage_type": "MERCHANT", "permit_multiple_payment_tokens": token.permit_multiple}
    if token.description is not None:
        wallet["description"] = token.description
    if payer is not None:
        wallet |= {
            "email_address": payer.email,
            "payer_id": payer.id,
            "account_id": payer.id,
            "name": {"given_name": payer.given_name, "surname": payer.surname, "full_name": payer.full_name},
            "address": {"country_code": "IT"},
        }
    return {
        "id": token.id,
        "customer": _customer(desk, token.customer_id),
        "payment_source": {"paypal": wallet},
        "links": _token_links(desk, token),
    }


def _customer(desk: Desk, customer_id: str) -> Wire:
    customer = desk.ledger.get(Customer, customer_id)
    if customer is None or customer.merchant_customer_id is None:
        return {"id": customer_id}
    return {"id": customer_id, "merchant_customer_id": customer.merchant_customer_id}


def _token_links(desk: Desk, token: PaymentToken) -> list[JsonValue]:
    path = f"/v3/vault/payment-tokens/{token.id}"
    return [_vault_link(desk, "self", path), _vault_link(desk, "delete", path, "DELETE")]


def _vault_link(desk: Desk, rel: str, path: str, method: str = "GET") -> Wire:
    return {**desk.link(rel, path, method), "encType": "application/json"}
