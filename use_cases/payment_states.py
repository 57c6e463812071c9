"""Moving a payment from one state to the next: the only place that does it, and the table of policies decides.

A renewal hears here that its charge has failed, whoever has found it out.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from models import enums, rows, tables
from models.database import Session
from policies.payment_transitions import FINAL, may_follow
from use_cases.errors import PaymentStateConflict
from use_cases.settle_renewal import is_automatic, renewal_charge_failed

FORGOTTEN: Mapping[enums.PaymentStatus, dict[str, None]] = {  # what belongs to an end that a late success undoes
    enums.PaymentStatus.FAILED: {"failure_code": None, "failure_advice": None},
    enums.PaymentStatus.CANCELED: {"canceled_by": None},
}


class IllegalTransition(AssertionError):
    """A defect of ours: somebody asked for a move that the table does not know."""


async def move_payment(
    session: Session,
    payment: tables.Payment,
    *,
    to: enums.PaymentStatus,
    source: enums.EventSource,
    now: datetime,
    note: str | None = None,
    **changes: Any,
) -> None:
    """Move the payment, by compare and swap, and write its history.

    Raises ``IllegalTransition`` for a move outside the table, and ``PaymentStateConflict`` when somebody was faster.
    """
    before = payment.status
    if not may_follow(old=before, new=to):
        raise IllegalTransition(f"{payment.id}: {before} to {to}")
    if to in FINAL:
        changes["ended_at"] = now
    changes = FORGOTTEN.get(before, {}) | changes
    if not await rows.change_payment_status(session, payment, to=to, **changes):
        raise PaymentStateConflict(payment, allowed_in=frozenset({before}))
    await rows.append_event(session, payment, source=source, now=now, note=note)
    if to is enums.PaymentStatus.FAILED and is_automatic(payment):
        await renewal_charge_failed(session, payment, issue=note, now=now)


def require_status(payment: tables.Payment, allowed: frozenset[enums.PaymentStatus]) -> None:
    """Raise ``PaymentStateConflict`` unless the payment is in one of the ``allowed`` states."""
    if payment.status not in allowed:
        raise PaymentStateConflict(payment, allowed_in=allowed)
