"""Fixtures of the tests that kill the process."""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.crash.keeper import parent_process
from tests.crash.parent import SETTINGS
from tests.crash.stage import Stage, copy_database
from tests.harness.mailbox import Mailbox
from tests.harness.ports import free_port
from tests.harness.product import running_product
from tests.harness.simulator import Simulator

MEMORY = Path("/dev/shm")  # a process that is killed loses nothing it has written; only a power cut would


@pytest.fixture(scope="session")
def fast_directory() -> Iterator[Path]:
    """A directory whose files need no disk, where there is such a thing."""
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as name:
        yield Path(name)


@pytest.fixture(scope="session")
def stage(fast_directory: Path, template: Path, simulator_process: Simulator) -> Iterator[Stage]:
    """The product's parent process after its rehearsal, and what surrounds it; one for all tests of this worker."""
    simulator_process.reset()
    mailbox, port = Mailbox(), free_port()
    mailbox.start()
    trusted_root = fast_directory / "paypal-roots.pem"
    trusted_root.write_text(simulator_process.trusted_root(), encoding="utf-8")
    with parent_process(
        fast_directory,
        database=str(fast_directory / "saldo.db"),
        port=port,
        simulator=simulator_process.url,
        smtp_port=mailbox.port,
        trusted_root=str(trusted_root),
    ) as parent:
        stage = Stage(directory=fast_directory, port=port, parent=parent, simulator=simulator_process, mailbox=mailbox)
        asyncio.run(make_ready(stage, template))
        yield stage
    mailbox.stop()


async def make_ready(stage: Stage, template: Path) -> None:
    """Set the scenes with a product of their own, and rehearse."""
    before = stage.directory / "before"
    before.mkdir()
    async with running_product(
        before, template=template, simulator=stage.simulator, mailbox=stage.mailbox, **SETTINGS
    ) as product:
        await stage.set_scenes(product)
    copy_database(before / "saldo.db", stage.database)
    await stage.rehearse()
