"""Where our books and PayPal's differ, and what they add up to."""

from dataclasses import replace

import pytest

from models.enums import OrderStatus, PaymentStatus, RefundStatus
from models.money import Money
from policies.bookkeeping import OurEntry, PayPalEntry, RefundLine, Totals, compare, line_of, total
from policies.payment_transitions import FINAL

SUM = Money(3660)
PAID = OurEntry(
    attempt_id="att_1",
    payment=PaymentStatus.SUCCEEDED,
    is_newest=True,
    order=OrderStatus.PAID,
    amount=SUM,
    capture_id="CAP1",
    pays=True,
    refunds=(),
)
UNPAID = replace(PAID, payment=PaymentStatus.FAILED, order=OrderStatus.AWAITING_PAYMENT, capture_id=None, pays=False)
TAKEN = PayPalEntry(capture_id="CAP1", capture_status="COMPLETED", amount=SUM, reference="att_1")
NOTHING = PayPalEntry()


def back(cents: int, id: str = "REF1", status: RefundStatus = RefundStatus.COMPLETED) -> RefundLine:
    return RefundLine(id=id, status=status, amount=Money(cents))


def test_books_that_agree_have_nothing_to_say() -> None:
    refunded = replace(PAID, order=OrderStatus.REFUNDED, refunds=(back(3660),))
    partly = replace(PAID, refunds=(back(1000), back(1, "", RefundStatus.REQUESTED)))
    held = replace(UNPAID, payment=PaymentStatus.PENDING)

    assert compare(PAID, TAKEN) == []
    assert compare(UNPAID, NOTHING) == []
    assert compare(UNPAID, replace(TAKEN, capture_status="DECLINED")) == []
    assert compare(refunded, replace(TAKEN, capture_status="REFUNDED", refunds=(back(3660),))) == []
    assert compare(partly, replace(TAKEN, capture_status="PARTIALLY_REFUNDED", refunds=(back(1000),))) == []
    assert compare(held, replace(TAKEN, capture_status="PENDING")) == []


@pytest.mark.parametrize("word", ["COMPLETED", "PARTIALLY_REFUNDED", "REFUNDED"])
def test_money_that_we_do_not_know_of_is_a_difference(word: str) -> None:
    assert compare(UNPAID, replace(TAKEN, capture_status=word)) == [
        f"PayPal took 36.60 EUR (CAP1, {word}), our books know nothing of it"
    ]


@pytest.mark.parametrize(
    ("theirs", "word"),
    [
        (NOTHING, "nothing"),
        (replace(TAKEN, capture_status="DECLINED"), "DECLINED"),
        (replace(TAKEN, capture_status="A_WORD_OF_TOMORROW"), "A_WORD_OF_TOMORROW"),
    ],
)
def test_money_that_paypal_does_not_know_of_is_a_difference(theirs: PayPalEntry, word: str) -> None:
    assert compare(PAID, theirs) == [f"our books have the capture CAP1, PayPal has {word}"]


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"capture_id": "CAP2"}, "the capture is CAP1 here, CAP2 at PayPal"),
        ({"amount": Money(3659)}, "the sum is 36.60 EUR here, 36.59 EUR at PayPal"),
        ({"amount": Money(3660, "USD")}, "the sum is 36.60 EUR here, 36.60 USD at PayPal"),
        ({"reference": "att_2"}, "the reference is att_1 here, att_2 at PayPal"),
        ({"reference": None}, "the reference is att_1 here, None at PayPal"),
    ],
)
def test_every_detail_of_the_money_counts(change: dict[str, str | Money | None], difference: str) -> None:
    assert compare(PAID, replace(TAKEN, **change)) == [difference]  # type: ignore[arg-type]


