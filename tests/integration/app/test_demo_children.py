"""The demo's child processes: none outlives the demo, and one that ends says so."""

import asyncio
import socket
from pathlib import Path

import pytest

from app.demo.children import Child, DemoError, Part, start
from tests.harness.ports import free_port


async def started(directory: Path, *, port: int, module: str = "app.simulator") -> Child:
    part = Part(
        name="The simulated PayPal",
        module=module,
        health=f"http://127.0.0.1:{port}/simulator/health",
        environment={"SALDO_SIMULATOR_PORT": str(port), "SALDO_SIMULATOR_DATABASE": "simulator.db"},
    )
    return await start(part, directory=directory)


def in_use(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def test_a_part_ends_when_the_demo_does_even_by_force(tmp_path: Path) -> None:
    port = free_port()
    child = await started(tmp_path, port=port)
    await child.until_ready()
    assert in_use(port)
    assert child.process.stdin is not None

    child.process.stdin.close()  # what the end of the demo does, whatever ended it
    await asyncio.wait_for(child.process.wait(), 20)

    assert not in_use(port)


async def test_a_part_that_ends_is_named_with_its_last_words(tmp_path: Path) -> None:
    port = free_port()
    child = await started(tmp_path, port=port)
    await child.until_ready()
    child.log.write_text("one\ntwo\n", encoding="utf-8")

    child.process.kill()

    with pytest.raises(DemoError) as ended:
        await child.until_dead()
    assert str(ended.value) == (
        "The simulated PayPal stopped by itself (exit code -9). Its last words:\n    one\n    two"
    )


async def test_a_part_that_does_not_start_is_named(tmp_path: Path) -> None:
    child = await started(tmp_path, port=free_port(), module="app.nowhere")

    with pytest.raises(
        DemoError, match=r"^The simulated PayPal did not start \(exit code 1\)\. Its last words:\n"
    ) as ended:
        await child.until_ready()

    assert str(ended.value).endswith("No module named app.nowhere")


async def test_a_part_is_stopped_once_and_for_all(tmp_path: Path) -> None:
    port = free_port()
    child = await started(tmp_path, port=port)
    await child.until_ready()

    await child.stop()
    await child.stop()

    assert not in_use(port)
