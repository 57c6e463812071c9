"""What is done about a payment after asking PayPal out of turn."""

from itertools import product

import pytest

from models.enums import PaymentStatus
from policies.inquiries import ASKED_ABOUT, TAKEN, UNCAPTURED, Finding, weigh
from policies.payment_transitions import OPEN, SELECTABLE

NOTHING, CAPTURE, SETTLE = Finding.NOTHING_NEW, Finding.CAPTURE, Finding.SETTLE
CASES = [  # status, PayPal's word for the order and for the capture, declined before; what follows
    ("AWAITING_APPROVAL", "CREATED", None, False, NOTHING),
    ("AWAITING_APPROVAL", "PAYER_ACTION_REQUIRED", None, False, NOTHING),
    ("AWAITING_APPROVAL", "APPROVED", None, False, CAPTURE),
    ("AWAITING_APPROVAL", "APPROVED", None, True, NOTHING),
    ("AWAITING_APPROVAL", "COMPLETED", "COMPLETED", False, CAPTURE),
    ("AWAITING_APPROVAL", "COMPLETED", "COMPLETED", True, CAPTURE),
    ("AWAITING_APPROVAL", "COMPLETED", "PENDING", False, CAPTURE),
    ("AWAITING_APPROVAL", "APPROVED", "DECLINED", True, NOTHING),
    ("PROCESSING", "CREATED", None, False, NOTHING),
    ("PROCESSING", "APPROVED", None, False, NOTHING),
    ("PROCESSING", "COMPLETED", "COMPLETED", False, SETTLE),
    ("PROCESSING", "COMPLETED", "PENDING", False, SETTLE),
    ("PROCESSING", "APPROVED", "DECLINED", False, NOTHING),
    ("VERIFYING", "CREATED", None, False, CAPTURE),
    ("VERIFYING", "APPROVED", None, False, CAPTURE),
    ("VERIFYING", "SAVED", None, False, CAPTURE),
    ("VERIFYING", "PAYER_ACTION_REQUIRED", None, False, NOTHING),
    ("VERIFYING", "COMPLETED", "COMPLETED", False, SETTLE),
    ("VERIFYING", "COMPLETED", "DECLINED", False, SETTLE),
    ("VERIFYING", "COMPLETED", "PENDING", False, SETTLE),
    ("PENDING", "COMPLETED", "PENDING", False, NOTHING),
    ("PENDING", "COMPLETED", "COMPLETED", False, SETTLE),
    ("PENDING", "COMPLETED", "DECLINED", False, SETTLE),
    ("PENDING", "COMPLETED", None, False, NOTHING),
]


@pytest.mark.parametrize(("status", "order", "capture", "declined", "finding"), CASES)
def test_paypals_words_decide(status: str, order: str, capture: str | None, declined: bool, finding: Finding) -> None:
    found = weigh(PaymentStatus(status), order_status=order, capture_status=capture, declined=declined)

    assert found is finding


def test_paypal_is_asked_about_every_open_payment_that_was_confirmed() -> None:
    assert ASKED_ABOUT == OPEN - SELECTABLE == {PaymentStatus(status) for status, *_ in CASES}


@pytest.mark.parametrize("status", [status for status in PaymentStatus if status not in ASKED_ABOUT])
def test_nothing_follows_for_a_payment_that_paypal_has_not_or_that_has_ended(status: PaymentStatus) -> None:
    words = product([*UNCAPTURED, "COMPLETED"], [None, *TAKEN, "DECLINED"], [False, True])

    assert {weigh(status, order_status=o, capture_status=c, declined=d) for o, c, d in words} == {NOTHING}
