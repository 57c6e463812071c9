"""The one place where the product reads the clock."""

from datetime import UTC, datetime


def utc_now() -> datetime:
    """Return the present instant."""
    return datetime.now(UTC)
