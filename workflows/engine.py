"""A thin face of the durable engine (DBOS): launch it, owe work to it, and write steps that survive a crash.

Three concepts. `transact`: business rows and the step's record commit together, exactly once. `Session.later`: work
owed in the caller's own transaction. `ask`: a step for the outside world, at least once, so its call carries a stable
key. House rules, each found by experiment (docs/adr/0003): one process per SQLite file, queues far smaller than the
pool, JSON records, a pinned application version, workflows that end within minutes. `Steps` is all that a job sees of
the engine, so that a test can put one in its place that stops at any step.
"""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache, wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar, cast, get_type_hints

import structlog
from dbos import DBOS, AsyncSQLAlchemyDatasource, DBOSClient, DBOSConfig, ScheduleInput
from pydantic import TypeAdapter

from gateways.mail.smtp import SmtpMailer
from gateways.paypal.client import PayPalClient
from gateways.paypal.webhooks import WebhookVerifier
from models.database import POOL_SIZE, Database, Session
from models.enums import Job
from policies.watching import Backoff, Watch
from workflows.outbox import APPLICATION, JSON, client_of, outbox, synchronous_url
from workflows.queues import ACCOUNTS, POLLING_SECONDS, QUEUES, RENEWALS, RESTLESS, WORKERS_PER_QUEUE

log = structlog.get_logger(__name__)

