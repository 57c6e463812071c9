"""Decisions about many rows at once: the facts come from one statement, the policy is asked for each."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date

from models import enums
from models.database import Session
from models.repositories import orders, payments, renewals, services
from models.repositories.services import RenewalSituation
from policies.decisions import Decision
from policies.order_payability import OrderFacts, may_pay
from policies.renewal_choices import SWITCHED_ON
from policies.renewal_eligibility import RenewalFacts, may_stage, may_switch_on
from policies.renewal_terms import TERMS
from policies.service_calendar import AWAITED
from schema.context import ChargeMandate, RenewalChoiceFacts, RenewalStanding


async def payability(
    session: Session, *, customer_id: str, ids: Collection[str], payments_open: bool
) -> Mapping[str, Decision[enums.OrderBlockCode]]:
    """Decide which of the customer's orders can be paid now."""
    found = await orders.payabilities(session, customer_id=customer_id, ids=ids)
    return {
        order_id: may_pay(
            OrderFacts(
                status=known.status,
                gross_cents=known.gross_cents,
                services=known.services,
                open_payment=known.open_payment,
                payments_open=payments_open,
            )
        )
        for order_id, known in found.items()
    }


async def renewal_eligibility(
    session: Session, *, customer_id: str, ids: Collection[str], today: date
) -> Mapping[str, Decision[enums.AutoRenewalBlockCode]]:
    """Decide for which of the customer's services automatic renewal could be switched on, outside a payment."""
    found = await services.renewal_situations(session, customer_id=customer_id, ids=ids)
    return {service_id: may_switch_on(facts_of(known), today=today) for service_id, known in found.items()}


async def renewal_choices(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, Sequence[RenewalChoiceFacts]]:
    """Tell the flags that the customer's payments carry: one for each service whose product offers renewal."""
    found = await payments.renewal_choices(session, customer_id=customer_id, ids=ids)
    return {
        payment_id: [choice_facts(choice) for choice in choices if TERMS[choice.service.product].offered]
        for payment_id, choices in found.items()
    }


def choice_facts(choice: payments.RenewalChoice) -> RenewalChoiceFacts:
    """Show the staged flag; for a renewal order of the system, which leaves the renewal alone, the renewal as it is."""
    system_renewal = choice.origin is enums.OrderOrigin.SCHEDULER
    staged = None if system_renewal else choice.staged
    on = choice.service.auto_renewal in SWITCHED_ON
    kept_cents = choice.service.renewal_maximum_cents if on else None
    return RenewalChoiceFacts(
        service=choice.service,
        enabled=on if staged is None else staged,
        maximum_cents=choice.maximum_cents if choice.bounded and not system_renewal else kept_cents,
        decision=may_stage(facts_of(choice.situation), system_renewal=system_renewal),
    )


async def renewal_standings(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, RenewalStanding]:
    """Tell how the renewals of the customer's services stand at their present expiry."""
    found = await renewals.standings(session, customer_id=customer_id, ids=ids)
    return {
        service_id: RenewalStanding(notice=notice, notice_sent_at=sent_at, renewal=renewal)
        for service_id, (notice, sent_at, renewal) in found.items()
    }


async def charge_mandates(session: Session, *, customer_id: str, ids: Collection[str]) -> Mapping[str, ChargeMandate]:
    """Tell what the automatic charges among the customer's payments rest on."""
    found = await renewals.mandates(session, customer_id=customer_id, ids=ids)
    return {
        payment_id: ChargeMandate(service=service, consent=consent, notice=notice, notice_sent_at=sent_at)
        for payment_id, (service, consent, notice, sent_at) in found.items()
    }


def facts_of(known: RenewalSituation) -> RenewalFacts:
    return RenewalFacts(
        product=known.product,
        status=known.status,
        expires_on=known.expires_on,
        has_usable_account=known.has_usable_account,
        renewal_order_open=known.renewal_order_open,
        payment_in_progress=known.payment_in_progress,
        already_on=known.auto_renewal in AWAITED,
    )
