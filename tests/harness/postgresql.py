"""A PostgreSQL server of one's own, for the tests that `make test-postgresql` runs on it."""

import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep

import psycopg
from psycopg.sql import SQL, Identifier

from app.migrate import migrate
from tests.harness.ports import free_port

VARIABLE = "SALDO_TEST_POSTGRESQL_PORT"  # of the server that all databases of the tests are on
SUPERUSER = "postgres"  # of the server, and the one that runs it when the tests are root's, which it refuses
PATIENCE_SECONDS = 30.0
MIGRATED, LAUNCHED = "migrated", "launched"
SOURCES = (LAUNCHED, MIGRATED, "template1")  # what databases are copied from: the first that is there


@contextmanager
def running_server() -> Iterator[int]:
    """Run a server on files of its own until the block is left; yields its port.

    Raises ``FileNotFoundError`` where PostgreSQL is not installed.
    """
    programs = os.pathsep.join([os.environ["PATH"], *map(str, Path("/usr/lib/postgresql").glob("*/bin"))])
    initdb, postgres = (shutil.which(name, path=programs) for name in ("initdb", "postgres"))
    if initdb is None or postgres is None:
        raise FileNotFoundError("PostgreSQL is not installed: initdb and postgres are not to be found")
    user = SUPERUSER if os.geteuid() == 0 else None
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="postgresql-") as name:
        if user:
            shutil.chown(name, user)
        files = f"{name}/data"
        made = [initdb, "-D", files, "-U", SUPERUSER, "-A", "trust", "--no-sync"]
        subprocess.run(made, user=user, check=True, stdout=subprocess.DEVNULL)
        server = subprocess.Popen(
            [postgres, "-D", files, "-k", name, "-p", str(port), "-h", "127.0.0.1", "-F", "-N", "300"],
            user=user,
            stderr=subprocess.DEVNULL,
        )
        try:
            wait_for(port)
            migrate(address(port, MIGRATED))
            yield port
        finally:
            server.terminate()
            server.wait()


def wait_for(port: int) -> None:
    """Return when the server has made its first database."""
    deadline = monotonic() + PATIENCE_SECONDS
    while True:
        try:
            create(port, MIGRATED)
            return
        except psycopg.OperationalError:
            assert monotonic() < deadline, "the server did not start"
            sleep(0.05)


def connected(port: int) -> psycopg.Connection:
    """Return a connection to the server whose statements commit at once."""
    return psycopg.connect(host="127.0.0.1", port=port, user=SUPERUSER, dbname="postgres", autocommit=True)


def exists(connection: psycopg.Connection, name: str) -> bool:
    """Tell whether there is a database of this name."""
    return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone() is not None


def create(port: int, name: str) -> None:
    """Create a database in which the engine's tables need not be qualified, unless it is there."""
    with connected(port) as connection:
        if not exists(connection, name):
            source = next(each for each in SOURCES if exists(connection, each))
            names = {"name": Identifier(name), "source": Identifier(source)}
            connection.execute(SQL("CREATE DATABASE {name} TEMPLATE {source}").format(**names))
            connection.execute(SQL("ALTER DATABASE {name} SET search_path = public, dbos").format(**names))


def address(port: int, name: str) -> str:
    """Return the SQLAlchemy address of a database."""
    return f"postgresql+psycopg://{SUPERUSER}@127.0.0.1:{port}/{name}"


def name_of(directory: Path) -> str:
    """Return the name of the directory's database."""
    return f"of_{hashlib.sha256(str(directory).encode()).hexdigest()[:16]}"


def database_of(directory: Path) -> str | None:
    """Return the address of the directory's database, made when it is asked for first; None without a server."""
    if VARIABLE not in os.environ:
        return None
    port, name = int(os.environ[VARIABLE]), name_of(directory)
    create(port, name)
    return address(port, name)


def copy_from_now_on(directory: Path) -> None:
    """Let the directory's database be what the others are copied from; does nothing without a server."""
    if VARIABLE in os.environ:
        names = {"name": Identifier(name_of(directory)), "launched": Identifier(LAUNCHED)}
        with connected(int(os.environ[VARIABLE])) as connection:
            connection.execute(SQL("ALTER DATABASE {name} RENAME TO {launched}").format(**names))
