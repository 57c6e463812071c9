"""What follows when PayPal does not do what was asked."""

import pytest

from models.enums import ProviderFailureKind as Kind
from policies.payment_outcomes import MAX_APPROVAL_ROUNDS
from policies.refusals import AfterRefusal, after_refusal, may_try_again

AFTER_FIRST_REFUSAL: dict[Kind, AfterRefusal] = {
    Kind.UNAVAILABLE: AfterRefusal.VERIFY,
    Kind.PAYER_MUST_ACT: AfterRefusal.APPROVE_AGAIN,
    Kind.MANDATE_DEAD: AfterRefusal.FAIL,
    Kind.PAYER_REFUSED: AfterRefusal.FAIL,
    Kind.ALREADY_DONE: AfterRefusal.VERIFY,
    Kind.POSSIBLE_DUPLICATE: AfterRefusal.FAIL,
    Kind.RESOURCE_MISSING: AfterRefusal.FAIL,
    Kind.MERCHANT_MISCONFIGURED: AfterRefusal.VERIFY,
    Kind.REQUEST_REJECTED: AfterRefusal.FAIL,
}


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_refusal_has_its_next_step(kind: Kind) -> None:
    step = after_refusal(kind=kind, issue=None, registers_account=True, rounds=0, has_approval_page=True)

    assert step is AFTER_FIRST_REFUSAL[kind]


@pytest.mark.parametrize(
    ("issue", "registers_account", "rounds", "has_approval_page", "step"),
    [
        ("INSTRUMENT_DECLINED", True, 0, True, AfterRefusal.APPROVE_AGAIN),
        ("INSTRUMENT_DECLINED", True, MAX_APPROVAL_ROUNDS - 1, True, AfterRefusal.APPROVE_AGAIN),
        ("INSTRUMENT_DECLINED", True, MAX_APPROVAL_ROUNDS, True, AfterRefusal.FAIL),
        ("INSTRUMENT_DECLINED", True, 0, False, AfterRefusal.FAIL),
        ("INSTRUMENT_DECLINED", False, 0, True, AfterRefusal.FAIL),
        ("PAYER_ACTION_REQUIRED", False, 0, True, AfterRefusal.APPROVE_AGAIN),
        ("PAYER_ACTION_REQUIRED", False, 0, False, AfterRefusal.FAIL),
    ],
)
def test_the_payer_is_sent_back_only_to_an_open_page_and_not_for_ever(
    issue: str, registers_account: bool, rounds: int, has_approval_page: bool, step: AfterRefusal
) -> None:
    decided = after_refusal(
        kind=Kind.PAYER_MUST_ACT,
        issue=issue,
        registers_account=registers_account,
        rounds=rounds,
        has_approval_page=has_approval_page,
    )

    assert decided is step


@pytest.mark.parametrize("kind", Kind)
def test_an_order_that_could_not_be_opened_may_be_tried_again_unless_it_was_refused(kind: Kind) -> None:
    assert may_try_again(kind) is (kind in {Kind.UNAVAILABLE, Kind.MERCHANT_MISCONFIGURED})
