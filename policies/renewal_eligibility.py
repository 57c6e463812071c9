"""May automatic renewal be switched on for this service, now or together with a payment?"""

from dataclasses import dataclass
from datetime import date, timedelta

from models.enums import AutoRenewalBlockCode, Product, ServiceStatus
from policies.decisions import Block, Decision
from policies.renewal_calendar import CHARGE_DAYS, days_before
from policies.renewal_terms import TERMS

NOT_ACTIVE = frozenset({ServiceStatus.PENDING_ACTIVATION, ServiceStatus.SUSPENDED, ServiceStatus.CANCELED})
EXCLUDED = Decision(blocks=(Block(code=AutoRenewalBlockCode.PRODUCT_EXCLUDED, resolvable=False),))


@dataclass(frozen=True, kw_only=True, slots=True)
class RenewalFacts:
    """What decides about a service; ``expires_on`` is its last day, absent before its activation."""

    product: Product
    status: ServiceStatus
    expires_on: date | None
    has_usable_account: bool
    renewal_order_open: bool
    payment_in_progress: bool
    already_on: bool = False  # asked for another account, then


def may_switch_on(facts: RenewalFacts, *, today: date) -> Decision[AutoRenewalBlockCode]:
    """Decide outside a payment, with all reasons; a product that excludes renewal has no other reason.

    From the charge day to the expiry the window is closed: the charge of this expiry will not come any more, and
    with renewal on the customer would not be offered to renew by hand either, so the service would be lost. Renewing
    by hand lifts it, as it lifts ``SERVICE_EXPIRED`` during grace. A charge in progress is lifted by its end.

    A renewal that is on already may be given another account until it expires, unless a charge is in progress: after a
    decline that is one of the two ways out.
    """
    if not TERMS[facts.product].offered:
        return EXCLUDED
    codes = AutoRenewalBlockCode
    not_canceled = facts.status is not ServiceStatus.CANCELED
    reasons = (
        (codes.SERVICE_NOT_ACTIVE, facts.status in NOT_ACTIVE, not_canceled),
        (codes.SERVICE_EXPIRED, is_expired(facts, today=today), not_canceled and can_be_renewed(facts, today=today)),
        (codes.NO_USABLE_ACCOUNT, not facts.has_usable_account, True),
        (codes.RENEWAL_ORDER_OPEN, facts.renewal_order_open and not facts.already_on, True),
        (codes.CHARGE_IN_PROGRESS, facts.payment_in_progress, True),
        (codes.CHANGE_WINDOW_CLOSED, charge_has_passed(facts, today=today) and not facts.already_on, not_canceled),
    )
    return Decision(
        blocks=tuple(Block(code=code, resolvable=resolvable) for code, against, resolvable in reasons if against)
    )


def may_stage(facts: RenewalFacts, *, system_renewal: bool) -> Decision[AutoRenewalBlockCode]:
    """Decide inside a payment that contains the service, with all reasons.

    The payment itself brings what is asked for outside one: it chooses the account, its order is the open one, and
    its success activates, renews or revives the service. Only a canceled service stays lost. The renewal order that
    the system generated stages nothing, whatever the customer does: paying it leaves the renewal alone.
    """
    if not TERMS[facts.product].offered:
        return EXCLUDED
    reasons = (
        (AutoRenewalBlockCode.SERVICE_NOT_ACTIVE, facts.status is ServiceStatus.CANCELED),
        (AutoRenewalBlockCode.RENEWAL_ORDER_OPEN, system_renewal),
    )
    return Decision(blocks=tuple(Block(code=code, resolvable=False) for code, against in reasons if against))


def is_expired(facts: RenewalFacts, *, today: date) -> bool:
    """Tell whether the last day of service has passed."""
    return facts.status is ServiceStatus.EXPIRED or (facts.expires_on is not None and today > facts.expires_on)


def can_be_renewed(facts: RenewalFacts, *, today: date) -> bool:
    """Tell whether the service is in service or in the grace period of its product."""
    grace = timedelta(days=TERMS[facts.product].grace_days)
    return facts.expires_on is not None and today <= facts.expires_on + grace


def charge_has_passed(facts: RenewalFacts, *, today: date) -> bool:
    """Tell whether the charge day of this expiry has begun while the service still runs."""
    return facts.expires_on is not None and days_before(facts.expires_on, CHARGE_DAYS) <= today <= facts.expires_on
