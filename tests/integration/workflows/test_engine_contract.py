"""What the product relies on, kept by DBOS and by the stepping engine of the tests alike."""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from models.database import Database
from tests.factories import NOW
from tests.harness.product import Clock
from tests.harness.simulator import ROOT
from tests.harness.stepping import Owed, SteppingEngine, UnexpectedStep
from tests.integration.workflows import contract
from workflows import engine

PATIENCE_SECONDS = 60
WRITTEN = {
    "plain": ["first", "FIRST, call 1, in time"],
    "later": ["first", "FIRST, call 1, in time"],
    "before the call": ["first", "FIRST, call 1, in time"],
    "after the call": ["first", "FIRST, call 2, in time"],
    "in a transaction": ["first", "FIRST, call 1, in time"],
}
CALLED = sorted(["plain", "later", "before the call", "after the call", "after the call", "in a transaction"])


@pytest.fixture
async def stepping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[SteppingEngine]:
    """The engine of the tests, with the small job, in this process."""
    clock, database = Clock(), Database(f"sqlite+aiosqlite:///{tmp_path / 'saldo.db'}")
    stepping = SteppingEngine(database, clock=clock)
    monkeypatch.setitem(engine._jobs, contract.JOB, contract.small_job)
    monkeypatch.setattr(contract, "life", contract.Life(tmp_path, False), raising=False)
    engine.work_with(SimpleNamespace(clock=clock), stepping)  # type: ignore[arg-type] # all that this job asks for
    await contract.begin(database, clock=clock)
    yield stepping
    await stepping.restart()
    engine.stop_working()
    stepping.close()
    await database.close()


def find(stepping: SteppingEngine, key: str) -> Owed:
    [owed] = [each for each in stepping.owed() if each.key == key]
    return owed


async def finish_all(stepping: SteppingEngine) -> None:
    """Carry out everything, each job when it is due."""
    while owed := stepping.owed():
        stepping.clock.now = max(stepping.clock(), owed[0].due_at)
        await stepping.finish(owed[0])


async def outcome(directory: Path) -> tuple[dict[str, list[str]], list[str]]:
    """Return what the jobs have written and which calls they have made."""
    database = Database(f"sqlite+aiosqlite:///{directory / 'saldo.db'}")
    try:
        return await contract.rows_of(database), sorted(contract.Life(directory, False).calls())
    finally:
        await database.close()


async def test_the_real_engine_keeps_the_contract(tmp_path: Path) -> None:
    ends = []
    for life in ("first", "second"):
        command = [sys.executable, "-m", "tests.integration.workflows.contract", str(tmp_path), life]
        process = await asyncio.create_subprocess_exec(*command, cwd=ROOT)
        ends.append(await asyncio.wait_for(process.wait(), PATIENCE_SECONDS))

    assert ends == [9, 0]
    assert await outcome(tmp_path) == (WRITTEN, CALLED)


async def test_the_stepping_engine_keeps_the_same_contract(tmp_path: Path, stepping: SteppingEngine) -> None:
    await contract.owe(stepping.database, "in a transaction", now=stepping.clock())

    await stepping.finish(find(stepping, "plain"))
    await stepping.step(find(stepping, "before the call"))
    await stepping.restart()
    await stepping.step(find(stepping, "after the call"))
    await stepping.step(find(stepping, "after the call"), dies=True)
    await stepping.step(find(stepping, "in a transaction"))
    await stepping.step(find(stepping, "in a transaction"))
    await stepping.step(find(stepping, "in a transaction"), dies=True)
    await contract.owe(stepping.database, "plain", now=stepping.clock())
    await finish_all(stepping)

    assert await outcome(tmp_path) == (WRITTEN, CALLED)
    assert stepping.clock() == NOW + contract.LATER


async def test_the_stepping_engine_does_one_step_at_a_time_and_lets_jobs_overtake_each_other(
    stepping: SteppingEngine,
) -> None:
    slow, fast = find(stepping, "before the call"), find(stepping, "after the call")

    names = [await stepping.step(slow), await stepping.step(fast), await stepping.step(fast), await stepping.step(fast)]

    assert names == ["write_row", "write_row", "call_outside", "write_row"]
    assert await contract.rows_of(stepping.database) == {
        slow.key: ["first"],
        fast.key: ["first", "FIRST, call 1, in time"],
    }
    assert [each.key for each in stepping.due()] == ["plain", slow.key]


async def test_a_death_takes_all_running_jobs_with_it_and_leaves_their_records(stepping: SteppingEngine) -> None:
    bystander, victim = find(stepping, "before the call"), find(stepping, "after the call")
    await stepping.step(bystander)

    await stepping.step(victim, dies=True)

    assert stepping.running == {}
    assert await contract.rows_of(stepping.database) == {bystander.key: ["first"]}
    assert [await stepping.step(bystander), await stepping.step(victim)] == ["call_outside", "write_row"]


async def test_a_defect_fails_its_job_for_good(stepping: SteppingEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    async def breaks(name: str, due: str) -> None:
        raise ZeroDivisionError(name)

    monkeypatch.setitem(engine._jobs, contract.JOB, breaks)

    with pytest.raises(ZeroDivisionError, match="plain"):
        await stepping.step(find(stepping, "plain"))

    assert "plain" not in {each.key for each in stepping.owed()}


async def test_a_job_that_takes_another_way_than_its_records_is_a_defect(
    stepping: SteppingEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def changed(name: str, due: str) -> None:
        await engine.ask(contract.call_outside, name)

    await stepping.step(find(stepping, "plain"))
    await stepping.restart()
    monkeypatch.setitem(engine._jobs, contract.JOB, changed)

    with pytest.raises(UnexpectedStep, match="write_row was recorded when call_outside was expected"):
        await stepping.step(find(stepping, "plain"))
