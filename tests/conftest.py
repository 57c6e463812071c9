"""Fixtures of the tests that run the whole product."""

import gc
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.contract.exchanges import recorded, violations
from tests.contract.specification import specification, specification_file
from tests.harness import logs, postgresql
from tests.harness.haste import POLLING_SECONDS, one_certificate
from tests.harness.mailbox import Mailbox
from tests.harness.product import WATCHED, Product, running_product
from tests.harness.recording import VARIABLE, Recording
from tests.harness.simulator import Simulator, running_simulator
from tests.harness.template import make_template
from tests.property.profile import profile
from workflows import engine, queues

ON_POSTGRESQL = Path(__file__).parent / "postgresql"


@pytest.fixture(scope="session", autouse=True)
def recording(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Recording]:
    """All exchanges with PayPal of this worker's tests; what PayPal's own specification forbids fails the run."""
    recording = Recording(tmp_path_factory.mktemp("exchanges") / "paypal.jsonl")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv(VARIABLE, str(recording.file))
        yield recording
    found = specification_file()
    forbidden = violations(recorded(recording.file), specification(found)) if found else []
    if forbidden:
        pytest.fail("\n\n".join(["PayPal's specification forbids:", *forbidden]), pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def log(tmp_path_factory: pytest.TempPathFactory, recording: Recording) -> Iterator[logs.Log]:
    """The log of this worker's product; a secret or an address in it, or in a process that a test started, fails."""
    with logs.listening(tmp_path_factory.mktemp("logs")) as log:
        yield log
    tokens = {token for exchange in recorded(recording.file) for token in logs.tokens_of(exchange)}
    leaks = logs.leaks_in(tmp_path_factory.getbasetemp(), known=tokens)
    if leaks:
        pytest.fail("\n\n".join(["A log line shows", *map(str, leaks)]), pytrace=False)


@pytest.fixture(scope="session", autouse=True)
def haste(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Queues that are looked into often, and clients, here and in other processes, that read one certificate."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine, "POLLING_SECONDS", dict.fromkeys(queues.POLLING_SECONDS, POLLING_SECONDS))
        patch.setenv("SSL_CERT_FILE", str(one_certificate(tmp_path_factory.mktemp("certificate"))))
        yield


@pytest.fixture(autouse=True)
def named(request: pytest.FixtureRequest, recording: Recording, log: logs.Log) -> None:
    """Let the recording and the log say which test is running."""
    recording.begin(request.node.nodeid)
    log.begin(request.node.nodeid)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--postgresql", action="store_true", help="let the product run on PostgreSQL instead of SQLite")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Leave out what concerns PostgreSQL alone, unless the tests run on it."""
    return True if collection_path == ON_POSTGRESQL and not config.getoption("--postgresql") else None


@pytest.fixture(scope="session", autouse=True)
def database_server(request: pytest.FixtureRequest) -> Iterator[None]:
    """With ``--postgresql``, a server for the databases of this worker's products."""
    if not request.config.getoption("--postgresql"):
        yield
        return
    with postgresql.running_server() as port, pytest.MonkeyPatch.context() as environment:
        environment.setenv(postgresql.VARIABLE, str(port))
        yield


def pytest_report_header() -> str:
    return f"stories: {profile()}"


def pytest_collection_finish() -> None:
    """Spare the collector what is there for good: looking through it again and again takes a sixth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def simulator_process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """One simulator process for all tests of this worker."""
    with running_simulator(tmp_path_factory.mktemp("simulator") / "simulator.db") as simulator:
        yield simulator


@pytest.fixture
def simulator(simulator_process: Simulator) -> Simulator:
    """The simulator, knowing nothing yet."""
    simulator_process.reset()
    return simulator_process


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server that receives."""
    mailbox = Mailbox()
    mailbox.start()
    yield mailbox
    mailbox.stop()


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory, simulator_process: Simulator) -> Path:
    """A migrated, empty database in which the engine has been launched once, for copying."""
    return make_template(tmp_path_factory.mktemp("template"), simulator_process)


@pytest.fixture
def looks(request: pytest.FixtureRequest) -> dict[str, Any]:
    """How soon the product looks again at what is open: soon for a test marked ``watched``, else not while it runs.

    So that a look of the product's own does not run a race against what another test does.
    """
    return WATCHED if request.node.get_closest_marker("watched") else {}


@pytest.fixture
async def product(
    tmp_path: Path, template: Path, simulator: Simulator, mailbox: Mailbox, looks: dict[str, Any]
) -> AsyncIterator[Product]:
    """The product, running, with no customers yet."""
    async with running_product(tmp_path, template=template, simulator=simulator, mailbox=mailbox, **looks) as running:
        yield running