GRACE_SECONDS = 1.0  # most jobs end by themselves in that time, and a transaction is best not cut in two
INTERRUPTION_SECONDS = 5.0  # a job has that long to roll back
LISTENER_SECONDS = 0.1  # nothing here is listened for, but the engine's listener ends only when it has slept
APPLICATION_VERSION = "1"  # by hand: a changed workflow must be able to finish what its former self began

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")
Work: TypeAlias = Callable[..., Coroutine[Any, Any, None]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """What workflows work with; wired once per process by `app/`."""

    database: Database
    paypal: PayPalClient
    webhooks: WebhookVerifier | None  # None: PayPal has not been told to send us any
    mailer: SmtpMailer
    clock: Callable[[], datetime]
    watch: Watch
    retry_delays: tuple[timedelta, ...]  # between immediate repetitions of a call that got no answer
    mail_retry: Backoff
    public_url: str
    customer_area_url: str
    brand_name: str
    mail_sender: str
    renewal_charges_per_second: int
    account_checks_per_second: int
    account_check_every: timedelta
    schedules: Mapping[Job, str]  # cron expressions, in the time of Rome
    sweep_margin: timedelta  # work overdue by more than this is lost

    async def aclose(self) -> None:
        """Close the connections to PayPal."""
        await self.paypal.aclose()
        if self.webhooks is not None:
            await self.webhooks.aclose()


class Steps(Protocol):
    """Carries out the steps of the running job; a job that runs again gets what was recorded. Results are JSON."""

    async def transact(self, name: str, body: Callable[[Session], Coroutine[Any, Any, Any]]) -> Any:
        """Run the body in a writing transaction that also records its result: both commit, or neither."""

    async def ask(self, name: str, body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        """Run the body, then record its result; a crash between the two runs it again."""


@dataclass(frozen=True, kw_only=True, slots=True)
class RecordedSteps:
    """Steps recorded by DBOS, in the database of the business rows."""

    datasource: AsyncSQLAlchemyDatasource

    async def transact(self, name: str, body: Callable[[Session], Coroutine[Any, Any, Any]]) -> Any:
        async def in_transaction() -> Any:
            return await body(cast(Session, self.datasource.sql_session()))  # the sessionmaker is ours

        return await self.datasource.run_tx_step_async({"name": name}, in_transaction)

    async def ask(self, name: str, body: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        return await DBOS.run_step_async({"name": name}, body)


_working: tuple[Runtime, Steps] | None = None
_stopping = False  # what a job meets from then on says nothing about the job
_under_way: set[asyncio.Task[Any]] = set()
_client: DBOSClient | None = None
_jobs: dict[Job, Work] = {}
_workflows: dict[Job, Work] = {}  # the same, as the engine knows them


def work_with(runtime: Runtime, steps: Steps) -> None:
    """Let the jobs of this process work with these means, their steps carried out like this."""
    global _working
    _working = (runtime, steps)


def stop_working() -> None:
    """Leave the jobs of this process without means."""
    global _working
    _working = None


def working() -> tuple[Runtime, Steps]:
    """Return what the jobs of this process work with. Raises ``RuntimeError`` before `launch`."""
    if _working is None:
        raise RuntimeError("the engine has not been launched")
    return _working


def runtime() -> Runtime:
    """Return what the workflows of this process work with. Raises ``RuntimeError`` before `launch`."""
    return working()[0]


def now() -> datetime:
    """Return the instant at which a step starts."""
    return runtime().clock()


def client() -> DBOSClient:
    """Return the way into the engine's tables. Raises ``RuntimeError`` before `launch`."""
    if _client is None:
        raise RuntimeError("the engine has not been launched")
    return _client


def jobs() -> Mapping[Job, Work]:
    """Return who carries out each job."""
    return _jobs


async def launch(new: Runtime) -> None:
    """Start the engine on the running loop: unfinished work of an earlier life of this process is taken up at once.

    Raises ``RuntimeError`` when nobody carries out some job: its work would be taken from the queue and never done.
    """
    global _client, _stopping
    _stopping = False
    if missing := set(Job) - set(_jobs):
        raise RuntimeError(f"nobody carries out {', '.join(sorted(missing))}")
    url = synchronous_url(new.database.url)
    config: DBOSConfig = {
        "name": APPLICATION,
        "system_database_url": url,
        "sys_db_pool_size": POOL_SIZE,
        "executor_id": "local",
        "application_version": APPLICATION_VERSION,
        "serializer": JSON,
        "notification_listener_polling_interval_sec": LISTENER_SECONDS,
        "console_log_level": "WARNING",
    }
    _client = client_of(new.database)
    new.database.connect_outbox(outbox(_client))
    DBOS(config=config)
    datasource = await AsyncSQLAlchemyDatasource.create(
        new.database.url, engine=new.database.writing, serializer=JSON, sessionmaker=new.database.writer
    )
    work_with(new, RecordedSteps(datasource=datasource))
    DBOS.launch()
    limits = {RENEWALS: new.renewal_charges_per_second, ACCOUNTS: new.account_checks_per_second}
    for name, polling in POLLING_SECONDS.items():
        await DBOS.register_queue_async(
            name,
            worker_concurrency=WORKERS_PER_QUEUE,
            limiter={"limit": limits[name], "period": 1.0} if name in limits else None,
            polling_interval_sec=polling,
        )
    await DBOS.apply_schedules_async([timetable(job, cron) for job, cron in new.schedules.items()])


def timetable(job: Job, cron: str) -> ScheduleInput:
    """Return when the job comes up by itself; runs missed while nobody was there are made up for at the start."""
    return {
        "schedule_name": job.value,
        "workflow_fn": _workflows[job],
        "schedule": cron,
        "cron_timezone": "Europe/Rome",
        "automatic_backfill": job not in RESTLESS,
        "queue_name": QUEUES[job],
    }


async def shut_down() -> None:
    """Stop taking work; what is unfinished is taken up at the next launch."""
    global _client, _stopping
    if _client is not None:
        _stopping = True
        await interrupt_jobs()  # first: one that finds the engine half gone would be recorded as failed for good
        await asyncio.to_thread(DBOS.destroy)
        _client.destroy()
        _client = None
        stop_working()


def durable(
    job: Job,
) -> Callable[[Callable[Parameters, Coroutine[Any, Any, None]]], Callable[Parameters, Coroutine[Any, Any, None]]]:
    """Make a coroutine the one that carries out ``job``."""

    def register(
        function: Callable[Parameters, Coroutine[Any, Any, None]],
    ) -> Callable[Parameters, Coroutine[Any, Any, None]]:
        @wraps(function)
        async def workflow(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
            await carry_out(job, *args, **kwargs)

        _jobs[job] = function
        _workflows[job] = DBOS.workflow(name=job.value)(workflow)
        return function

    return register


async def interrupt_jobs() -> None:
    """Let the jobs under way end, and stop those that wait where they stand; the next life takes them up there."""
    await ended_jobs(within=GRACE_SECONDS)
    for task in _under_way:
        task.cancel()
    await ended_jobs(within=INTERRUPTION_SECONDS)


async def ended_jobs(*, within: float) -> None:
    """Wait until no job is under way, for so many seconds at most."""
    if _under_way:
        await asyncio.wait(set(_under_way), timeout=within)


async def carry_out(job: Job, *args: object, **kwargs: object) -> None:
    """Carry out the job; a defect in it is logged and leaves its rows as they are."""
    if _stopping:
        raise asyncio.CancelledError  # as if it had been under way: the engine leaves its rows as they are
    task = asyncio.current_task()
    assert task is not None
    _under_way.add(task)
    try:
        await _jobs[job](*args, **kwargs)
    except asyncio.CancelledError:
        log.info("job.interrupted", job=job)
        raise
    except Exception:  # a process boundary: nobody above reads the traceback
        log.exception("job.failed", job=job, workflow_id=DBOS.workflow_id)
        raise
    finally:
        _under_way.discard(task)


@cache
def codec(function: Callable[..., Any]) -> TypeAdapter[Any]:
    """Return how the function's result is kept as JSON, from the type that it declares."""
    return TypeAdapter(get_type_hints(function)["return"])


async def transact(
    operation: Callable[Concatenate[Session, Parameters], Coroutine[Any, Any, Result]],
    *args: Parameters.args,
    **kwargs: Parameters.kwargs,
) -> Result:
    """Run the operation in a transaction that also records its result; a repetition returns the record."""

    async def body(session: Session) -> Any:
        return codec(operation).dump_python(await operation(session, *args, **kwargs), mode="json")

    recorded = await working()[1].transact(name_of(operation), body)
    return cast(Result, codec(operation).validate_python(recorded))


async def ask(
    call: Callable[Parameters, Coroutine[Any, Any, Result]], *args: Parameters.args, **kwargs: Parameters.kwargs
) -> Result:
    """Run a step that talks to the outside world and record its answer; after a crash it may run again."""

    async def body() -> Any:
        return codec(call).dump_python(await call(*args, **kwargs), mode="json")

    recorded = await working()[1].ask(name_of(call), body)
    return cast(Result, codec(call).validate_python(recorded))


def name_of(function: Callable[..., Any]) -> str:
    """Return the name under which a step is recorded."""
    return str(getattr(function, "__name__", "step"))
