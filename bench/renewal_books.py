"""A database in which some services are to be charged today, among many for which nothing is due."""

import asyncio
import sqlite3
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path

from models import enums
from models.database import Database
from policies.renewal_calendar import ROME
from tests.factories import make_account, make_customer, make_price, make_service, store
from tests.renewals import make_notice, make_notice_email, make_renewal

CHARGE_DAY, EXPIRY = date(2026, 6, 23), date(2026, 6, 30)
MORNING = datetime.combine(CHARGE_DAY, time(6), tzinfo=ROME).astimezone(UTC)
SERIES = "WITH RECURSIVE series(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM series WHERE n < :count)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Size:
    """How many services there are, and how many of them are charged today; each of these has a customer."""

    services: int
    due: int


def fill(path: Path, size: Size) -> None:
    """Store one renewal that was announced and is charged today, then as many copies of it as wanted."""
    asyncio.run(store_one(Database(f"sqlite+aiosqlite:///{path}")))
    multiply(path, size)


async def store_one(database: Database) -> None:
    mario = make_customer()
    account = make_account(mario)
    expiring = enums.ServiceStatus.EXPIRING
    pec = make_service(mario, renews_on=account, status=expiring, expires_on=EXPIRY, look_on=CHARGE_DAY)
    email = make_notice_email(pec)
    notice, renewal = make_notice(pec, email=email, account=account), make_renewal(pec)
    await store(database, mario, account, pec, make_price(), email, notice, renewal)
    await database.close()


def multiply(path: Path, size: Size) -> None:
    """Copy what is there for one service, with other keys; the services that rest belong to the same customers."""
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA synchronous = OFF")
        one, more = "x.id || '-' || n", size.due - 1
        of_service = {"service_id": "x.service_id || '-' || n"}
        copy(file, "customers", more, id=one, username="x.username || n", email="n || x.email")
        owner = {"customer_id": "x.customer_id || '-' || n"}
        account_id = "x.renewal_account_id || '-' || n"
        copy(file, "paypal_accounts", more, id=one, payment_token="x.payment_token || '-' || n", **owner)
        copy(file, "services", more, id=one, label="n || x.label", renewal_account_id=account_id, **owner)
        copy(file, "emails", more, id=one, subject_key="x.subject_key || '-' || n", **owner)
        about = {"email_id": "x.email_id || '-' || n", "account_id": "x.account_id || '-' || n"}
        copy(file, "renewal_notices", more, id=one, **about, **of_service)
        copy(file, "renewals", more, **of_service)
        rest(file, size)
    file.close()


def rest(file: sqlite3.Connection, size: Size) -> None:
    """Add the services for which something is due on some later day, within a year."""
    turn = f"(n % {size.due})"
    ahead = "'+' || (1 + n % 350) || ' days'"
    copy(
        file,
        "services",
        size.services - size.due,
        id="x.id || '-rests-' || n",
        label="n || x.label",
        customer_id=f"x.customer_id || CASE {turn} WHEN 0 THEN '' ELSE '-' || {turn} END",
        renewal_account_id=f"x.renewal_account_id || CASE {turn} WHEN 0 THEN '' ELSE '-' || {turn} END",
        look_on=f"date(x.look_on, {ahead})",
        expires_on=f"date(x.expires_on, {ahead})",
    )


def copy(file: sqlite3.Connection, table: str, count: int, **changed: str) -> None:
    """Copy the first row of the table, the columns given as expressions of the row ``x`` and the number ``n``."""
    columns = [str(column) for _, column, *_ in file.execute(f"PRAGMA table_info({table})")]
    values = ", ".join(changed.get(column, f"x.{column}") for column in columns)
    first = f"(SELECT * FROM {table} ORDER BY rowid LIMIT 1)"
    if count > 0:
        file.execute(f"{SERIES} INSERT INTO {table} SELECT {values} FROM series, {first} AS x", {"count": count})
