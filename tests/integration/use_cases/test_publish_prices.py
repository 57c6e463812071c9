"""The price list is loaded once, however often."""

import asyncio
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from pydantic import SecretStr

from app.migrate import migrate
from app.prices import load, main, read_prices
from app.settings import Settings
from models import tables
from models.enums import Product
from models.money import Money
from policies.prices import ListedPrice
from tests.factories import NOW
from tests.integration.use_cases.books import Books
from use_cases.publish_prices import publish_prices

PEC = ListedPrice(
    product=Product.PEC,
    variant="standard",
    term_years=1,
    net=Money(30_00),
    valid_from=date(2025, 1, 1),
    valid_to=None,
)
FILE = """product,variant,term_years,net,valid_from,valid_to
PEC,standard,1,30.00,2025-01-01,
SPID,,2,9.80,2025-01-01,2025-12-31
"""


async def test_publishing_twice_changes_nothing_more(books: Books) -> None:
    first = await books.apply(publish_prices, prices=[PEC], now=NOW)
    once = await books.snapshot()

    second = await books.apply(publish_prices, prices=[PEC], now=NOW)

    assert (first, second) == (1, 0)
    assert await books.snapshot() == once
    assert len(once["prices"]) == 1


async def test_a_line_that_begins_on_the_same_day_replaces_the_one_that_is_there(books: Books) -> None:
    await books.apply(publish_prices, prices=[PEC], now=NOW)

    ended = replace(PEC, net=Money(29_00), valid_to=date(2025, 12, 31))
    later = replace(PEC, net=Money(33_00), valid_from=date(2026, 1, 1))
    changed = await books.apply(publish_prices, prices=[ended, later], now=NOW)

    assert changed == 2
    async with books.database.read() as session:
        found = await session.execute(tables.Price.__table__.select())  # type: ignore[attr-defined]
        lines = sorted((row.valid_from, row.valid_to, row.net_cents) for row in found)
    assert lines == [
        (date(2025, 1, 1), date(2025, 12, 31), 29_00),
        (date(2026, 1, 1), None, 33_00),
    ]


def test_a_file_is_read_to_the_cent() -> None:
    assert read_prices(FILE.splitlines()) == [
        PEC,
        ListedPrice(
            product=Product.SPID,
            variant="standard",
            term_years=2,
            net=Money(9_80),
            valid_from=date(2025, 1, 1),
            valid_to=date(2025, 12, 31),
        ),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("PEC,standard,1,30,2025-01-01,", "line 2: '30' is not a sum such as 30.00"),
        ("PEC,standard,1,30.005,2025-01-01,", "line 2: '30.005' is not a sum such as 30.00"),
        ("PEC,standard,0,30.00,2025-01-01,", "line 2: 0 is not a term of 1 to 10 years"),
        ("FAX,standard,1,30.00,2025-01-01,", "line 2: 'FAX' is not a valid Product"),
        ("PEC,standard,1,30.00,1 January,", "line 2: Invalid isoformat string: '1 January'"),
    ],
)
def test_a_line_that_cannot_be_read_is_named(line: str, reason: str) -> None:
    header = FILE.splitlines()[0]

    with pytest.raises(ValueError, match="line 2") as refusal:
        read_prices([header, line])

    assert str(refusal.value) == reason


def test_a_file_with_a_bad_line_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "prices.csv"
    file.write_text(FILE + "PEC,standard,2,sixty,2025-01-01,\n", encoding="utf-8")

    assert main([str(file)]) == 1
    assert "line 4: 'sixty' is not a sum such as 30.00" in capsys.readouterr().err


async def test_a_file_is_loaded_into_the_database_once(tmp_path: Path) -> None:
    settings = Settings(
        _env_file=None,
        database_url=f"sqlite+aiosqlite:///{tmp_path / 'saldo.db'}",
        secret_key=SecretStr("of-at-least-thirty-two-characters"),
        paypal_client_id="saldo",
        paypal_client_secret=SecretStr("secret"),
    )
    await asyncio.to_thread(migrate, settings.database_url)

    prices = read_prices(FILE.splitlines())

    assert [await load(settings, prices), await load(settings, prices)] == [2, 0]


def test_without_a_file_the_usage_is_shown(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert capsys.readouterr().err == "usage: python -m app.prices FILE.csv\n"
