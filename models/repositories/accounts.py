"""Registered PayPal accounts."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

from sqlmodel import col, select

from models import tables
from models.database import Session


async def of_customers(
    session: Session, *, customer_id: str, ids: Collection[str]
) -> Mapping[str, Sequence[tables.PayPalAccount]]:
    """Return the accounts of the customer if named in ``ids``: the default first, then the oldest."""
    account = tables.PayPalAccount
    statement = (
        select(account)
        .where(col(account.customer_id) == customer_id, col(account.customer_id).in_(ids))
        .order_by(col(account.is_default).desc(), col(account.created_at), col(account.id))
    )
    found: defaultdict[str, list[tables.PayPalAccount]] = defaultdict(list)
    for row in await session.exec(statement):
        found[row.customer_id].append(row)
    return found
