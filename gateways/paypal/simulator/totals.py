"""Whether a purchase unit adds up."""

from gateways.paypal.simulator.amounts import Amount, hundredths
from gateways.paypal.simulator.bodies import PurchaseUnitBody
from gateways.paypal.simulator.errors import refusal

_SUBTRACTED = frozenset({"discount", "shipping_discount"})


def check_totals(unit: PurchaseUnitBody, amount: Amount) -> None:
    """Compare the items with their total, and the parts of the amount with the whole.

    Raises:
        RefusalError: 422 ITEM_TOTAL_MISMATCH, ITEM_TOTAL_REQUIRED or AMOUNT_MISMATCH.
    """
    breakdown = {name: hundredths(part.value) for name, part in (unit.amount.breakdown or {}).items()}
    if unit.items:
        field = "/purchase_units/0/amount/breakdown/item_total"
        if "item_total" not in breakdown:
            raise refusal("ITEM_TOTAL_REQUIRED", field=field)
        if breakdown["item_total"] != sum(hundredths(i.unit_amount.value) * int(i.quantity) for i in unit.items):
            raise refusal("ITEM_TOTAL_MISMATCH", field=field)
    if breakdown:
        whole = sum(-part if name in _SUBTRACTED else part for name, part in breakdown.items())
        if whole != hundredths(amount.text()):
            raise refusal("AMOUNT_MISMATCH", field="/purchase_units/0/amount/value", value=amount.text())