@pytest.mark.parametrize("payment", sorted(set(PaymentStatus) - {PaymentStatus.PENDING, PaymentStatus.SUCCEEDED}))
def test_money_that_paypal_holds_must_be_waited_for(payment: PaymentStatus) -> None:
    assert compare(replace(UNPAID, payment=payment), replace(TAKEN, capture_status="PENDING")) == [
        f"PayPal holds 36.60 EUR (CAP1), the payment here is {payment}"
    ]


@pytest.mark.parametrize(
    ("theirs", "word"), [(NOTHING, "no capture"), (replace(TAKEN, capture_status="DECLINED"), "DECLINED")]
)
def test_what_is_waited_for_must_be_held(theirs: PayPalEntry, word: str) -> None:
    waiting = replace(UNPAID, payment=PaymentStatus.PENDING)

    assert compare(waiting, theirs) == [f"the payment here is PENDING, PayPal has {word}"]
    assert compare(replace(waiting, is_newest=False), theirs) == []  # it is the newer attempt that waits


def test_every_refund_counts() -> None:
    ours = replace(PAID, refunds=(back(1000, "REF1"), back(500, "REF2"), back(1, "REF3", RefundStatus.PENDING)))
    theirs = replace(TAKEN, refunds=(back(1000, "REF1"), back(1, "REF3"), back(700, "REF4")))

    assert compare(ours, theirs) == [
        "our books have the refund REF2, PayPal does not",
        "the refund REF3 is PENDING 0.01 EUR here, COMPLETED 0.01 EUR at PayPal",
        "PayPal gave back 7.00 EUR (REF4), our books know nothing of it",
    ]


@pytest.mark.parametrize("order", OrderStatus)
@pytest.mark.parametrize("cents", [0, 3659, 3660])
def test_the_order_must_be_what_its_money_says(order: OrderStatus, cents: int) -> None:
    refunds = (back(cents),) if cents else ()
    ours = replace(PAID, order=order, refunds=refunds)
    right = {OrderStatus.REFUNDED} if cents == 3660 else {OrderStatus.PAID, OrderStatus.ACTIVATED}

    differences = compare(ours, replace(TAKEN, refunds=refunds))

    assert (differences == []) is (order in right)
    assert all(f"the order here is {order}" in each for each in differences)


def test_an_order_whose_money_came_twice_is_judged_by_the_first() -> None:
    unwanted = replace(PAID, payment=PaymentStatus.CANCELED, pays=False, refunds=(back(3660),))

    assert compare(unwanted, replace(TAKEN, capture_status="REFUNDED", refunds=(back(3660),))) == []


def test_the_words_of_paypal_become_a_line() -> None:
    assert line_of("REF1", "CANCELLED", Money(1)) == back(1, status=RefundStatus.FAILED)


def test_the_sums_are_those_of_each_currency() -> None:
    unwanted = replace(PAID, payment=PaymentStatus.CANCELED, pays=False, refunds=(back(3660),))
    dollars = replace(PAID, amount=Money(100, "USD"))
    pairs = [
        (PAID, TAKEN),
        (
            replace(PAID, refunds=(back(1000), back(9, "REF2", RefundStatus.FAILED))),
            replace(TAKEN, refunds=(back(999),)),
        ),
        (unwanted, replace(TAKEN, refunds=(back(3660),))),
        (UNPAID, NOTHING),
        (replace(UNPAID, payment=PaymentStatus.PENDING), replace(TAKEN, capture_status="PENDING")),
        (dollars, replace(TAKEN, amount=Money(100, "USD"))),
    ]

    euros = total(pairs, currency="EUR")

    assert euros == Totals(
        orders_paid=7320, not_needed=3660, taken_at_paypal=10980, given_back=4660, given_back_at_paypal=4659
    )
    assert euros.taken == 10980
    assert total(pairs, currency="USD") == Totals(orders_paid=100, taken_at_paypal=100)


def test_every_ended_payment_without_money_agrees_with_an_order_that_lapsed() -> None:
    assert [compare(replace(UNPAID, payment=status), NOTHING) for status in FINAL] == [[]] * len(FINAL)
