"""The limit to a renewal's price that is chosen beside a payment."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("renewal_choices") as batch_op:
        batch_op.add_column(sa.Column("bounded", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch_op.add_column(sa.Column("maximum_cents", sa.Integer(), nullable=True))
        batch_op.create_check_constraint(
            op.f("ck_renewal_choices_bounded"), "maximum_cents IS NULL OR (bounded AND maximum_cents > 0)"
        )


def downgrade() -> None:
    with op.batch_alter_table("renewal_choices") as batch_op:
        batch_op.drop_constraint(op.f("ck_renewal_choices_bounded"), type_="check")
        batch_op.drop_column("maximum_cents")
        batch_op.drop_column("bounded")
