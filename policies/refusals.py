"""What follows when PayPal does not do what was asked."""

from enum import Enum, auto

from models.enums import ProviderFailureKind
from policies.payment_outcomes import MAX_APPROVAL_ROUNDS


class AfterRefusal(Enum):
    """What to do with the payment next."""

    VERIFY = auto()  # the outcome is unknown: ask, and let nobody pay meanwhile
    APPROVE_AGAIN = auto()  # the same order at PayPal, once more before the payer
    FAIL = auto()


TRY_AGAIN = frozenset({ProviderFailureKind.UNAVAILABLE, ProviderFailureKind.MERCHANT_MISCONFIGURED})
# not let in, we cannot know what became of a call made before: once repaired, the same capture is asked for again
UNKNOWN_OUTCOME = TRY_AGAIN | {ProviderFailureKind.ALREADY_DONE}


def after_refusal(
    *,
    kind: ProviderFailureKind,
    issue: str | None,
    registers_account: bool,
    rounds: int,
    has_approval_page: bool,
    payer_present: bool = True,
) -> AfterRefusal:
    """Decide after a capture that did not come back with money.

    A payer on PayPal's pages may choose other funds for the same order, ``MAX_APPROVAL_ROUNDS`` times at most. A
    declined stored account has no page open: the customer chooses another account here. A renewal that charges itself
    has no payer to send anywhere.
    """
    if kind in UNKNOWN_OUTCOME:
        return AfterRefusal.VERIFY
    if not payer_present:
        return AfterRefusal.FAIL
    if kind is ProviderFailureKind.PAYER_MUST_ACT and has_approval_page and rounds < MAX_APPROVAL_ROUNDS:
        declined = issue == "INSTRUMENT_DECLINED"
        return AfterRefusal.FAIL if declined and not registers_account else AfterRefusal.APPROVE_AGAIN
    return AfterRefusal.FAIL


def may_try_again(kind: ProviderFailureKind) -> bool:
    """Tell whether the customer may press "Procedi" again after PayPal opened no order."""
    return kind in TRY_AGAIN
