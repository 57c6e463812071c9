"""What the engine knows of the jobs of a row: whether one is on its way, and what the newest one was told."""

from collections.abc import Sequence
from datetime import datetime

from models.enums import Job
from use_cases.recover_lost_work import Trace
from workflows.engine import client

ALIVE = ("ENQUEUED", "DELAYED", "PENDING")
KEYS_AT_ONCE = 100
FORGOTTEN_AT_ONCE = 500


async def read_traces(keys: Sequence[str]) -> dict[str, Trace]:
    """Return the trace of the jobs under each key, or under it and a number: ``email-eml_…``, ``email-eml_…-2``."""
    traces: dict[str, Trace] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        page = list(keys[start : start + KEYS_AT_ONCE])
        found = await client().list_workflows_async(workflow_id_prefix=page, load_output=False)
        for key in page:
            jobs = [job for job in found if job.workflow_id == key or job.workflow_id.startswith(f"{key}-")]
            newest = max(jobs, key=lambda job: job.created_at or 0, default=None)
            traces[key] = Trace(
                alive=any(job.status in ALIVE for job in jobs),
                arguments=tuple(newest.input["args"]) if newest and newest.input else None,
            )
    return traces


async def forget_finished(job: Job, before: datetime) -> int:
    """Delete what the engine remembers of the job's runs that ended well before that instant; return how many."""
    found = await client().list_workflows_async(
        name=job.value,
        status="SUCCESS",
        completed_before=before.isoformat(),
        limit=FORGOTTEN_AT_ONCE,
        load_input=False,
        load_output=False,
    )
    if found:
        await client().delete_workflows_async([run.workflow_id for run in found])
    return len(found)
