"""Give money back: one call under a stored request id, repeated until it is answered, then looks until it has ended."""

from models.enums import EventSource, Job
from use_cases.settle_refund import read_refund, settle_refund
from workflows.engine import ask, durable, now, runtime, transact
from workflows.paypal_calls import give_back, look_at_refund


@durable(Job.REFUND_PAYMENT)
async def advance_refund(refund_id: str, look: int | None = None) -> None:
    """Do the next thing for the refund; a look that was overtaken does nothing."""
    facts = await transact(read_refund, refund_id)
    if facts is None or (look is not None and look != facts.looks):
        return
    asked = facts.paypal_refund_id is not None
    answered = await ask(look_at_refund if asked else give_back, facts)
    await transact(
        settle_refund,
        refund_id=refund_id,
        answer=answered.refund,
        failure=answered.failure,
        source=EventSource.RECONCILER if asked else EventSource.PAYPAL_REPLY,
        watch=runtime().watch,
        now=now(),
    )
