"""The flag "Rinnovo automatico" beside a payment: how it is first shown, and what it does when the payment succeeds."""

from dataclasses import dataclass
from enum import Enum, auto

from models.enums import AutoRenewalBlockCode, AutoRenewalStatus, Product
from policies.decisions import Decision
from policies.renewal_terms import TERMS


class Registration(Enum):
    """Whether PayPal lets us charge the paying account again."""

    REGISTERED = auto()  # its token is stored
    EXPECTED = auto()  # PayPal is still saving it
    REFUSED = auto()


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalState:
    """Automatic renewal of one service and the account it charges."""

    status: AutoRenewalStatus
    account_id: str | None


OFF = RenewalState(status=AutoRenewalStatus.OFF, account_id=None)
SWITCHED_ON = frozenset(
    {AutoRenewalStatus.PENDING, AutoRenewalStatus.ON, AutoRenewalStatus.RETRYING, AutoRenewalStatus.ACCOUNT_LOST}
)
DEPENDS_ON_ACCOUNT = SWITCHED_ON - {AutoRenewalStatus.ACCOUNT_LOST}


def default_choice(
    *,
    decision: Decision[AutoRenewalBlockCode],
    default_on: bool,
    current: RenewalState,
    system_renewal: bool,
) -> bool:
    """Return the flag as the customer first sees it.

    A renewal that is on is shown on, whatever the default: a payment must not switch it off unasked. The renewal order
    of the system shows what is.
    """
    already_on = current.status in SWITCHED_ON
    return already_on if system_renewal else decision.allowed and (default_on or already_on)


def after_payment(
    *,
    product: Product,
    choice: bool | None,
    current: RenewalState,
    chosen_account_id: str | None,
    registration: Registration,
    system_renewal: bool,
) -> RenewalState:
    """Return the renewal of a service after its order was paid.

    Untouched: no choice, a product that excludes renewal, the renewal order of the system. The flag removed switches
    off; kept, the account that paid takes over, and renewal is on only once PayPal's token for it is stored. Refused,
    it goes off even if another account served before: the customer has just replaced that one, and is told.
    """
    if choice is None or system_renewal or not TERMS[product].offered:
        return current
    if not choice or chosen_account_id is None or registration is Registration.REFUSED:
        return OFF
    kept = registration is Registration.REGISTERED
    status = AutoRenewalStatus.ON if kept else AutoRenewalStatus.PENDING
    return RenewalState(status=status, account_id=chosen_account_id)
