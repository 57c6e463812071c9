"""Every SQLite tells the time in milliseconds, however old it is."""

import time
from pathlib import Path

from sqlalchemy import create_engine, text

from app.old_sqlite import now_with_milliseconds, teach_subsec
from models.database import Database

QUERY = text("SELECT unixepoch('subsec')")


async def test_both_kinds_of_connection_know_the_time(tmp_path: Path) -> None:
    teach_subsec()
    database, engine = Database(f"sqlite+aiosqlite:///{tmp_path / 'a.db'}"), create_engine("sqlite://")

    before = time.time()
    async with database.read() as session:
        ours = (await session.execute(QUERY)).scalar_one()
    with engine.connect() as connection:
        of_the_engine = connection.execute(QUERY).scalar_one()
    after = time.time()
    await database.close()

    assert before - 0.001 <= ours <= of_the_engine <= after + 0.001


def test_the_stand_in_counts_whole_milliseconds() -> None:
    seconds = now_with_milliseconds("subsec")

    assert round(seconds, 3) == seconds
