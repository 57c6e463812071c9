"""Accounts: the default is one that can be charged, removed ones are forgotten at PayPal, others checked there."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ACTIVE = sa.text("status = 'ACTIVE'")
TO_FORGET = sa.text("status = 'REMOVED' AND payment_token IS NOT NULL")


def upgrade() -> None:
    op.execute("UPDATE paypal_accounts SET is_default = false WHERE is_default AND status <> 'ACTIVE'")
    op.execute(  # whoever has accounts has a default
        """
        UPDATE paypal_accounts SET is_default = true WHERE id IN (
            SELECT min(id) FROM paypal_accounts WHERE status = 'ACTIVE'
            GROUP BY customer_id HAVING max(CASE WHEN is_default THEN 1 ELSE 0 END) = 0
        )
        """
    )
    with op.batch_alter_table("paypal_accounts") as batch_op:
        batch_op.add_column(sa.Column("check_on", sa.Date(), nullable=False, server_default="0001-01-01"))
        batch_op.create_check_constraint(
            op.f("ck_paypal_accounts_default_is_active"), "status = 'ACTIVE' OR NOT is_default"
        )
    op.create_index(
        "ix_paypal_accounts_check_on",
        "paypal_accounts",
        ["check_on", "id"],
        sqlite_where=ACTIVE,
        postgresql_where=ACTIVE,
    )
    op.create_index(
        "ix_paypal_accounts_to_forget", "paypal_accounts", ["id"], sqlite_where=TO_FORGET, postgresql_where=TO_FORGET
    )


def downgrade() -> None:
    op.drop_index("ix_paypal_accounts_to_forget", "paypal_accounts")
    op.drop_index("ix_paypal_accounts_check_on", "paypal_accounts")
    with op.batch_alter_table("paypal_accounts") as batch_op:
        batch_op.drop_constraint(op.f("ck_paypal_accounts_default_is_active"), type_="check")
        batch_op.drop_column("check_on")
