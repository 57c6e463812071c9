"""Logs: one event a line on standard error, with its ids; libraries only when something is wrong."""

import json
import subprocess
import sys

from tests.harness.simulator import ROOT

SCRIPT = """
import logging, structlog
from app.logging import configure_logging
configure_logging(log_format="{log_format}")
log = structlog.get_logger("use_cases")
structlog.contextvars.bind_contextvars(request_id="req_1")
log.info("payment.captured", payment_id="pay_1", attempt=2)
try:
    1 / 0
except ZeroDivisionError:
    log.exception("job.failed")
logging.getLogger("library").info("chatter")
logging.getLogger("library").warning("something is wrong")
"""


def logged(log_format: str) -> list[str]:
    """Return the lines that a process writes to standard error; it writes nothing else."""
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT.format(log_format=log_format)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    return done.stderr.splitlines()


def test_an_event_is_one_line_of_json_with_its_ids() -> None:
    event, *_ = map(json.loads, logged("json")[:1])

    assert event.pop("timestamp").endswith("Z")
    assert event == {
        "event": "payment.captured",
        "level": "info",
        "payment_id": "pay_1",
        "attempt": 2,
        "request_id": "req_1",
    }


def test_a_defect_carries_its_traceback_on_the_same_line() -> None:
    failure = json.loads(logged("json")[1])

    assert failure["event"] == "job.failed"
    assert "ZeroDivisionError: division by zero" in failure["exception"]


def test_libraries_are_heard_only_when_something_is_wrong() -> None:
    assert logged("json")[2:] == ["WARNING library something is wrong"]


def test_a_person_at_a_console_reads_text() -> None:
    [first, *_] = logged("console")

    assert "payment.captured" in first
    assert "pay_1" in first
    assert not first.startswith("{")
