"""Taking the money of an order, as the payer's behaviour has it."""

from dataclasses import dataclass, replace

from gateways.paypal.simulator import ids
from gateways.paypal.simulator.accounts import store_account
from gateways.paypal.simulator.calls import Desk
from gateways.paypal.simulator.errors import RefusalError, refusal
from gateways.paypal.simulator.links import payer_link
from gateways.paypal.simulator.records import Capture, Order, Payer, PaymentToken
from gateways.paypal.simulator.scenarios import BEHAVIOURS, Behaviour
from gateways.paypal.simulator.webhooks import events


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    """A capture that was made."""

    capture: Capture
    answer_lost: bool = False  # the merchant must not hear of it at once
    overtaken_by: PaymentToken | None = None  # the account of which the merchant must hear before


def charge_approved(desk: Desk, order: Order) -> Charge:
    """Capture an order that its payer has approved.

    Raises:
        RefusalError: 422, as PayPal words it; the order stays payable.
    """
    payer = _payer(desk, order.payer_id)
    behaviour = BEHAVIOURS[payer.behaviour]
    _refuse_duplicate_invoice(desk, order)
    issue = behaviour.refuses_with
    if order.declined or (behaviour.declines_first and order.declines == 0):
        issue = issue or "INSTRUMENT_DECLINED"
    if issue is not None:
        raise _declined(desk, order, issue)
    return _with_vault(desk, order, payer, _capture(desk, order, behaviour))


def charge_stored(desk: Desk, order: Order, token: PaymentToken) -> Charge:
    """Capture an order from an account stored earlier, its payer perhaps absent.

    Raises:
        RefusalError: 422; PAYER_ACTION_REQUIRED leaves the order waiting for its payer.
    """
    payer = _payer(desk, token.payer_id)
    behaviour = BEHAVIOURS[payer.behaviour]
    _refuse_duplicate_invoice(desk, order)
    if behaviour.stored_charge_needs_payer:
        order.status = "PAYER_ACTION_REQUIRED"
        order.updated_at = desk.now
        desk.ledger.save(order)
        raise refusal("PAYER_ACTION_REQUIRED", links=payer_link(desk, order.id, "payer-action"))
    if behaviour.refuses_with is not None:
        raise _declined(desk, order, behaviour.refuses_with)
    if behaviour.declines_first and token.declines == 0:
        token.declines += 1
        desk.ledger.save(token)
        raise _declined(desk, order, "INSTRUMENT_DECLINED")
    order.payer_id = payer.id
    return _capture(desk, order, behaviour)


def charge_late(desk: Desk, order: Order, payer: Payer) -> Charge:
    """Capture an order, whoever approved it and whatever was said of it: the payment was on its way all the time."""
    order.payer_id = payer.id
    return _with_vault(desk, order, payer, _capture(desk, order, BEHAVIOURS["pays"]))


def _with_vault(desk: Desk, order: Order, payer: Payer, charge: Charge) -> Charge:
    """Store the payer's account too, where the merchant wants it and the payer's behaviour allows it."""
    when = BEHAVIOURS[payer.behaviour].vault
    if order.vault is None or when == "never":
        return charge
    token = store_account(desk, order.vault, payer=payer, late=when in ("first", "late"), order_id=order.id)
    order.saved_token_id = token.id
    desk.ledger.save(order)
    return replace(charge, overtaken_by=token if when == "first" else None)


def _payer(desk: Desk, payer_id: str | None) -> Payer:
    payer = desk.ledger.get(Payer, payer_id or "")
    if payer is None:
        raise refusal("ORDER_NOT_APPROVED")
    return payer


def _refuse_duplicate_invoice(desk: Desk, order: Order) -> None:
    if not desk.settings.unique_invoice_ids or order.invoice_id is None:
        return
    earlier = desk.ledger.find(Capture, invoice_id=order.invoice_id)
    if any(capture.status != "DECLINED" for capture in earlier):
        raise refusal("DUPLICATE_INVOICE_ID", field="/purchase_units/0/invoice_id", value=order.invoice_id)


def _declined(desk: Desk, order: Order, issue: str) -> RefusalError:
    """Note that the payer's instrument was declined, and return what to tell the merchant."""
    if issue != "INSTRUMENT_DECLINED":
        return refusal(issue)
    order.declined = True
    order.declines += 1
    desk.ledger.save(order)
    return refusal(issue, links=payer_link(desk, order.id, "redirect"))


def _capture(desk: Desk, order: Order, behaviour: Behaviour) -> Charge:
    capture = Capture(
        id=ids.resource_id(),
        order_id=order.id,
        status="PENDING" if behaviour.pending_reason else "COMPLETED",
        amount=order.amount.plus(behaviour.overcharge),
        pending_reason=behaviour.pending_reason,
        custom_id=order.custom_id,
        invoice_id=order.invoice_id,
        created_at=desk.now,
        updated_at=desk.now,
    )
    desk.ledger.save(capture)
    order.status = "COMPLETED"
    order.capture_id = capture.id
    order.updated_at = desk.now
    desk.ledger.save(order)
    events.capture_changed(desk, capture)
    return Charge(capture=capture, answer_lost=behaviour.loses_answer)
