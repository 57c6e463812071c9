"""Bring the database to the newest schema; `python -m app.migrate` does just that."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import make_url

from app.settings import Settings

MIGRATIONS = Path(__file__).parent.parent / "migrations"


def alembic_config(database_url: str) -> Config:
    """Return Alembic's configuration for this database."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.attributes["database_url"] = database_url
    return config


def migrate(database_url: str) -> None:
    """Upgrade the database to the newest schema; one that has it already is left alone."""
    url = make_url(database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    command.upgrade(alembic_config(database_url), "head")


if __name__ == "__main__":
    migrate(Settings().database_url)
