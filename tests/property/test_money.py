"""Whatever happens in whatever order: money is taken at most once, and our books say what PayPal's say."""

import gc
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from zlib import crc32

import pytest
import structlog
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.property.audit import Audit
from tests.property.books import Books
from tests.property.news import MACHINES
from tests.property.profile import EXAMPLES, SEED, profile
from tests.property.shop import Shop, open_shop
from tests.property.world import World

PARTS = 4  # of the examples of each machine, so that several workers can share them
STEPS = 16
# The first story of a batch is always the one in which nothing happens; after ten, Hypothesis would rather vary what it
# has tried than try something new, and many a variation is void.
BATCH = 9
MEMORY = Path("/dev/shm")  # a file there needs no disk; a crash of these tests is no power cut
THOROUGH = settings(
    max_examples=BATCH,
    stateful_step_count=STEPS,
    phases=(Phase.reuse, Phase.generate, Phase.shrink),
    deadline=None,
    derandomize=False,
    suppress_health_check=list(HealthCheck),
    print_blob=True,
)


@pytest.fixture(scope="module")
def town() -> Iterator[tuple[World, Shop]]:
    """The shop and its world, and silence: what the product logs is of no interest here."""
    spoken = structlog.get_config()
    structlog.configure(**spoken | {"wrapper_class": structlog.make_filtering_bound_logger("critical")})
    with tempfile.TemporaryDirectory(dir=MEMORY if MEMORY.is_dir() else None) as folder:
        world = World(Path(folder))
        shop = world.run(open_shop(world))
        world.keep()
        gc.freeze()  # what is there by now stays: looking through it again and again costs every twentieth second
        yield world, shop
        world.close()
    structlog.configure(**spoken)


@pytest.mark.timeout(600 + EXAMPLES)
@pytest.mark.parametrize("part", range(1, PARTS + 1))
@pytest.mark.parametrize("name", MACHINES)
def test_money_is_taken_once_and_the_books_agree(town: tuple[World, Shop], name: str, part: int) -> None:
    world, shop = town
    books = sqlite3.connect(str(world.database.engine.url.database), isolation_level=None)
    kind = MACHINES[name]
    try:
        for batch in range(-(-EXAMPLES // (len(MACHINES) * PARTS * (BATCH - 1)))):
            machine = type(kind.__name__, (kind,), {"world": world, "shop": shop, "audit": Audit(Books(books))})
            seed(crc32(f"{SEED} {name} {part} {batch}".encode()))(machine)
            run_state_machine_as_test(machine, settings=THOROUGH)
    except BaseException as error:
        error.add_note(f"Again: {profile()} pytest tests/property -k '{name}-{part}'")
        raise
    finally:
        books.close()
