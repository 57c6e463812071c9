"""Load the price list: `python -m app.prices FILE.csv` adds its lines, or replaces those that begin on the same day.

The columns are product, variant, term_years, net, valid_from, valid_to: `PEC,standard,1,30.00,2026-01-01,`.
"""

import asyncio
import csv
import re
import sys
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from app.clock import utc_now
from app.settings import Settings
from models.database import Database
from models.enums import Product
from models.money import Money
from policies.prices import ListedPrice
from use_cases.publish_prices import publish_prices

NET = re.compile(r"(\d{1,7})\.(\d{2})")


def read_prices(lines: Iterable[str]) -> list[ListedPrice]:
    """Read the lines of the file. Raises ``ValueError`` that names the first line that cannot be read."""
    prices = []
    for number, row in enumerate(csv.DictReader(lines), start=2):
        try:
            prices.append(read_price(row))
        except (KeyError, TypeError, ValueError) as exc:
            raise ValueError(f"line {number}: {exc}") from exc
    return prices


def read_price(row: dict[str, str]) -> ListedPrice:
    """Read one line; sums have two decimals: ``30.00``."""
    net = NET.fullmatch(row["net"].strip())
    if net is None:
        raise ValueError(f"{row['net']!r} is not a sum such as 30.00")
    term_years = int(row["term_years"])
    if not 1 <= term_years <= 10:
        raise ValueError(f"{term_years} is not a term of 1 to 10 years")
    return ListedPrice(
        product=Product(row["product"].strip()),
        variant=row["variant"].strip() or "standard",
        term_years=term_years,
        net=Money(int(net[1]) * 100 + int(net[2])),
        valid_from=date.fromisoformat(row["valid_from"].strip()),
        valid_to=date.fromisoformat(row["valid_to"].strip()) if row["valid_to"].strip() else None,
    )


async def load(settings: Settings, prices: list[ListedPrice]) -> int:
    """Store the lines in one transaction, all of them or none, and return how many have changed."""
    database = Database(settings.database_url)
    try:
        async with database.write() as session:
            return await publish_prices(session, prices=prices, now=utc_now())
    finally:
        await database.close()


def main(arguments: list[str]) -> int:
    """Load the file that the arguments name, and say what has changed."""
    if len(arguments) != 1:
        sys.stderr.write("usage: python -m app.prices FILE.csv\n")
        return 2
    try:
        prices = read_prices(Path(arguments[0]).read_text(encoding="utf-8").splitlines())
    except ValueError as exc:
        sys.stderr.write(f"{arguments[0]}, {exc}\n")
        return 1
    changed = asyncio.run(load(Settings(), prices))
    sys.stdout.write(f"{len(prices)} prices read, {changed} changed.\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
