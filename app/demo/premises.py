"""What the demo needs for itself: its ports and its files."""

import errno
import shutil
import socket

from app.demo.children import DemoError
from app.demo.clock import CLOCK_FILE
from app.demo.parts import ROOTS
from app.demo.settings import DemoSettings
from models.database import Database, DatabaseInUseError

KEPT = (
    *("saldo.db", "saldo.db-wal", "saldo.db-shm"),
    *("simulator.db", "simulator.db-wal", "simulator.db-shm"),
    ROOTS,
    CLOCK_FILE,
)


def require_free_ports(settings: DemoSettings) -> None:
    """Raises ``DemoError`` when something listens on a port already, or nobody may."""
    for variable, port in settings.ports.items():
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # as the servers do, just after a stop
            try:
                probe.bind((settings.host, port))
            except OSError as exc:
                if exc.errno != errno.EADDRINUSE:
                    raise DemoError(f"Cannot listen on {settings.host}, port {port}: {exc.strerror}.") from exc
                raise DemoError(
                    f"Port {port} is in use. Is another demo running? Stop what uses it, or choose another port: "
                    f"{variable}={port + 1000} make demo"
                ) from exc


def take_files(settings: DemoSettings, *, reset: bool) -> Database:
    """Return the demo's database, held for this process; with ``reset``, after the data of the last time are deleted.

    Raises ``DemoError`` when another demo works with these files.
    """
    directory = settings.directory
    directory.mkdir(parents=True, exist_ok=True)
    database = Database(settings.database_url)
    try:
        database.hold_file()
    except DatabaseInUseError as exc:
        raise DemoError(
            f"Another demo works with the files in {directory}. Stop it, or choose another directory: "
            "SALDO_DEMO_DIRECTORY=var/second make demo"
        ) from exc
    if reset:
        shutil.rmtree(directory / "mails", ignore_errors=True)
        for name in KEPT:
            (directory / name).unlink(missing_ok=True)
    return database
