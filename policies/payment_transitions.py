"""Which state of a payment may follow which: the table, and what may be done in which state."""

from collections.abc import Mapping

from models.enums import PaymentStatus

TRANSITIONS: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.AWAITING_ACCOUNT: frozenset(
        {PaymentStatus.AWAITING_CONFIRMATION, PaymentStatus.CANCELED, PaymentStatus.SUCCEEDED}
    ),
    PaymentStatus.AWAITING_CONFIRMATION: frozenset(
        {
            PaymentStatus.AWAITING_ACCOUNT,
            PaymentStatus.PROCESSING,
            PaymentStatus.CANCELED,
            PaymentStatus.SUCCEEDED,
        }
    ),
    PaymentStatus.AWAITING_APPROVAL: frozenset(
        {
            PaymentStatus.PROCESSING,
            PaymentStatus.CANCELED,
            PaymentStatus.EXPIRED,
            PaymentStatus.FAILED,
            PaymentStatus.SUCCEEDED,
        }
    ),
    PaymentStatus.PROCESSING: frozenset(
        {
            PaymentStatus.AWAITING_CONFIRMATION,  # PayPal could not be reached and nothing was made there
            PaymentStatus.AWAITING_APPROVAL,
            PaymentStatus.VERIFYING,
            PaymentStatus.PENDING,
            PaymentStatus.SUCCEEDED,
            PaymentStatus.FAILED,
        }
    ),
    PaymentStatus.VERIFYING: frozenset(
        {
            PaymentStatus.PROCESSING,
            PaymentStatus.AWAITING_APPROVAL,
            PaymentStatus.PENDING,
            PaymentStatus.SUCCEEDED,
            PaymentStatus.FAILED,
            PaymentStatus.EXPIRED,
        }
    ),
    PaymentStatus.PENDING: frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.FAILED}),
    PaymentStatus.SUCCEEDED: frozenset(),
    PaymentStatus.FAILED: frozenset({PaymentStatus.SUCCEEDED}),
    PaymentStatus.CANCELED: frozenset({PaymentStatus.SUCCEEDED}),
    PaymentStatus.EXPIRED: frozenset({PaymentStatus.SUCCEEDED}),
}
INITIAL = PaymentStatus.AWAITING_ACCOUNT
# Nobody acts on a payment that has ended. Only money that PayPal turns out to have taken, for this attempt or an
# earlier one, is never ignored: that success may follow every other state.
FINAL = frozenset({PaymentStatus.SUCCEEDED, PaymentStatus.FAILED, PaymentStatus.CANCELED, PaymentStatus.EXPIRED})
OPEN = frozenset(TRANSITIONS) - FINAL

SELECTABLE = frozenset({PaymentStatus.AWAITING_ACCOUNT, PaymentStatus.AWAITING_CONFIRMATION})
CONFIRMABLE = frozenset({PaymentStatus.AWAITING_CONFIRMATION})
CANCELABLE = SELECTABLE | {PaymentStatus.AWAITING_APPROVAL}


def may_follow(*, old: PaymentStatus, new: PaymentStatus) -> bool:
    """Tell whether a payment may move from ``old`` to ``new``; staying is no move."""
    return new in TRANSITIONS[old]


def diagram() -> str:
    """Return the table as a Mermaid state diagram, the states in the order of their vocabulary."""
    moves = [f"{old} --> {new}" for old in PaymentStatus for new in PaymentStatus if may_follow(old=old, new=new)]
    ends = [f"{status} --> [*]" for status in PaymentStatus if status in FINAL]
    return "\n    ".join(["stateDiagram-v2", f"[*] --> {INITIAL}", *moves, *ends]) + "\n"
