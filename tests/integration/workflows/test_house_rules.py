"""The engine's house rules (ADR 3), each as something that fails when the rule is broken."""

import asyncio
import json
import os
import sqlite3
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from sqlalchemy import text
from structlog.testing import capture_logs

from app.settings import Settings
from models import tables
from models.database import POOL_SIZE
from models.enums import EventSource, Job, PaymentStatus
from tests.acceptance.conftest import Launch
from tests.factories import make_attempt, make_email
from tests.harness.evidence import money_taken, reached
from tests.harness.journeys import confirm, pay_with_registered, start
from tests.harness.ports import free_port
from tests.harness.product import Product
from tests.harness.refusals import Desk, open_desk, payment_in
from tests.harness.simulator import ROOT
from tests.harness.sources import modules
from use_cases import await_payment
from workflows import engine, queues

CUSTOMERS_WAIT_FOR = (Job.ADVANCE_PAYMENT, Job.INQUIRE_PAYMENT)
LONGEST_WAIT = timedelta(seconds=0.1)
VALUES = {  # the engine's tables that keep values of ours, and the columns that do
    "workflow_input": ("inputs",),
    "workflow_output": ("output", "error"),
    "operation_outputs": ("output", "error"),
    "datasource_outputs": ("output", "error"),
}
SLEEPERS = {"DBOS.sleep", "DBOS.sleep_async", "time.sleep", "DBOS.recv", "DBOS.recv_async"}


async def look_up(product: Product, statement: str) -> Sequence[Any]:
    """Return rows of the engine's own tables."""
    async with product.database.read() as session:
        return (await session.execute(text(statement))).all()


async def jobs(product: Product, prefix: str) -> Counter[str]:
    """Count the jobs whose key begins like that by their status."""
    found = await look_up(product, f"SELECT status FROM workflow_status WHERE workflow_uuid LIKE '{prefix}%'")
    return Counter(status for (status,) in found)


# One process per SQLite file.


def environment_of(product: Product) -> dict[str, str]:
    """Return what makes a second process another product over the same database."""
    settings = product.settings
    return {
        **os.environ,
        "SALDO_DATABASE_URL": settings.database_url,
        "SALDO_SECRET_KEY": settings.secret_key.get_secret_value(),
        "SALDO_PAYPAL_BASE_URL": settings.paypal_base_url,
        "SALDO_PAYPAL_CLIENT_ID": settings.paypal_client_id,
        "SALDO_PAYPAL_CLIENT_SECRET": settings.paypal_client_secret.get_secret_value(),
        "SALDO_PORT": str(free_port()),
    }


async def test_a_second_process_refuses_to_start_on_the_same_file_and_disturbs_nobody(product: Product) -> None:
    second = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "app.main"),
        cwd=ROOT,
        env=environment_of(product),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(second.communicate(), 60)

    assert (second.returncode, b"another process uses" in said) == (3, True), said
    desk = await open_desk(product)
    assert (await pay_with_registered(desk.client, desk.order, desk.account))["payment"]["status"] == "SUCCEEDED"


# Queues far smaller than the pool.


def test_all_queues_together_leave_connections_in_the_pool() -> None:
    assert queues.WORKERS_PER_QUEUE * len(queues.POLLING_SECONDS) < POOL_SIZE


async def test_fifty_jobs_at_once_in_two_queues_do_not_block_each_other(
    product: Product, caplog: pytest.LogCaptureFixture
) -> None:
    desk = await open_desk(product)
    payment = await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION)
    attempt, email = make_attempt(payment), make_email(payment, status="SENT", sent_at=product.clock())
    await product.save(attempt, email)

    async with product.app_database.write() as session:
        for number in range(50):
            await session.later(Job.ADVANCE_PAYMENT, f"crowd-{number}", attempt.id, EventSource.PAYPAL_REPLY)
            await session.later(Job.SEND_EMAIL, f"crowd-mail-{number}", email.id)

    for _ in range(500):  # a hundred seconds: what blocks waits thirty, then complains
        if complaints(caplog) or await jobs(product, "crowd-") == {"SUCCESS": 100}:
            break
        await asyncio.sleep(0.2)
    assert await jobs(product, "crowd-") == {"SUCCESS": 100}
    assert complaints(caplog) == []


