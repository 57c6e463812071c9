"""Each attempt keeps the capture that PayPal made for it, and the invoice id that it used."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("payment_attempts") as batch_op:
        batch_op.add_column(sa.Column("invoice_id", sa.String(), nullable=True))
        batch_op.add_column(sa.Column("capture_id", sa.String(), nullable=True))
        batch_op.create_unique_constraint(op.f("uq_payment_attempts_capture_id"), ["capture_id"])
    op.execute(  # until now only the newest attempt of a payment could succeed
        """
        UPDATE payment_attempts SET capture_id = (
            SELECT payments.capture_id FROM payments WHERE payments.id = payment_attempts.payment_id
        ) WHERE number = (
            SELECT max(others.number) FROM payment_attempts AS others
            WHERE others.payment_id = payment_attempts.payment_id
        )
        """
    )


def downgrade() -> None:
    with op.batch_alter_table("payment_attempts") as batch_op:
        batch_op.drop_constraint(op.f("uq_payment_attempts_capture_id"), type_="unique")
        batch_op.drop_column("capture_id")
        batch_op.drop_column("invoice_id")
