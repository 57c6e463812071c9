"""Custom scalars: their wire form, and what is refused in words a person understands."""

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NewType
from urllib.parse import urlsplit

import strawberry
from strawberry.types.scalar import ScalarDefinition

from schema.errors import BadUserInput

CurrencyCode = NewType("CurrencyCode", str)
URL = NewType("URL", str)

DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})")
EXACT_DECIMAL = re.compile(r"-?[0-9]{1,15}(\.[0-9]{1,6})?")
CURRENCY = re.compile(r"[A-Z]{3}")
VISIBLE_ASCII = re.compile(r"[!-~]{1,2048}")  # an address of an ordinary length, without spaces or control characters


def parse_date(value: object) -> date:
    """Return the day written as ``2025-03-08``. Raises `BadUserInput`."""
    try:
        return date.fromisoformat(matching(DAY, value))
    except ValueError as exc:
        raise BadUserInput('A Date is a day that exists, written as "2025-03-08".') from exc


def parse_instant(value: object) -> datetime:
    """Return the instant written in RFC 3339, in UTC. Raises `BadUserInput`."""
    try:
        return datetime.fromisoformat(matching(INSTANT, value)).astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise BadUserInput('A DateTime is an instant with its offset, written as "2025-03-08T09:30:00Z".') from exc


def format_instant(value: datetime) -> str:
    """Return an aware instant in UTC to the second. Raises ``ValueError`` for a naive one."""
    if value.tzinfo is None:
        raise ValueError("an instant without a zone")
    return value.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def parse_decimal(value: object) -> Decimal:
    """Return an exact decimal; numbers, exponents and words such as NaN are refused. Raises `BadUserInput`."""
    try:
        return Decimal(matching(EXACT_DECIMAL, value))
    except ValueError as exc:
        raise BadUserInput('A Decimal is written as a string of digits, such as "36.60", never as a number.') from exc


def parse_currency(value: object) -> CurrencyCode:
    """Return an ISO 4217 code. Raises `BadUserInput`."""
    try:
        return CurrencyCode(matching(CURRENCY, value))
    except ValueError as exc:
        raise BadUserInput('A CurrencyCode is three capital letters, such as "EUR".') from exc


def parse_url(value: object) -> URL:
    """Return an absolute web address without credentials. Raises `BadUserInput`."""
    try:
        text = matching(VISIBLE_ASCII, value)
        parts = urlsplit(text)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and "@" not in parts.netloc
    except ValueError:
        usable = False
    if not usable:
        raise BadUserInput('A URL is an absolute web address, such as "https://example.com/orders".')
    return URL(text)


def matching(pattern: re.Pattern[str], value: object) -> str:
    """Return the value when it is a text of this form. Raises ``ValueError`` otherwise."""
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(pattern.pattern)
    return value


SCALARS: Mapping[object, ScalarDefinition] = {
    datetime: strawberry.scalar(
        name="DateTime",
        description="Instant, RFC 3339, always UTC: 2025-03-08T09:30:00Z.",
        specified_by_url="https://scalars.graphql.org/andimarek/date-time.html",
        serialize=format_instant,
        parse_value=parse_instant,
    ),
    date: strawberry.scalar(
        name="Date",
        description="Calendar day in Europe/Rome. A service expires on a day, not at an instant.",
        specified_by_url="https://scalars.graphql.org/andimarek/local-date.html",
        serialize=date.isoformat,
        parse_value=parse_date,
    ),
    Decimal: strawberry.scalar(
        name="Decimal",
        description='Exact decimal in a JSON string, never a float: "36.60".',
        serialize=lambda value: format(value, "f"),
        parse_value=parse_decimal,
    ),
    CurrencyCode: strawberry.scalar(
        name="CurrencyCode",
        description="ISO 4217 alphabetic code. A scalar and not an enum: a new currency is not a schema change.",
        specified_by_url="https://www.iso.org/iso-4217-currency-codes.html",
        serialize=str,
        parse_value=parse_currency,
    ),
    URL: strawberry.scalar(
        name="URL",
        description="Absolute web address, http or https.",
        specified_by_url="https://url.spec.whatwg.org/",
        serialize=str,
        parse_value=parse_url,
    ),
}
