"""The price list: small, and read whole."""

from collections.abc import Sequence
from datetime import date

from sqlmodel import col, select

from models import enums, tables
from models.database import Session


async def price_list(session: Session) -> Sequence[tables.Price]:
    """Return every line of the price list."""
    price = tables.Price
    statement = select(price).order_by(
        col(price.product), col(price.variant), col(price.term_years), col(price.valid_from)
    )
    return (await session.exec(statement)).all()


async def find_price(
    session: Session, *, product: enums.Product, variant: str, term_years: int, valid_from: date
) -> tables.Price | None:
    """Return the line of the price list that begins on that day, to change it."""
    price = tables.Price
    statement = select(price).where(
        price.product == product,
        price.variant == variant,
        price.term_years == term_years,
        price.valid_from == valid_from,
    )
    return (await session.exec(statement.with_for_update())).first()
