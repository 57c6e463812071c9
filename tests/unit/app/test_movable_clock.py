"""The demo's clock goes forwards only, for every process that reads it; production does not know of it."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from inspect import signature
from pathlib import Path

import pytest

from app.clock import utc_now
from app.demo.clock import MovableClock
from app.main import create_app
from tests.harness.simulator import ROOT

NOON = datetime(2026, 11, 25, 12, tzinfo=UTC)
DAY = timedelta(days=1)


def noon() -> datetime:
    return NOON


def test_it_tells_the_real_time_until_it_is_moved(tmp_path: Path) -> None:
    assert MovableClock(tmp_path / "clock", real=noon)() == NOON


def test_moved_twice_it_is_ahead_by_both(tmp_path: Path) -> None:
    clock = MovableClock(tmp_path / "clock", real=noon)

    clock.move(DAY)
    clock.move(timedelta(hours=1, microseconds=1))

    assert (clock(), clock.moved) == (NOON + timedelta(days=1, hours=1, microseconds=1), clock() - NOON)


def test_another_process_reads_the_same_time(tmp_path: Path) -> None:
    simulator = MovableClock(tmp_path / "clock", real=noon)

    MovableClock(tmp_path / "clock", real=noon).move(DAY)

    assert simulator() == NOON + DAY


def test_it_never_goes_back(tmp_path: Path) -> None:
    clock = MovableClock(tmp_path / "clock", real=noon)
    clock.move(DAY)

    with pytest.raises(ValueError, match="does not go back"):
        clock.move(timedelta(microseconds=-1))

    assert clock() == NOON + DAY


def test_production_tells_the_real_time_and_never_loads_the_demo() -> None:
    program = "import sys, app.main, app.operate; print([name for name in sys.modules if name.startswith('app.demo')])"

    loaded = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert loaded.stdout == "[]\n"
    assert signature(create_app).parameters["clock"].default is utc_now
