"""Inputs arrive as plain Python values: absent means None, and one-of means one."""

import pytest

from models.money import Money
from policies.price_guard import PriceGuard
from tests.unit.schema.sample import SCHEMA, ask, refused


async def test_an_order_by_number_has_no_id_and_the_defaults_are_filled_in() -> None:
    data = await ask(
        '{ readStart(input: {order: {number: "sal 1"}, returnUrl: "https://area.example/back"}) }',
    )

    assert data["readStart"] == (
        "StartPaymentInput(order=OrderRef(id=None, number='sal 1'), method=<PaymentMethod.PAYPAL: 'PAYPAL'>, "
        "return_url='https://area.example/back', idempotency_key=None)"
    )


@pytest.mark.parametrize("order", ["{}", '{id: "ord_1", number: "SAL1"}', "{number: null}"])
async def test_an_order_is_named_in_exactly_one_way(order: str) -> None:
    error = await refused(f'{{ readStart(input: {{order: {order}, returnUrl: "https://area.example/"}}) }}')

    assert error.path is None


async def test_a_variable_names_an_order_in_exactly_one_way() -> None:
    error = await refused(
        "query ($input: StartPaymentInput!) { readStart(input: $input) }",
        variables={"input": {"order": {"id": "ord_1", "number": "SAL1"}, "returnUrl": "https://area.example/"}},
    )

    assert "OrderRef" in error.message


async def test_a_new_account_is_neither_named_nor_default_unless_said() -> None:
    data = await ask('{ readSelection(input: {paymentId: "pay_1", account: {new: {}}}) }')

    assert data["readSelection"] == (
        "SelectAccountInput(payment_id='pay_1', account=AccountChoice(registered=None, "
        "new=NewPayPalAccountInput(nickname=None, make_default=False)))"
    )


async def test_a_registered_account_is_its_id() -> None:
    data = await ask('{ readSelection(input: {paymentId: "pay_1", account: {registered: "acc_1"}}) }')

    assert data["readSelection"] == (
        "SelectAccountInput(payment_id='pay_1', account=AccountChoice(registered='acc_1', new=None))"
    )


async def test_renewal_is_switched_without_account_or_payment_unless_said() -> None:
    result = await SCHEMA.execute('mutation { switch(input: {serviceId: "srv_1", enabled: false}) }')

    assert result.data == {
        "switch": "SetAutoRenewalInput(service_id='srv_1', enabled=False, account_id=None, payment_id=None, "
        "maximum_price=UNSET)"
    }


@pytest.mark.parametrize(
    ("maximum", "guard"),
    [
        ("", None),
        (", maximumPrice: null", PriceGuard(maximum=None)),
        (', maximumPrice: {amount: "36.60", currency: "EUR"}', PriceGuard(maximum=Money(36_60))),
    ],
)
async def test_a_limit_left_out_is_another_thing_than_no_limit(maximum: str, guard: PriceGuard | None) -> None:
    query = f'mutation {{ guarded(input: {{serviceId: "srv_1", enabled: true{maximum}}}) }}'

    result = await SCHEMA.execute(query)

    assert result.data == {"guarded": repr(guard)}


async def test_the_expected_sum_arrives_in_cents() -> None:
    data = await ask(
        """{ readConfirmation(input: {paymentId: "pay_1", expectedAmount: {amount: "36.60", currency: "EUR"}}) }"""
    )

    assert data["readConfirmation"] == "Money(cents=3660, currency='EUR')"


async def test_a_sum_with_a_third_decimal_is_bad_input() -> None:
    error = await refused(
        """{ readConfirmation(input: {paymentId: "pay_1", expectedAmount: {amount: "36.605", currency: "EUR"}}) }"""
    )

    assert error.extensions == {"code": "BAD_USER_INPUT"}
