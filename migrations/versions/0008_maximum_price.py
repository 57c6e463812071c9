"""The most that a renewal may charge by itself."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(  # as text: with the check, and yet without SQLite having to write the whole table anew
        "ALTER TABLE services ADD COLUMN renewal_maximum_cents INTEGER "
        "CONSTRAINT ck_services_renewal_maximum_positive CHECK (renewal_maximum_cents > 0)"
    )


def downgrade() -> None:
    with op.batch_alter_table("services") as batch_op:
        batch_op.drop_constraint(op.f("ck_services_renewal_maximum_positive"), type_="check")
        batch_op.drop_column("renewal_maximum_cents")