async def test_who_reads_and_who_writes_do_not_wait_for_each_other(product: Product) -> None:
    assert [mode for (mode,) in await look_up(product, "PRAGMA journal_mode")] == ["wal"]


def complaints(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return what the engine says of connections that it has waited for in vain."""
    return [record.message for record in caplog.records if "pool" in record.message or "locked" in record.message]


# psycopg on PostgreSQL.


@pytest.mark.parametrize("driver", ["postgresql", "postgresql+asyncpg", "postgresql+psycopg2", "sqlite"])
def test_a_driver_whose_collisions_are_not_repeated_is_refused(driver: str) -> None:
    secrets: dict[str, Any] = dict.fromkeys(("secret_key", "paypal_client_id", "paypal_client_secret"), "x" * 32)

    assert Settings(_env_file=None, database_url="postgresql+psycopg://saldo@db/saldo", **secrets)
    with pytest.raises(ValidationError, match=r"database_url\n.*should match pattern"):
        Settings(_env_file=None, database_url=f"{driver}://saldo@db/saldo", **secrets)


# A pinned version: what one life of the process has begun, the next one finishes.


async def interrupted(launch: Launch) -> Desk:
    """Confirm, and stop the product while PayPal takes its time; return the customer's desk."""
    async with launch(confirm_patience_seconds=0) as product:
        desk = await open_desk(product)
        product.simulator.fail("slow", pattern="/v1/oauth2/token", seconds=5)
        started = await start(desk.client, desk.order)
        payment_id = started["payment"]["id"]
        await desk.client.run("select_registered_account", paymentId=payment_id, accountId=desk.account.id)
        await confirm(desk.client, payment_id, desk.order)
        await product.until(lambda: begun(product))
    return desk


async def test_a_process_that_stops_leaves_no_job_running_and_no_lock_behind(launch: Launch, tmp_path: Path) -> None:
    before = {task for task in asyncio.all_tasks() if "workflow" in str(task.get_coro())}

    await interrupted(launch)

    assert {task for task in asyncio.all_tasks() if "workflow" in str(task.get_coro())} == before
    with sqlite3.connect(tmp_path / "saldo.db", timeout=0) as file:
        file.execute("BEGIN IMMEDIATE")  # raises if somebody still writes
        assert file.execute("SELECT status FROM workflow_status WHERE name = 'ADVANCE_PAYMENT'").fetchall() == [
            ("PENDING",),
            ("DELAYED",),
        ]


async def test_a_job_that_comes_up_while_the_process_stops_is_left_to_the_next_life(
    launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with launch() as product:
        desk = await open_desk(product)
        attempt = make_attempt(await payment_in(product, desk, PaymentStatus.AWAITING_CONFIRMATION))
        await product.save(attempt)
        monkeypatch.setattr(engine, "_stopping", True)
        async with product.app_database.write() as session:
            await session.later(Job.ADVANCE_PAYMENT, "confirm-late", attempt.id, EventSource.PAYPAL_REPLY)
        await product.until(lambda: begun(product))
        await asyncio.sleep(1)
        assert await begun(product)

    async with launch() as product:
        await product.until(lambda: finished(product))


async def begun(product: Product) -> bool:
    return await jobs(product, "confirm-") == {"PENDING": 1}


async def test_what_a_former_life_of_the_process_has_begun_is_finished_by_the_next(launch: Launch) -> None:
    with capture_logs() as logs:
        desk = await interrupted(launch)

    assert "ADVANCE_PAYMENT" in {entry["job"] for entry in logs if entry["event"] == "job.interrupted"}
    assert [entry for entry in logs if entry["log_level"] == "error"] == []  # interrupted is not failed
    async with launch() as product:
        [payment] = await product.rows(tables.Payment)
        client = await product.signed_in(desk.customer)
        await reached(product, client, payment.id, "SUCCEEDED")

        await product.until(lambda: finished(product))
        assert await money_taken(product) == [("COMPLETED", "36.60")]
        assert len(await product.mails(2)) == 2


async def test_a_process_of_another_version_leaves_it_alone_so_the_version_is_changed_by_hand_only(
    launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    await interrupted(launch)

    with monkeypatch.context() as other_release:
        other_release.setattr(engine, "APPLICATION_VERSION", "2")
        async with launch() as product:
            await asyncio.sleep(1)
            left = await jobs(product, "confirm-")
    async with launch() as product:
        versions = await look_up(
            product, "SELECT application_version FROM workflow_status WHERE workflow_uuid LIKE 'confirm-%'"
        )
        await product.until(lambda: finished(product))

    assert (left, {version for (version,) in versions}) == ({"PENDING": 1}, {engine.APPLICATION_VERSION})


async def finished(product: Product) -> bool:
    return await jobs(product, "confirm-") == {"SUCCESS": 1}


# Records that a person can read.


async def test_what_the_engine_keeps_is_json(product: Product) -> None:
    desk = await open_desk(product)
    await pay_with_registered(desk.client, desk.order, desk.account)
    await product.mails(2)

    kept = {
        f"{table}.{column}": [value for (value,) in await look_up(product, f'SELECT "{column}" FROM {table}') if value]
        for table, columns in VALUES.items()
        for column in columns
    }

    assert all(kept[column] for column in ("workflow_input.inputs", "operation_outputs.output"))
    for values in kept.values():
        assert all(isinstance(json.loads(value), dict | list | str | int | bool | None) for value in values)
    forms = await look_up(
        product, "SELECT serialization FROM workflow_status UNION SELECT serialization FROM operation_outputs"
    )
    assert {form for (form,) in forms} == {"portable_json"}


# Jobs that end within minutes.


def test_no_job_sleeps() -> None:
    asleep = [
        f"{module.name}:{line}"
        for module in modules("workflows", "use_cases")
        for line, name in module.names_read()
        if name in SLEEPERS
    ]
    pauses = [
        module.name
        for module in modules("workflows", "use_cases")
        for _, name in module.names_read()
        if name == "asyncio.sleep"
    ]

    assert asleep == []
    assert pauses == ["use_cases/await_setup.py", "workflows/paypal_calls.py"]  # a request; before a call is repeated


def test_a_job_gives_up_on_paypal_before_it_counts_as_lost() -> None:
    settings = {name: field.default for name, field in Settings.model_fields.items()}
    calls = 1 + len(settings["paypal_retry_seconds"])

    one_step = calls * settings["paypal_read_timeout_seconds"] + sum(settings["paypal_retry_seconds"])

    assert 2 * one_step < settings["worker_lost_seconds"]  # it opens an order, then captures it


# A customer waits for PayPal, not for us.


def test_customers_wait_for_no_polling_interval_to_speak_of() -> None:
    intervals = [timedelta(seconds=queues.POLLING_SECONDS[queues.QUEUES[job]]) for job in CUSTOMERS_WAIT_FOR]

    assert max([*intervals, await_payment.PAUSE]) <= LONGEST_WAIT


async def test_the_queues_are_polled_as_declared_whatever_a_former_life_has_left(
    launch: Launch, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as former_release:
        former_release.setattr(engine, "POLLING_SECONDS", dict.fromkeys(queues.POLLING_SECONDS, 30.0))
        former_release.setattr(engine, "WORKERS_PER_QUEUE", 1)
        async with launch():
            pass
    monkeypatch.setattr(engine, "POLLING_SECONDS", queues.POLLING_SECONDS)

    async with launch() as product:
        found = await look_up(product, "SELECT name, worker_concurrency, polling_interval_sec FROM queues")

    assert {name: (workers, seconds) for name, workers, seconds in found} == {
        name: (queues.WORKERS_PER_QUEUE, seconds) for name, seconds in queues.POLLING_SECONDS.items()
    }
