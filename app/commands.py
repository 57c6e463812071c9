"""What the commands of an operator share: their database, sums as typed, and how they fail."""

import logging
import re
import sys
from pathlib import Path

from app.logging import configure_logging
from app.old_sqlite import teach_subsec
from app.settings import Settings
from models.database import Database

WRONG_USE = 2
SUM = re.compile(r"([0-9]{1,7})(?:[.,]([0-9]{2}))?")


def fail(sentence: str, *, status: int = WRONG_USE) -> int:
    """Say on standard error what is wrong, and return the exit status."""
    sys.stderr.write(f"{sentence}\n")
    return status


def say(sentence: str) -> None:
    """Say something on standard output."""
    sys.stdout.write(f"{sentence}\n")


def cents(text: str) -> int:
    """Return the cents of a sum as people type it: ``12.20``, ``12,20`` or ``12``. Raises ``ValueError``."""
    typed = SUM.fullmatch(text.strip())
    if typed is None:
        raise ValueError(f"{text!r} is not a sum such as 12.20")
    return int(typed[1]) * 100 + int(typed[2] or 0)


def open_database(settings: Settings) -> Database | None:
    """Open the database beside the product that may be running on it; a file that is not there is not made."""
    configure_logging(log_format=settings.log_format, least=logging.ERROR)  # the command says the rest in words
    teach_subsec()
    database = Database(settings.database_url)
    path = database.engine.url.database
    missing = database.engine.dialect.name == "sqlite" and not (path and Path(path).is_file())
    return None if missing else database
