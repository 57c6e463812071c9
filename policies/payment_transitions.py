"""Which state of a payment may follow which: the table, and what may be done in which state."""

from collections.abc import Mapping

from models.enums import PaymentStatus

TRANSITIONS: Mapping[PaymentStatus, frozenset[PaymentStatus]] = {
    PaymentStatus.AWAITING_ACCOUNT: frozenset({PaymentStatus.AWAITING_CONFIRMATION, PaymentStatus.CANCELED}),
    PaymentStatus.AWAITING_CONFIRMATION: frozenset(
        {PaymentStatus.AWAITING_ACCOUNT, PaymentStatus.PROCESSING, PaymentStatus.CANCELED}
    ),
    PaymentStatus.AWAITING_APPROVAL: frozenset(
        {PaymentStatus.PROCESSING, PaymentStatus.CANCELED, PaymentStatus.EXPIRED, PaymentStatus.FAILED}
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
    PaymentStatus.FAILED: frozenset(),
    PaymentStatus.CANCELED: frozenset(),
    PaymentStatus.EXPIRED: frozenset(),
}
INITIAL = PaymentStatus.AWAITING_ACCOUNT
FINAL = frozenset(status for status, followers in TRANSITIONS.items() if not followers)
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
