"""What we write to PayPal, word by word."""

import pytest
from pydantic import JsonValue

from gateways.paypal.messages import Approval, OrderRequest, StoredCharge
from models.enums import CustomerKind
from models.money import Money

PRICE = Money(1230, "EUR")


def approval(*, store_in_vault: bool, paypal_customer_id: str | None = None) -> Approval:
    return Approval(
        return_url="https://saldo.test/paypal/return?a=r1",
        cancel_url="https://saldo.test/paypal/cancel?a=r1",
        locale="it-IT",
        brand_name="Saldo",
        store_in_vault=store_in_vault,
        merchant_customer_id="customer-7",
        paypal_customer_id=paypal_customer_id,
        vault_description="Rinnovo automatico",
        customer_type=CustomerKind.BUSINESS,
    )


def request_for(approval: Approval | None) -> OrderRequest:
    return OrderRequest(
        reference="attempt-1", invoice_id="2026/1234", description="Ordine 2026/1234", amount=PRICE, approval=approval
    )


UNITS: JsonValue = [
    {
        "reference_id": "default",
        "custom_id": "attempt-1",
        "invoice_id": "2026/1234",
        "description": "Ordine 2026/1234",
        "amount": {"currency_code": "EUR", "value": "12.30"},
    }
]
CONTEXT: JsonValue = {
    "return_url": "https://saldo.test/paypal/return?a=r1",
    "cancel_url": "https://saldo.test/paypal/cancel?a=r1",
    "user_action": "PAY_NOW",
    "shipping_preference": "NO_SHIPPING",
    "payment_method_preference": "IMMEDIATE_PAYMENT_REQUIRED",
    "landing_page": "LOGIN",
    "locale": "it-IT",
    "brand_name": "Saldo",
}


def test_an_order_without_a_source_is_written_for_the_two_call_form() -> None:
    assert request_for(None).to_wire() == {"intent": "CAPTURE", "purchase_units": UNITS}


def test_an_order_to_approve_without_keeping_the_account_asks_for_no_vault() -> None:
    assert request_for(approval(store_in_vault=False)).to_wire() == {
        "intent": "CAPTURE",
        "purchase_units": UNITS,
        "payment_source": {"paypal": {"experience_context": CONTEXT}},
    }


@pytest.mark.parametrize(
    ("paypal_customer_id", "customer"),
    [
        (None, {"merchant_customer_id": "customer-7"}),
        ("ROaPMoZUaV", {"id": "ROaPMoZUaV", "merchant_customer_id": "customer-7"}),
    ],
)
def test_an_order_that_keeps_the_account_says_how(paypal_customer_id: str | None, customer: JsonValue) -> None:
    request = request_for(approval(store_in_vault=True, paypal_customer_id=paypal_customer_id))

    vault: JsonValue = {
        "store_in_vault": "ON_SUCCESS",
        "usage_type": "MERCHANT",
        "customer_type": "BUSINESS",
        "usage_pattern": "SUBSCRIPTION_PREPAID",
        "permit_multiple_payment_tokens": False,
        "description": "Rinnovo automatico",
    }
    assert request.to_wire() == {
        "intent": "CAPTURE",
        "purchase_units": UNITS,
        "payment_source": {
            "paypal": {"attributes": {"customer": customer, "vault": vault}, "experience_context": CONTEXT}
        },
    }


def test_a_renewal_is_written_as_the_merchants_own_charge() -> None:
    assert StoredCharge(payment_token="nkq2y9g", initiator="MERCHANT").to_wire() == {
        "payment_source": {
            "paypal": {
                "vault_id": "nkq2y9g",
                "stored_credential": {
                    "payment_initiator": "MERCHANT",
                    "usage": "SUBSEQUENT",
                    "usage_pattern": "SUBSCRIPTION_PREPAID",
                },
            }
        }
    }


def test_a_customers_charge_carries_the_way_back() -> None:
    charge = StoredCharge(
        payment_token="nkq2y9g", initiator="CUSTOMER", return_url="https://s/return", cancel_url="https://s/cancel"
    )

    assert charge.to_wire() == {
        "payment_source": {
            "paypal": {
                "vault_id": "nkq2y9g",
                "stored_credential": {"payment_initiator": "CUSTOMER", "usage": "SUBSEQUENT"},
                "experience_context": {
                    "return_url": "https://s/return",
                    "cancel_url": "https://s/cancel",
                    "user_action": "PAY_NOW",
                    "shipping_preference": "NO_SHIPPING",
                },
            }
        }
    }


def test_a_customers_charge_without_a_way_back_is_refused() -> None:
    with pytest.raises(ValueError, match="come back"):
        StoredCharge(payment_token="nkq2y9g", initiator="CUSTOMER", return_url="https://s/return")


def test_a_long_description_is_cut_to_what_paypal_takes() -> None:
    request = OrderRequest(reference="a", invoice_id="n", description="è" * 200, amount=PRICE)

    assert f"{'è' * 127}'" in str(request.to_wire())
    assert "è" * 128 not in str(request.to_wire())
