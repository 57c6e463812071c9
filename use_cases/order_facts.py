"""What the policies want to know about an order, gathered inside a writing transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from models import enums, rows, tables
from models.database import Session
from policies.decisions import Decision
from policies.order_payability import OrderFacts
from policies.renewal_eligibility import RenewalFacts, may_stage
from policies.renewal_terms import TERMS


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderInHand:
    """An order with its lines, their services and its open payment, all locked."""

    order: tables.Order
    lines: Sequence[tuple[tables.OrderLine, tables.Service | None]]
    open_payment: tables.Payment | None

    @property
    def facts(self) -> OrderFacts:
        """What decides whether it can be paid or given up."""
        return OrderFacts(
            status=self.order.status,
            gross_cents=self.order.gross_cents,
            services=tuple(service.status for _, service in self.lines if service),
            open_payment=self.open_payment.status if self.open_payment else None,
        )

    @property
    def system_renewal(self) -> bool:
        """Whether the system generated it for a renewal: paying it leaves the renewal and its account alone."""
        return self.order.origin is enums.OrderOrigin.SCHEDULER

    @property
    def renewable_services(self) -> list[tables.Service]:
        """Its services whose product offers automatic renewal, each once, in the order of the lines."""
        offered = (service for _, service in self.lines if service and TERMS[service.product].offered)
        return list({service.id: service for service in offered}.values())

    def stage_decision(self, service: tables.Service) -> Decision[enums.AutoRenewalBlockCode]:
        """Decide whether the flag of the service may be set in a payment of this order."""
        facts = RenewalFacts(
            product=service.product,
            status=service.status,
            expires_on=service.expires_on,
            has_usable_account=True,  # this payment chooses one
            renewal_order_open=False,  # this payment settles it
            payment_in_progress=False,
        )
        return may_stage(facts, system_renewal=self.system_renewal)


async def take_order(session: Session, order: tables.Order) -> OrderInHand:
    """Gather what decides about the order."""
    return OrderInHand(
        order=order,
        lines=await rows.lines_with_services(session, order_id=order.id),
        open_payment=await rows.open_payment(session, order_id=order.id),
    )
