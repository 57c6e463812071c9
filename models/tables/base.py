"""What all tables share: naming of constraints, and how an enum is stored."""

from typing import Any, ClassVar

from sqlalchemy import Enum, MetaData
from sqlmodel import SQLModel

from models import enums

CONVENTION = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}
FINAL_PAYMENT_STATUSES = "('SUCCEEDED', 'FAILED', 'CANCELED', 'EXPIRED')"  # the policy's FINAL; a test compares


def vocabulary(kind: type[enums.Vocabulary]) -> Any:
    """Return the column type for an enum: text, so that a new member needs no migration."""
    return Enum(kind, native_enum=False, create_constraint=False, length=40)


class Table(SQLModel):
    metadata: ClassVar[MetaData] = MetaData(naming_convention=CONVENTION)
