"""Charge a renewal whose day has come: its claim, then the same conversation with PayPal as any other payment."""

from datetime import date

from models.enums import EventSource, Job
from use_cases.charge_renewal import claim_renewal_charge
from workflows.engine import durable, now, runtime, transact
from workflows.payments import advance_payment


@durable(Job.CHARGE_RENEWAL)
async def charge_renewal(service_id: str, expiry: str) -> None:
    """Charge the renewal of the service at this expiry, unless the claim finds that nothing is to be charged now."""
    attempt_id = await transact(
        claim_renewal_charge,
        service_id=service_id,
        expiry=date.fromisoformat(expiry),
        watch_after=runtime().watch.worker_lost_after,
        now=now(),
    )
    if attempt_id is not None:
        await advance_payment(attempt_id, EventSource.SCHEDULER)
