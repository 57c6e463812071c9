"""What makes two inputs under one idempotency key the same."""

from collections.abc import Mapping

import pytest

from models.enums import MutationName, PaymentMethod
from use_cases.idempotency import KeyedRequest


def fingerprint(values: Mapping[str, object]) -> str:
    request = KeyedRequest(customer_id="cus_1", mutation=MutationName.START_PAYMENT, key="key", values=values)
    return request.fingerprint


def test_the_order_of_the_values_does_not_matter() -> None:
    assert fingerprint({"a": 1, "b": PaymentMethod.PAYPAL}) == fingerprint({"b": PaymentMethod.PAYPAL, "a": 1})


@pytest.mark.parametrize("other", [{"a": 2}, {"b": 1}, {"a": "1"}, {"a": None}, {"a": 1, "b": None}, {}])
def test_any_other_input_has_another_fingerprint(other: Mapping[str, object]) -> None:
    assert fingerprint(other) != fingerprint({"a": 1})
