"""The regular sweep for lost work: at the start of the product, and every few minutes."""

from datetime import timedelta

from models.enums import Job
from use_cases.account_setups import owe_overdue_setup_looks
from use_cases.recover_lost_work import find_waiting, owe_again, owe_overdue_looks
from workflows.engine import ask, durable, now, runtime, transact
from workflows.job_traces import forget_finished, read_traces

KEPT_FOR = timedelta(days=1)  # the memory of a sweep: there are hundreds a day


@durable(Job.RECONCILE)
async def sweep(*_: object) -> None:
    """Owe again what nobody does any more; when the scheduler's own time was does not matter."""
    margin = runtime().sweep_margin
    at = now()
    await transact(owe_overdue_looks, before=at - margin, now=at)
    waiting = await transact(find_waiting, before=at - margin)
    if waiting:
        traces = await ask(read_traces, [each.key for each in waiting])
        turn = str(int(at.timestamp() // margin.total_seconds()))
        await transact(owe_again, waiting=waiting, traces=traces, before=at - margin, turn=turn)
    await ask(forget_finished, Job.RECONCILE, at - KEPT_FOR)
    await transact(owe_overdue_setup_looks, before=at - margin, now=at)
