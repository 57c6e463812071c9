"""Money taken for an order that cannot be paid is given back once, as money taken twice is."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PAID_TWICE = sa.text("reason = 'ORDER_PAID_TWICE'")
UNWANTED = sa.text("reason IN ('ORDER_PAID_TWICE', 'ORDER_NOT_PAYABLE')")


def once_per_capture(name: str, where: sa.TextClause) -> None:
    op.create_index(name, "refunds", ["capture_id"], unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    op.drop_index("uq_refunds_duplicate", "refunds")
    once_per_capture("uq_refunds_unwanted", UNWANTED)


def downgrade() -> None:
    op.drop_index("uq_refunds_unwanted", "refunds")
    once_per_capture("uq_refunds_duplicate", PAID_TWICE)
