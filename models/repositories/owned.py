"""Rows by id: only those of their owner."""

from collections.abc import Collection, Mapping
from typing import TypeVar

from sqlmodel import col, select

from models import tables
from models.database import Session

Owned = TypeVar("Owned", tables.Order, tables.Service, tables.Payment, tables.PayPalAccount)


async def by_id(session: Session, *, row: type[Owned], customer_id: str, ids: Collection[str]) -> Mapping[str, Owned]:
    """Return the customer's rows among ``ids``."""
    statement = select(row).where(col(row.id).in_(ids), col(row.customer_id) == customer_id)
    return {found.id: found for found in await session.exec(statement)}
